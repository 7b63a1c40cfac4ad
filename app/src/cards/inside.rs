//! What a database says of itself.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use crate::components::card::{empty, last_known, missing, of_store};
use crate::components::facts::fact;
use crate::components::folding::{folding, head, numeric_head};
use crate::components::number::number;
use crate::components::text::foreign;
use crate::dto::{Blocked, Inside, PostgresInside, Role, SqliteInside, Statement, StoreReport};
use crate::view::numbers::{bytes, milliseconds_or_dash, percent};
use crate::view::settings::ViewSettings;

pub fn inside_card(settings: ViewSettings, store: &StoreReport) -> impl IntoView + use<> {
    let body = match &store.inside {
        None => EitherOf3::A(missing(settings, store.inside_error)),
        Some(Inside::Sqlite(inside)) => EitherOf3::B(sqlite(settings, inside)),
        Some(Inside::Postgresql(inside)) => EitherOf3::C(postgresql(settings, inside)),
    };
    let waits = milliseconds_or_dash(store.waits.p95_ms);
    let t = settings.t.database_page;
    of_store(
        "inside",
        store.role,
        t.inside,
        view! {
            {last_known(settings, store.inside_measured_at.as_deref(), store.inside_error)}
            {body}
            <dl class="facts">{fact(t.waits, waits)}</dl>
        },
    )
}

fn sqlite(settings: ViewSettings, inside: &SqliteInside) -> AnyView {
    let t = settings.t.database_page;
    view! {
        <dl class="facts">
            {fact(t.size, bytes(inside.file_bytes))} {fact(t.free, bytes(inside.free_bytes))}
            {fact(t.write_ahead_log, bytes(inside.wal_bytes))}
            {fact(t.journal_mode, foreign(&inside.journal_mode))}
        </dl>
    }
    .into_any()
}

fn postgresql(settings: ViewSettings, inside: &PostgresInside) -> AnyView {
    let t = settings.t.database_page;
    let ratio = inside
        .cache_hit_ratio
        .map_or_else(|| t.no_data.to_owned(), |ratio| percent(Some(ratio)));
    view! {
        <dl class="facts">
            {fact(t.size, bytes(inside.size_bytes))}
            {fact(
                t.server_connections,
                (t.of_at_most)(inside.connections, inside.max_connections),
            )} {fact(t.cache_hit_ratio, ratio)} {fact(t.deadlocks, number(inside.deadlocks))}
        </dl>
    }
    .into_any()
}

/// Only PostgreSQL knows; `None` for the others, and while it can't be asked.
pub fn activity_cards(settings: ViewSettings, store: &StoreReport) -> Option<[AnyView; 2]> {
    let Some(Inside::Postgresql(inside)) = &store.inside else {
        return None;
    };
    Some([
        statements_card(settings, store.role, &inside.statements).into_any(),
        blocked_card(settings, store.role, &inside.blocked).into_any(),
    ])
}

fn statements_card(
    settings: ViewSettings,
    role: Role,
    statements: &[Statement],
) -> impl IntoView + use<> {
    let t = settings.t.database_page;
    let rows: Vec<_> = statements
        .iter()
        .map(|statement| {
            let sql = statement.sql.as_deref();
            let waiting_for = statement.waiting_for.as_deref().map(foreign);
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">
                        {statement.pid} " " <span class="note">{foreign(&statement.application)}</span>
                    </th>
                    <td role="cell" data-name=t.state>{foreign(&statement.state)}</td>
                    <td role="cell" class="numeric" data-name=t.seconds>{statement.seconds}</td>
                    <td role="cell" data-name=t.waiting_for>{waiting_for}</td>
                    <td role="cell" class="whole">
                        {match sql {
                            Some(sql) => Either::Left(view! { <code class="sql">{foreign(sql)}</code> }),
                            None => Either::Right(view! { <span class="note">{t.not_shown}</span> }),
                        }}
                    </td>
                </tr>
            }
        })
        .collect();
    let body = if rows.is_empty() {
        Either::Left(empty(t.no_statements))
    } else {
        let heads = (
            head(t.process),
            head(t.state),
            numeric_head(t.seconds),
            head(t.waiting_for),
            head(t.statement),
        );
        Either::Right(view! {
            <div class="scroll" tabindex="0" role="group" aria-label=t.statements>
                {folding(false, heads, rows)}
            </div>
        })
    };
    of_store("statements", role, t.statements, body)
}

fn blocked_card(settings: ViewSettings, role: Role, blocked: &[Blocked]) -> impl IntoView + use<> {
    let t = settings.t.database_page;
    let rows: Vec<_> = blocked
        .iter()
        .map(|one| {
            let relation = one.relation.as_deref().map(foreign);
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{one.pid}</th>
                    <td role="cell" data-name=t.waits_for>{one.by_pid}</td>
                    <td role="cell" class="numeric" data-name=t.seconds>{one.seconds}</td>
                    <td role="cell" data-name=t.table>{relation}</td>
                </tr>
            }
        })
        .collect();
    let body = if rows.is_empty() {
        Either::Left(empty(t.nobody_waits))
    } else {
        let heads = (
            head(t.process),
            head(t.waits_for),
            numeric_head(t.seconds),
            head(t.table),
        );
        Either::Right(folding(false, heads, rows))
    };
    of_store("blocked", role, t.blocked, body)
}
