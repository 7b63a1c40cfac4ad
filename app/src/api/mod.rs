//! Every page's data: guard, one call on the backend, reply.

mod logs;

use leptos::prelude::use_context;

pub use logs::{LogsView, Searched, StoryView, fetch_logs, fetch_story};

use crate::backend::SharedBackend;
use crate::dto::{
    DatabaseReport, HostHistory, Overview, Period, RoutePage, RouteSort, RoutesPage, Scope,
};
use crate::view::viewer::Viewer;

/// Why a page gets no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    #[error("not signed in")]
    SignedOut,
    /// Signed in, but not as staff.
    #[error("not allowed")]
    Forbidden,
    /// What the page needs was not provided in context.
    #[error("not provided")]
    Unprovided,
}

/// The backend, for staff. Closed by default: without a viewer in context nobody is signed in.
fn staff_backend() -> Result<SharedBackend, FetchError> {
    match use_context::<Viewer>() {
        Some(viewer) if viewer.user.is_none() => Err(FetchError::SignedOut),
        Some(viewer) if viewer.is_staff => use_context().ok_or(FetchError::Unprovided),
        Some(_) => Err(FetchError::Forbidden),
        None => Err(FetchError::SignedOut),
    }
}

pub async fn fetch_overview(scope: Scope) -> Result<Overview, FetchError> {
    Ok(staff_backend()?.overview(scope).await)
}

pub async fn fetch_routes(scope: Scope, sort: RouteSort) -> Result<RoutesPage, FetchError> {
    Ok(staff_backend()?.routes(scope, sort).await)
}

pub async fn fetch_route(
    method: String,
    route: String,
    scope: Scope,
) -> Result<RoutePage, FetchError> {
    Ok(staff_backend()?.route(method, route, scope).await)
}

/// What `/admin/database/` is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct DatabaseView {
    pub report: DatabaseReport,
    pub host: HostHistory,
}

pub async fn fetch_database(period: Period) -> Result<DatabaseView, FetchError> {
    let backend = staff_backend()?;
    let (report, host) = futures_util::join!(backend.database(), backend.host(period));
    Ok(DatabaseView { report, host })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use async_trait::async_trait;
    use futures_executor::block_on;
    use leptos::prelude::{Owner, provide_context};

    use super::*;
    use crate::backend::Backend;
    use crate::dto::{BadQuery, LogLevelState, LogPage, LogQuery, RequestStory, Status};
    use crate::fixtures;

    struct Healthy;

    #[async_trait]
    impl Backend for Healthy {
        async fn status(&self) -> Status {
            fixtures::healthy()
        }

        async fn database(&self) -> DatabaseReport {
            fixtures::database::calm()
        }

        async fn host(&self, period: Period) -> HostHistory {
            fixtures::host(period)
        }

        async fn logs(&self, query: LogQuery) -> Result<LogPage, BadQuery> {
            Ok(fixtures::no_lines(query))
        }

        async fn request_story(&self, id: String) -> RequestStory {
            fixtures::no_story(id)
        }

        fn other_instances(&self) -> Vec<String> {
            Vec::new()
        }

        fn instance(&self) -> String {
            "web-1".to_owned()
        }

        async fn log_level(&self) -> LogLevelState {
            fixtures::configured_level()
        }

        async fn overview(&self, scope: Scope) -> Overview {
            fixtures::overview(fixtures::healthy(), scope.period)
        }

        async fn routes(&self, scope: Scope, sort: RouteSort) -> RoutesPage {
            fixtures::routes(scope.period, sort)
        }

        async fn route(&self, method: String, route: String, scope: Scope) -> RoutePage {
            fixtures::route(method, route, scope.period)
        }
    }

    fn fetch_as(viewer: Option<Viewer>) -> Result<Overview, FetchError> {
        Owner::new().with(|| {
            let backend: SharedBackend = Arc::new(Healthy);
            provide_context(backend);
            if let Some(viewer) = viewer {
                provide_context(viewer);
            }
            block_on(fetch_overview(Scope {
                period: Period::Week,
                ..Scope::default()
            }))
        })
    }

    fn viewer(user: Option<&str>, is_staff: bool) -> Viewer {
        Viewer {
            user: user.map(str::to_owned),
            is_staff,
            ..Viewer::default()
        }
    }

    #[test]
    fn only_signed_in_staff_get_the_status() {
        assert_eq!(
            fetch_as(Some(viewer(Some("ada"), true))),
            Ok(fixtures::overview(fixtures::healthy(), Period::Week))
        );
        assert_eq!(
            fetch_as(Some(viewer(Some("bob"), false))),
            Err(FetchError::Forbidden)
        );
        assert_eq!(
            fetch_as(Some(viewer(None, true))),
            Err(FetchError::SignedOut)
        );
        assert_eq!(fetch_as(None), Err(FetchError::SignedOut));
    }
}
