//! The registry's database, and how busy the way to it is.

use leptos::prelude::*;

use crate::components::card::card;
use crate::components::facts::fact;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::dto::{Connection, Database, Pool, Vendor};
use crate::view::numbers::milliseconds_or_dash;
use crate::view::settings::ViewSettings;

pub fn database_card(settings: ViewSettings, database: &Database) -> impl IntoView + use<> {
    let t = settings.t;
    let (state, status) = match (database.connection, database.error) {
        (Connection::Ok, _) => (State::Ok, t.ok),
        (Connection::Failed, Some(code)) => (State::Error, (t.code)(code)),
        (Connection::Failed, None) => (State::Error, t.error),
    };
    let vendor = match database.vendor {
        Vendor::Postgresql => "PostgreSQL",
        Vendor::Sqlite => "SQLite",
    };
    let version = database.version.as_deref().map(foreign);
    let latency = milliseconds_or_dash(database.latency_ms);
    let body = view! {
        <dl class="facts">
            {fact(t.status, view! { <span data-testid="db-status">{badge(state, status)}</span> })}
            {fact(t.latency, view! { <span class="figure" data-testid="db-latency">{latency}</span> })}
            {fact(
                t.version,
                view! {
                    {vendor}
                    " "
                    <span data-testid="db-version">{version}</span>
                },
            )}
            {fact(t.pool, pool(settings, database.pool))}
        </dl>
    };
    card("database", t.database, body)
}

/// The bar says at a glance what the sentence says in full.
fn pool(settings: ViewSettings, pool: Pool) -> AnyView {
    let Pool { active, idle, max } = pool;
    view! {
        <svg class="pool" viewBox=format!("0 0 {} 1", max.max(1)) preserveAspectRatio="none" aria-hidden="true">
            <rect class="pool-active" width=active.to_string() height="1"></rect>
            <rect class="pool-idle" x=active.to_string() width=idle.to_string() height="1"></rect>
        </svg>
        <span class="note">{(settings.t.pool_use)(active, idle, max)}</span>
    }.into_any()
}
