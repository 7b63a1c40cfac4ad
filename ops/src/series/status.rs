//! Whether the store can be reached, and when that is worth a line in the log.

use std::error::Error;
use std::mem;
use std::sync::Arc;

use super::store::StoreError;

/// How the last exchange with the store went.
#[derive(Default)]
pub(crate) struct StoreStatus(Option<Arc<StoreError>>);

/// A change that is worth a line in the log: a store that is away for an hour is two lines.
pub(crate) enum StatusChange {
    Lost(Arc<StoreError>),
    Found,
}

impl StatusChange {
    /// `what` names the rows that wait in memory meanwhile.
    pub fn log(self, what: &str) {
        match self {
            Self::Lost(error) => tracing::warn!(
                error = &*error as &dyn Error,
                "{what} can't be stored now; they wait in memory"
            ),
            Self::Found => tracing::info!("{what} are stored again"),
        }
    }
}

impl StoreStatus {
    pub fn error(&self) -> Option<Arc<StoreError>> {
        self.0.clone()
    }

    pub fn is_away(&self) -> bool {
        self.news().is_some()
    }

    /// Tells whether the store was lost, or found again, by this.
    pub fn note(&mut self, error: Option<impl Into<Arc<StoreError>>>) -> Option<StatusChange> {
        let before = mem::replace(&mut self.0, error.map(Into::into));
        let was_away = before.is_some_and(|error| error.is_news());
        match (was_away, self.news()) {
            (false, Some(error)) => Some(StatusChange::Lost(error)),
            (true, None) => Some(StatusChange::Found),
            _ => None,
        }
    }

    /// The error, unless somebody else reports it.
    pub fn news(&self) -> Option<Arc<StoreError>> {
        self.error().filter(|error| error.is_news())
    }
}
