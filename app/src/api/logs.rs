//! The log pages' data, for their one load: they show what was asked for.

use leptos::prelude::use_context;

use super::{FetchError, staff_backend};
use crate::address::log_query::{BadDirectives, LogForm, LogSearch, StoryId};
use crate::backend::SharedBackend;
use crate::dto::{BadQuery, LogLevelState, LogPage, RequestStory};

/// What `/admin/logs/` is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct LogsView {
    /// The filter as it was filled in, mistakes included.
    pub form: LogForm,
    pub found: Result<LogPage, BadQuery>,
    pub level: LogLevelState,
    pub bad_directives: Option<BadDirectives>,
    pub searched: Searched,
}

/// Whose files were searched, where there are several instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// This instance.
    pub own: String,
    /// The others that run: nobody has asked them.
    pub others: Vec<String>,
}

impl Searched {
    fn by(backend: &SharedBackend) -> Self {
        Self {
            own: backend.instance(),
            others: backend.other_instances(),
        }
    }
}

/// What `/admin/requests/{id}/` is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct StoryView {
    pub story: RequestStory,
    pub searched: Searched,
}

pub async fn fetch_logs() -> Result<LogsView, FetchError> {
    let backend = staff_backend()?;
    let LogSearch { form, query } = use_context::<LogSearch>().ok_or(FetchError::Unprovided)?;
    let bad_directives = use_context::<BadDirectives>();
    let found = async {
        match query {
            Ok(query) => backend.logs(query).await,
            Err(bad) => Err(bad),
        }
    };
    let (found, level) = futures_util::join!(found, backend.log_level());
    Ok(LogsView {
        form,
        found,
        level,
        bad_directives,
        searched: Searched::by(&backend),
    })
}

pub async fn fetch_story() -> Result<StoryView, FetchError> {
    let backend = staff_backend()?;
    let StoryId(id) = use_context::<StoryId>().ok_or(FetchError::Unprovided)?;
    let story = backend.request_story(id).await;
    let searched = Searched::by(&backend);
    Ok(StoryView { story, searched })
}
