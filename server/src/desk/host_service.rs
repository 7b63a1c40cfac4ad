//! What the desk asks of the service that it is built into. The desk does not know that service: who
//! puts both together implements this.

use std::time::Duration;

use app::dto::Data;
use async_trait::async_trait;

use crate::db::DbError;

#[async_trait]
pub trait HostService: Send + Sync {
    /// Whether the service answers this method at this pattern.
    fn answers(&self, method: &str, pattern: &str) -> bool;

    /// How much there is in the service, and for how long that is as good as counted anew.
    ///
    /// # Errors
    /// If its database does not answer.
    async fn statistics(&self) -> Result<(Data, Duration), DbError>;
}
