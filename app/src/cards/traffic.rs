//! The last 24 hours in figures, against the same time yesterday.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use crate::chart::model::short;
use crate::components::card::{card, missing};
use crate::components::number::number;
use crate::components::state::{State, badge};
use crate::dto::{Code, Overview, Traffic};
use crate::look::Look;

const DAY_MINUTES: u32 = 1440;

/// A minute or two of a restart spoil no comparison.
const COMPARABLE_MINUTES: u32 = 1426;

/// A percentile of fewer requests says more about chance than about the service.
const ENOUGH_FOR_P50: u64 = 10;
const ENOUGH_FOR_P95: u64 = 20;
const ENOUGH_FOR_P99: u64 = 100;

pub fn traffic_card(look: Look, overview: &Overview) -> impl IntoView + use<> {
    let t = look.t;
    let error = overview.status.traffic_24h_error;
    let body = match &overview.status.traffic_24h {
        None => Either::Left(missing(look, error)),
        Some(today) => Either::Right(view! {
            {coverage(look, today, error)}
            {tiles(look, today, overview)}
        }),
    };
    card("traffic", t.last_24_hours, body)
}

/// Nothing is said where everything is known.
fn coverage(look: Look, today: &Traffic, error: Option<Code>) -> impl IntoView + use<> {
    let t = look.t;
    let covered = today.covered_minutes;
    match error {
        Some(code) => EitherOf3::A(view! {
            <p class="coverage" data-testid="traffic-store-error">
                {badge(State::Warning, (t.store_unreachable)((t.code)(code)))}
                " "
                <span class="note">{(t.covers)(covered)}</span>
            </p>
        }),
        None if covered < DAY_MINUTES => EitherOf3::B(view! {
            <p class="coverage note" data-testid="traffic-coverage">{(t.covers)(covered)}</p>
        }),
        None => EitherOf3::C(()),
    }
}

fn tiles(look: Look, today: &Traffic, overview: &Overview) -> impl IntoView + use<> {
    let t = look.t;
    let requests = today.requests;
    let yesterday = Some(&overview.yesterday)
        .filter(|yesterday| yesterday.covered_minutes >= COMPARABLE_MINUTES);
    let counted = |of: fn(&Traffic) -> u64| {
        let before = yesterday.map(|yesterday| of(yesterday).to_string());
        note(look, before, true)
    };
    let timed = |of: fn(&Traffic) -> Option<f64>, enough: u64| {
        let before = yesterday.and_then(of).map(|ms| format!("{ms} ms"));
        note(look, before, requests == 0 || requests >= enough)
    };
    let rate = today.error_rate;
    let state = if today.errors > 0 { "error" } else { "plain" };
    let share = view! {
        <span data-testid="error-rate-24h" data-value=rate.map(|rate| rate.to_string())>
            {percent(rate)}
        </span>
    };
    let requests_figure = view! { <span data-testid="requests-24h">{number(requests)}</span> };
    let errors_figure = view! {
        <span data-testid="errors-24h">{number(today.errors)}</span>
        <span class="tile-share note">{share}</span>
    };
    let ms = |hook, of: fn(&Traffic) -> Option<f64>| hooked(hook, of(today));
    let now = view! { <dd class="note">{t.right_now}</dd> };
    let tiles = vec![
        tile(
            t.requests,
            "plain",
            requests_figure,
            counted(|day| day.requests),
        ),
        tile(
            t.server_errors,
            state,
            errors_figure,
            counted(|day| day.errors),
        ),
        tile(
            t.client_errors,
            "plain",
            number(today.client_errors),
            counted(|day| day.client_errors),
        ),
        tile(
            t.average,
            "plain",
            ms("avg-response-24h", |day| day.avg_ms),
            timed(|day| day.avg_ms, 1),
        ),
        tile(
            "P50",
            "plain",
            ms("p50-24h", |day| day.p50_ms),
            timed(|day| day.p50_ms, ENOUGH_FOR_P50),
        ),
        tile(
            "P95",
            "plain",
            ms("p95-24h", |day| day.p95_ms),
            timed(|day| day.p95_ms, ENOUGH_FOR_P95),
        ),
        tile(
            "P99",
            "plain",
            ms("p99-24h", |day| day.p99_ms),
            timed(|day| day.p99_ms, ENOUGH_FOR_P99),
        ),
        tile(t.in_flight, "plain", number(overview.in_flight), now),
    ];
    view! { <dl class="tiles">{tiles}</dl> }
}

fn tile(
    label: &'static str,
    state: &'static str,
    figure: impl IntoView + 'static,
    note: impl IntoView + 'static,
) -> AnyView {
    view! {
        <div class="tile" data-state=state>
            <dt>{label}</dt>
            <dd class="figure">{figure}</dd>
            {note}
        </div>
    }
    .into_any()
}

fn hooked(hook: &'static str, ms: Option<f64>) -> impl IntoView {
    let text = ms.map_or_else(|| "–".to_owned(), |ms| format!("{ms} ms"));
    view! { <span data-testid=hook>{text}</span> }
}

/// The same time yesterday, where that is known; or that there is too little to say anything by.
fn note(look: Look, before: Option<String>, is_enough: bool) -> impl IntoView {
    let t = look.t;
    if is_enough {
        Either::Left(view! { <dd class="note">{before.map(|before| (t.yesterday)(&before))}</dd> })
    } else {
        Either::Right(view! { <dd class="note too-few">{t.too_few_requests}</dd> })
    }
}

/// `2 %`; never 0 if there was something.
fn percent(rate: Option<f64>) -> String {
    match rate {
        None => "–".to_owned(),
        Some(rate) if rate > 0.0 && rate < 0.000_05 => "< 0.01 %".to_owned(),
        Some(rate) => format!("{} %", short(rate * 100.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_share_is_never_rounded_to_nothing() {
        for (rate, text) in [
            (None, "–"),
            (Some(0.0), "0 %"),
            (Some(0.000_001), "< 0.01 %"),
            (Some(0.002), "0.2 %"),
            (Some(1.0 / 60.0), "1.67 %"),
            (Some(1.0), "100 %"),
        ] {
            assert_eq!(percent(rate), text);
        }
    }
}
