//! How much the registry holds.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::card::{card, last_known, missing};
use crate::components::number::number;
use crate::dto::{Count, Status};
use crate::look::Look;

pub fn data_card(look: Look, status: &Status) -> impl IntoView + use<> {
    let t = look.t;
    let body = match &status.data {
        None => Either::Left(missing(look, status.data_error)),
        Some(data) => Either::Right(view! {
            {last_known(look, status.data_measured_at.as_deref(), status.data_error)}
            <dl class="tiles">
                {tile(look, t.agent_cards, data.agentcards, ["stat-agentcards-total", "stat-agentcards-active"])}
                {tile(look, t.namespaces, data.namespaces, ["stat-namespaces", "stat-namespaces-active"])}
                {tile(look, t.schemas, data.schemas, ["stat-schemas", "stat-schemas-active"])}
            </dl>
        }),
    };
    card("data", t.registry, body)
}

/// `hooks` are the test hooks of the total and of the active ones.
fn tile(look: Look, label: &'static str, count: Count, hooks: [&'static str; 2]) -> impl IntoView {
    let [total, active] = hooks;
    view! {
        <div class="tile">
            <dt>{label}</dt>
            <dd class="figure" data-testid=total>{number(count.total)}</dd>
            <dd class="note">
                <span data-testid=active>{number(count.active)}</span>
                " "
                {look.t.active}
            </dd>
        </div>
    }
}
