//! The system status, for the page's first load and for each refresh.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use super::FetchError;
#[cfg(feature = "ssr")]
use super::guard;
use crate::dto::{Overview, Period};

#[server(prefix = "/api/ops/ui", endpoint = "status", input = GetUrl)]
pub async fn fetch_overview(#[server(default)] period: Period) -> Result<Overview, FetchError> {
    Ok(guard::staff_backend()?.overview(period).await)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use std::sync::Arc;

    use async_trait::async_trait;
    use futures_executor::block_on;

    use super::*;
    use crate::backend::{Backend, SharedBackend};
    use crate::dto::{
        BadQuery, DatabaseReport, LogLevelState, LogPage, LogQuery, RequestStory, RoutePage,
        RouteSort, RoutesPage, Status,
    };
    use crate::fixtures;
    use crate::visit::Visit;

    struct Healthy;

    #[async_trait]
    impl Backend for Healthy {
        async fn status(&self) -> Status {
            fixtures::healthy()
        }

        async fn database(&self) -> DatabaseReport {
            fixtures::database::calm()
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

        async fn overview(&self, period: Period) -> Overview {
            fixtures::overview(fixtures::healthy(), period)
        }

        async fn routes(&self, period: Period, sort: RouteSort) -> RoutesPage {
            fixtures::routes(period, sort)
        }

        async fn route(&self, method: String, route: String, period: Period) -> RoutePage {
            fixtures::route(method, route, period)
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
