//! What the desk asks of the databases that it watches: once for all who look, on connections that
//! requests can't take, with a short limit.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use app::dto::Data;
use ops::clock::Clock;
use tokio::runtime::Handle;

use crate::db::Db;
use crate::db::queries::inside::{self, Inside};
use crate::desk::host_service::HostService;
use crate::desk::last_known::{Answer, LastKnown};

/// A look from within takes milliseconds; one that takes longer is not waited for.
const INSIDE_LIMIT: Duration = Duration::from_millis(400);
/// Several who look at the database page cost it one look.
const INSIDE_GOOD_FOR: Duration = Duration::from_millis(500);

pub struct Watched {
    statistics: LastKnown<Data>,
    registry: LastKnown<Inside>,
    ops: LastKnown<Inside>,
}

impl Watched {
    pub fn new(clock: &Arc<dyn Clock>, runtime: &Handle) -> Self {
        let inside = || LastKnown::new(Arc::clone(clock), runtime.clone());
        Self {
            statistics: LastKnown::new(Arc::clone(clock), runtime.clone()),
            registry: inside(),
            ops: inside(),
        }
    }

    /// How much there is in the registry.
    pub async fn statistics(
        &self,
        host: &Arc<dyn HostService>,
        patience: Duration,
    ) -> Answer<Data> {
        let host = Arc::clone(host);
        let count = || async move { host.statistics().await };
        self.statistics.get(patience, count).await
    }

    /// How much there was in the registry when it was counted last, and when that was.
    pub fn last_statistics(&self) -> Option<(Data, SystemTime)> {
        self.statistics.last()
    }

    /// What the registry's database says of itself.
    pub async fn registry_inside(&self, db: &Db) -> Answer<Inside> {
        look(&self.registry, db).await
    }

    /// What the desk's own store says of itself.
    pub async fn ops_inside(&self, ops: &Db) -> Answer<Inside> {
        look(&self.ops, ops).await
    }
}

async fn look(last: &LastKnown<Inside>, db: &Db) -> Answer<Inside> {
    let db = db.clone();
    let look = || async move {
        let inside = inside::look(&db, INSIDE_LIMIT).await?;
        Ok((inside, INSIDE_GOOD_FOR))
    };
    // The look's own limit comes first.
    last.get(2 * INSIDE_LIMIT, look).await
}
