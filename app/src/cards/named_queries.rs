//! What each named query cost, those first that took most time in all.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::card::{empty, one_of_many};
use crate::components::number::number;
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::{NamedQuery, StoreReport};
use crate::look::Look;

pub fn named_queries_card(
    look: Look,
    store: &StoreReport,
    counted_since: &str,
) -> impl IntoView + use<> {
    let t = look.t.database_page;
    let total_ms: f64 = store
        .queries
        .iter()
        .map(|query| query.timing.total_ms)
        .sum();
    let rows: Vec<_> = store
        .queries
        .iter()
        .map(|query| row(query, total_ms))
        .collect();
    let body = if rows.is_empty() {
        Either::Left(empty(t.no_queries))
    } else {
        Either::Right(view! {
            <div class="scroll" tabindex="0" role="region" aria-label=t.queries>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{t.name}</th>
                            <th scope="col" class="numeric">{t.calls}</th>
                            <th scope="col" class="numeric">{t.failures}</th>
                            <th scope="col" class="numeric">{t.share}</th>
                            <th scope="col" class="numeric">{t.average}</th>
                            <th scope="col" class="numeric">"P95"</th>
                            <th scope="col" class="numeric">{t.longest}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="note">{t.counted_since} " " {time(look, counted_since)}</p>
        })
    };
    let id = format!("{}-queries", store.role.name());
    one_of_many("queries", id, t.queries, body)
}

fn row(query: &NamedQuery, total_ms: f64) -> impl IntoView + use<> {
    let timing = query.timing;
    let share = if total_ms > 0.0 {
        format!("{:.1} %", timing.total_ms / total_ms * 100.0)
    } else {
        "–".to_owned()
    };
    let failed = (query.failures > 0).then_some("error");
    view! {
        <tr>
            <th scope="row">
                <code>{foreign(&query.name)}</code>
            </th>
            <td class="numeric">{number(timing.count)}</td>
            <td class="numeric" data-state=failed>{number(query.failures)}</td>
            <td class="numeric">{share}</td>
            <td class="numeric">{milliseconds(timing.avg_ms)}</td>
            <td class="numeric">{milliseconds(timing.p95_ms)}</td>
            <td class="numeric">{milliseconds(timing.max_ms)}</td>
        </tr>
    }
}

pub(super) fn milliseconds(ms: Option<f64>) -> String {
    ms.map_or_else(|| "–".to_owned(), |ms| format!("{ms} ms"))
}
