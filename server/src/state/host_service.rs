//! The registry as the desk asks about it.

use std::time::Duration;

use app::dto::{Count, Data};
use async_trait::async_trait;

use crate::db::queries::statistics;
use crate::db::{Db, DbError};
use crate::desk::host_service::HostService;
use crate::openapi;
use crate::registry::counts::kept_for;

pub struct Registry {
    pub db: Db,
}

#[async_trait]
impl HostService for Registry {
    fn answers(&self, method: &str, pattern: &str) -> bool {
        openapi::answers(method, pattern)
    }

    async fn statistics(&self) -> Result<(Data, Duration), DbError> {
        let found = statistics::count(&self.db).await?;
        let rows = found.cards.total + found.namespaces.total + found.schemas.total;
        let data = Data {
            agentcards: count(found.cards),
            namespaces: count(found.namespaces),
            schemas: count(found.schemas),
        };
        Ok((data, kept_for(rows)))
    }
}

fn count(count: statistics::Count) -> Count {
    Count {
        total: count.total,
        active: count.active,
    }
}
