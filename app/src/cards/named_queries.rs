//! What each named query cost, those first that took most time in all.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::card::{empty, of_store};
use crate::components::folding::{folding, head, numeric_head};
use crate::components::number::number;
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::{NamedQuery, StoreReport};
use crate::view::numbers::{milliseconds_or_dash, percent};
use crate::view::settings::ViewSettings;

pub fn named_queries_card(
    settings: ViewSettings,
    store: &StoreReport,
    counted_since: &str,
) -> impl IntoView + use<> {
    let t = settings.t.database_page;
    let total_ms: f64 = store
        .queries
        .iter()
        .map(|query| query.timing.total_ms)
        .sum();
    let rows: Vec<_> = store
        .queries
        .iter()
        .map(|query| row(settings, query, total_ms))
        .collect();
    let body = if rows.is_empty() {
        Either::Left(empty(t.no_queries))
    } else {
        let heads = (
            head(t.name),
            numeric_head(t.calls),
            numeric_head(t.failures),
            numeric_head(t.share),
            numeric_head(t.average),
            numeric_head("P95"),
            numeric_head(t.longest),
        );
        Either::Right(view! {
            <div class="scroll" tabindex="0" role="group" aria-label=t.queries>
                {folding(false, heads, rows)}
            </div>
            <p class="note">{t.counted_since} " " {time(settings, counted_since)}</p>
        })
    };
    of_store("queries", store.role, t.queries, body)
}

fn row(settings: ViewSettings, query: &NamedQuery, total_ms: f64) -> AnyView {
    let t = settings.t.database_page;
    let timing = query.timing;
    let share = (total_ms > 0.0).then(|| timing.total_ms / total_ms);
    let failed = (query.failures > 0).then_some("error");
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">
                <code>{foreign(&query.name)}</code>
            </th>
            <td role="cell" class="numeric" data-name=t.calls>{number(query.calls)}</td>
            <td role="cell" class="numeric" data-name=t.failures data-state=failed>
                {number(query.failures)}
            </td>
            <td role="cell" class="numeric" data-name=t.share>{percent(share)}</td>
            <td role="cell" class="numeric" data-name=t.average>{milliseconds_or_dash(timing.avg_ms)}</td>
            <td role="cell" class="numeric" data-name="P95">{milliseconds_or_dash(timing.p95_ms)}</td>
            <td role="cell" class="numeric" data-name=t.longest>{milliseconds_or_dash(timing.max_ms)}</td>
        </tr>
    }.into_any()
}
