//! Both databases: from outside, as this process uses them, and from within.

use app::dto::{DatabaseReport, Role, StoreReport};
use ops::clock::rfc3339_millis;
use ops::diagnosis::StoreRole;

use super::map;
use crate::db::queries::inside::Inside;
use crate::desk::diagnosis::{self, facts};
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
            store(state, Role::Registry, registry),
            store(state, Role::Ops, ops),
        ],
        counted_since: rfc3339_millis(state.service.started_at),
        generated_at: rfc3339_millis(state.clock.now()),
    }
}

fn store(state: &DeskState, role: Role, looked: Answer<Inside>) -> StoreReport {
    let (db, judged_as) = match role {
        Role::Registry => (&state.db, StoreRole::Registry),
        Role::Ops => (&state.ops, StoreRole::Ops),
    };
    let costs = db.costs();
    let known = facts::store(judged_as, db, &costs, facts::inside(&looked));
    let (findings, can_be_judged) = diagnosis::judge(state, &known);
    let (waits, queries) = costs;
    StoreReport {
        role,
        vendor: vendor(db.vendor()),
        pool: pool(db.pool_state()),
        waits: map::timing(waits),
        queries: queries.into_iter().map(map::named_query).collect(),
        inside: looked.value.map(map::inside),
        inside_measured_at: looked.measured_at.map(rfc3339_millis),
        inside_error: looked.error,
        findings,
        can_be_judged,
    }
}
