//! Both databases: from outside, as this process uses them, and from within.

use app::dto::{DatabaseReport, Role, StoreReport};
use ops::clock::rfc3339_millis;

use super::map;
use crate::db::Db;
use crate::db::queries::inside::Inside;
use crate::desk::health::map::{pool, vendor};
use crate::desk::last_known::Answer;
use crate::desk::state::DeskState;

pub async fn report(state: &DeskState) -> DatabaseReport {
    let (registry, ops) = futures_util::join!(
        state.watched.registry_inside(&state.db),
        state.watched.ops_inside(&state.ops)
    );
    DatabaseReport {
        stores: vec![
            store(Role::Registry, &state.db, registry),
            store(Role::Ops, &state.ops, ops),
        ],
        counted_since: rfc3339_millis(state.service.started_at),
        generated_at: rfc3339_millis(state.clock.now()),
    }
}

fn store(role: Role, db: &Db, looked: Answer<Inside>) -> StoreReport {
    let (waits, queries) = db.costs();
    StoreReport {
        role,
        vendor: vendor(db.vendor()),
        pool: pool(db.pool_state()),
        waits: map::timing(waits),
        queries: queries.into_iter().map(map::named_query).collect(),
        inside: looked.value.map(map::inside),
        inside_measured_at: looked.measured_at.map(rfc3339_millis),
        inside_error: looked.error,
    }
}
