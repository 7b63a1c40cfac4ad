//! How much the registry holds.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::card::{card, last_known, missing};
use crate::components::number::number;
use crate::dto::{Count, Status};
use crate::view::settings::ViewSettings;

pub fn data_card(settings: ViewSettings, status: &Status) -> impl IntoView + use<> {
    let t = settings.t;
    let body = match &status.data {
        None => Either::Left(missing(settings, status.data_error)),
        Some(data) => Either::Right(view! {
            {last_known(settings, status.data_measured_at.as_deref(), status.data_error)}
            <dl class="tiles">
                {tile(settings, t.agent_cards, data.agentcards, ["stat-agentcards-total", "stat-agentcards-active"])}
                {tile(settings, t.namespaces, data.namespaces, ["stat-namespaces", "stat-namespaces-active"])}
                {tile(settings, t.schemas, data.schemas, ["stat-schemas", "stat-schemas-active"])}
            </dl>
        }),
    };
    card("data", t.registry, body)
}

/// `hooks` are the test hooks of the total and of the active ones.
fn tile(
    settings: ViewSettings,
    label: &'static str,
    count: Count,
    hooks: [&'static str; 2],
) -> AnyView {
    let [total, active] = hooks;
    view! {
        <div class="tile">
            <dt>{label}</dt>
            <dd class="figure" data-testid=total>{number(count.total)}</dd>
            <dd class="note">
                <span data-testid=active>{number(count.active)}</span>
                " "
                {settings.t.active}
            </dd>
        </div>
    }
    .into_any()
}
