//! The system status, for the page's first load and for each refresh.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use super::FetchError;
use crate::dto::{Overview, Period};

#[server(prefix = "/api/ops/ui", endpoint = "status", input = GetUrl)]
pub async fn fetch_overview(#[server(default)] period: Period) -> Result<Overview, FetchError> {
    guard::require_staff()?;
    let backend = use_context::<crate::backend::SharedBackend>().ok_or(FetchError::Unreachable)?;
    Ok(backend.overview(period).await)
}

#[cfg(feature = "ssr")]
mod guard {
    use leptos::prelude::use_context;

    use super::FetchError;
    use crate::visit::Visit;

    /// Closed by default: without a visit in context nobody is signed in.
    pub fn require_staff() -> Result<(), FetchError> {
        match use_context::<Visit>() {
            Some(visit) if visit.user.is_none() => Err(FetchError::SignedOut),
            Some(visit) if visit.is_staff => Ok(()),
            Some(_) => Err(FetchError::Forbidden),
            None => Err(FetchError::SignedOut),
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use std::sync::Arc;

    use async_trait::async_trait;
    use futures_executor::block_on;

    use super::*;
    use crate::backend::{Backend, SharedBackend};
    use crate::dto::Status;
    use crate::fixtures;
    use crate::visit::Visit;

    struct Healthy;

    #[async_trait]
    impl Backend for Healthy {
        async fn status(&self) -> Status {
            fixtures::healthy()
        }

        async fn overview(&self, period: Period) -> Overview {
            fixtures::overview(fixtures::healthy(), period)
        }
    }

    fn fetch_as(visit: Option<Visit>) -> Result<Overview, FetchError> {
        Owner::new().with(|| {
            let backend: SharedBackend = Arc::new(Healthy);
            provide_context(backend);
            if let Some(visit) = visit {
                provide_context(visit);
            }
            block_on(fetch_overview(Period::Week))
        })
    }

    fn visit(user: Option<&str>, is_staff: bool) -> Visit {
        Visit {
            user: user.map(str::to_owned),
            is_staff,
            ..Visit::default()
        }
    }

    #[test]
    fn only_signed_in_staff_get_the_status() {
        assert_eq!(
            fetch_as(Some(visit(Some("ada"), true))),
            Ok(fixtures::overview(fixtures::healthy(), Period::Week))
        );
        assert_eq!(
            fetch_as(Some(visit(Some("bob"), false))),
            Err(FetchError::Forbidden)
        );
        assert_eq!(
            fetch_as(Some(visit(None, true))),
            Err(FetchError::SignedOut)
        );
        assert_eq!(fetch_as(None), Err(FetchError::SignedOut));
    }
}
