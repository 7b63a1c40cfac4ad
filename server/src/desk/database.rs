//! The databases from within: one function behind `/admin/database/` and `GET /api/ops/database/`.

use app::dto::{DatabaseReport, Inside, Role, StoreReport};
use ops::clock::rfc3339_millis;

use super::last_known::Answer;
use crate::db::Db;
use crate::state::AppState;

pub async fn report(state: &AppState) -> DatabaseReport {
    let (registry, ops) = futures_util::join!(
        state.watched.registry_inside(&state.db),
        state.watched.ops_inside(&state.ops)
    );
    let now = state.clock.now();
    let mut stores = vec![
        store(Role::Registry, &state.db, registry),
        store(Role::Ops, &state.ops, ops),
    ];
    for store in &mut stores {
        state.watched.diagnosis.judge(store, now);
    }
    DatabaseReport {
        stores,
        counted_since: rfc3339_millis(state.started_at),
        generated_at: rfc3339_millis(now),
    }
}

fn store(role: Role, db: &Db, looked: Answer<Inside>) -> StoreReport {
    let (waits, queries) = db.costs();
    StoreReport {
        role,
        vendor: db.vendor(),
        pool: db.pool_state(),
        waits,
        queries,
        inside: looked.value,
        inside_measured_at: looked.measured_at.map(rfc3339_millis),
        inside_error: looked.error,
        findings: Vec::new(),
        can_be_judged: false,
    }
}
