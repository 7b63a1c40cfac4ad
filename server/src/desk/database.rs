//! The databases from within: one function behind `/admin/database/` and `GET /api/ops/database/`.

use std::time::Duration;

use app::dto::{DatabaseReport, Role, StoreReport};
use ops::clock::rfc3339_millis;

use crate::db::Db;
use crate::db::queries::inside;
use crate::health;
use crate::state::AppState;

/// The page opens within a second, whatever is broken.
const LIMIT: Duration = Duration::from_millis(400);

pub async fn report(state: &AppState) -> DatabaseReport {
    let (registry, ops) = futures_util::join!(
        store(Role::Registry, &state.db),
        store(Role::Ops, &state.ops)
    );
    DatabaseReport {
        stores: vec![registry, ops],
        counted_since: rfc3339_millis(state.started_at),
        generated_at: rfc3339_millis(state.clock.now()),
    }
}

async fn store(role: Role, db: &Db) -> StoreReport {
    let looked = inside::look(db, LIMIT).await;
    let (waits, queries) = db.costs();
    let (inside, inside_error) = match looked {
        Ok(inside) => (Some(inside), None),
        Err(error) => (None, Some(health::code(error.code()))),
    };
    StoreReport {
        role,
        vendor: db.vendor(),
        pool: db.pool_state(),
        waits,
        queries,
        inside,
        inside_error,
    }
}
