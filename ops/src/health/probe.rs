//! The port to what is checked.

use std::time::Duration;

use async_trait::async_trait;

use super::{CheckName, CheckResult};

/// One look at something outside the process. It may feed several checks, so that one query can
/// answer for the database and for its migrations.
#[async_trait]
pub trait Probe: Send + Sync + 'static {
    /// The checks that this probe feeds; always the same.
    fn names(&self) -> &[CheckName];

    /// After this long every one of [`Self::names`] is in error with the code `timeout`, and the
    /// run is cancelled.
    fn timeout(&self) -> Duration;

    /// Whether a single run without an answer is slowness, not a failure: then one that answered
    /// before is `warning` with the code `timeout`, and the next run follows at once and decides.
    fn may_be_slow(&self) -> bool {
        false
    }

    /// A result for each of [`Self::names`]. One that is missing counts as failed.
    async fn run(&self) -> Vec<(CheckName, CheckResult)>;
}
