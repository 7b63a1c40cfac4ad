//! The log pages' data, for their one load: they show what was asked for, and do not poll.

use serde::{Deserialize, Serialize};

use crate::dto::{BadQuery, LogLevelState, LogPage};
use crate::log_query::LogForm;

/// What `/admin/logs/` is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogsView {
    /// The filter as it was filled in, mistakes included.
    pub form: LogForm,
    pub found: Result<LogPage, BadQuery>,
    pub level: LogLevelState,
}

#[cfg(feature = "ssr")]
pub use server_side::{fetch_logs, fetch_story};

#[cfg(feature = "ssr")]
mod server_side {
    use leptos::prelude::use_context;

    use super::LogsView;
    use crate::api::FetchError;
    use crate::api::guard::require_staff;
    use crate::backend::SharedBackend;
    use crate::dto::RequestStory;
    use crate::log_query::{LogSearch, StoryId};

    pub async fn fetch_logs() -> Result<LogsView, FetchError> {
        require_staff()?;
        let backend = use_context::<SharedBackend>().ok_or(FetchError::Unreachable)?;
        let LogSearch { form, query } =
            use_context::<LogSearch>().ok_or(FetchError::Unreachable)?;
        let found = async {
            match query {
                Ok(query) => backend.logs(query).await,
                Err(bad) => Err(bad),
            }
        };
        let (found, level) = futures_util::join!(found, backend.log_level());
        Ok(LogsView { form, found, level })
    }

    pub async fn fetch_story() -> Result<RequestStory, FetchError> {
        require_staff()?;
        let backend = use_context::<SharedBackend>().ok_or(FetchError::Unreachable)?;
        let StoryId(id) = use_context::<StoryId>().ok_or(FetchError::Unreachable)?;
        Ok(backend.request_story(id).await)
    }
}
