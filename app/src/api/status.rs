//! The system status, for the page's first load and for each refresh.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use super::FetchError;
use crate::dto::Status;

#[server(prefix = "/api/ops/ui", endpoint = "status", input = GetUrl)]
pub async fn fetch_status() -> Result<Status, FetchError> {
    super::guard::require_staff()?;
    let backend = use_context::<crate::backend::SharedBackend>().ok_or(FetchError::Unreachable)?;
    Ok(backend.status().await)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use std::sync::Arc;

    use async_trait::async_trait;
    use futures_executor::block_on;

    use super::*;
    use crate::backend::{Backend, SharedBackend};
    use crate::dto::{BadQuery, LogLevelState, LogPage, LogQuery, RequestStory};
    use crate::fixtures;
    use crate::visit::Visit;

    struct Healthy;

    #[async_trait]
    impl Backend for Healthy {
        async fn status(&self) -> Status {
            fixtures::healthy()
        }

        async fn logs(&self, query: LogQuery) -> Result<LogPage, BadQuery> {
            Ok(fixtures::no_lines(query))
        }

        async fn request_story(&self, id: String) -> RequestStory {
            fixtures::no_story(id)
        }

        async fn log_level(&self) -> LogLevelState {
            fixtures::configured_level()
        }
    }

    fn fetch_as(visit: Option<Visit>) -> Result<Status, FetchError> {
        Owner::new().with(|| {
            let backend: SharedBackend = Arc::new(Healthy);
            provide_context(backend);
            if let Some(visit) = visit {
                provide_context(visit);
            }
            block_on(fetch_status())
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
            Ok(fixtures::healthy())
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
