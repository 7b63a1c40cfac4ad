//! The last 24 hours in figures, against the 24 hours before.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use crate::components::card::{card, missing};
use crate::components::coverage::collected;
use crate::components::number::number;
use crate::components::state::{State, badge};
use crate::dto::{Code, Overview, Range, Traffic};
use crate::view::numbers::{grouped, milliseconds, milliseconds_or_dash, percent};
use crate::view::settings::ViewSettings;

const DAY_MINUTES: u32 = 1440;

/// A minute or two of a restart spoil no comparison.
const COMPARABLE_MINUTES: u32 = 1426;

/// A percentile of fewer requests says more about chance than about the service.
const ENOUGH_FOR_P50: u64 = 10;
const ENOUGH_FOR_P95: u64 = 20;
const ENOUGH_FOR_P99: u64 = 100;

pub fn traffic_card(settings: ViewSettings, overview: &Overview) -> impl IntoView + use<> {
    let t = settings.t;
    let error = overview.status.traffic_24h_error;
    let body = match &overview.status.traffic_24h {
        None => Either::Left(missing(settings, error)),
        Some(today) => Either::Right(view! {
            {coverage(settings, today, error)}
            {tiles(settings, today, overview)}
        }),
    };
    card("traffic", t.last_24_hours, body)
}

/// Nothing is said where everything is known.
fn coverage(settings: ViewSettings, today: &Traffic, error: Option<Code>) -> impl IntoView + use<> {
    let t = settings.t;
    let collected = collected(
        settings,
        today.covered_minutes,
        DAY_MINUTES,
        Range::default(),
    );
    match error {
        Some(code) => EitherOf3::A(view! {
            <p class="coverage" data-testid="traffic-store-error">
                {badge(State::Warning, (t.store_unreachable)((t.code)(code)))}
                " "
                <span class="note">{collected}</span>
            </p>
        }),
        None if collected.is_some() => EitherOf3::B(view! {
            <p class="coverage note" data-testid="traffic-coverage">{collected}</p>
        }),
        None => EitherOf3::C(()),
    }
}

fn tiles(settings: ViewSettings, today: &Traffic, overview: &Overview) -> impl IntoView + use<> {
    let t = settings.t;
    let requests = today.requests;
    let yesterday = Some(&overview.yesterday)
        .filter(|yesterday| yesterday.covered_minutes >= COMPARABLE_MINUTES);
    let counted = |of: fn(&Traffic) -> u64| {
        let before = yesterday.map(|yesterday| grouped(of(yesterday)));
        note(settings, before, true)
    };
    let timed = |label, hook, of: fn(&Traffic) -> Option<f64>, enough: u64| {
        let before = yesterday.and_then(of).map(milliseconds);
        let figure = milliseconds_or_dash(of(today));
        let note = note(settings, before, requests == 0 || requests >= enough);
        tile(label, "plain", hook, figure, note)
    };
    let rate = today.error_rate;
    let share = view! {
        <dd class="note">
            <span data-testid="error-rate-24h" data-value=rate.map(|rate| rate.to_string())>
                {percent(rate)}
            </span>
        </dd>
        {counted(|day| day.errors)}
    };
    // A day's errors are no alarm: those of the last minutes are.
    let findings = &overview.status.verdict.findings;
    let is_failing = findings.iter().any(|it| it.id == "requests_fail");
    let state = if is_failing { "error" } else { "plain" };
    let now = view! { <dd class="note">{t.right_now}</dd> };
    let client_errors = counted(|day| day.client_errors);
    let all = counted(|day| day.requests);
    let mut tiles = vec![
        tile(t.requests, "plain", "requests-24h", number(requests), all),
        tile(
            t.server_errors,
            state,
            "errors-24h",
            number(today.errors),
            share,
        ),
        tile(
            t.client_errors,
            "plain",
            "client-errors-24h",
            number(today.client_errors),
            client_errors,
        ),
        timed(t.average, "avg-response-24h", |day| day.avg_ms, 1),
        timed("P50", "p50-24h", |day| day.p50_ms, ENOUGH_FOR_P50),
        timed("P95", "p95-24h", |day| day.p95_ms, ENOUGH_FOR_P95),
        timed("P99", "p99-24h", |day| day.p99_ms, ENOUGH_FOR_P99),
    ];
    // Of another instance nobody here knows.
    let own = &overview.status.service.instance;
    if overview.choice.instance().is_none_or(|name| name == own) {
        let in_flight = number(overview.in_flight);
        tiles.push(tile(t.in_flight, "plain", "in-flight", in_flight, now));
    }
    view! { <dl class="tiles">{tiles}</dl> }
}

fn tile(
    label: &'static str,
    state: &'static str,
    hook: &'static str,
    figure: impl IntoView + 'static,
    note: impl IntoView + 'static,
) -> AnyView {
    view! {
        <div class="tile" data-state=state>
            <dt>{label}</dt>
            <dd class="figure" data-testid=hook>
                {figure}
            </dd>
            {note}
        </div>
    }
    .into_any()
}

/// The same time a day before, where that is known; or that there is too little to say anything by.
fn note(settings: ViewSettings, before: Option<String>, is_enough: bool) -> impl IntoView {
    let t = settings.t;
    if is_enough {
        Either::Left(
            view! { <dd class="note">{before.map(|before| (t.previous_day)(&before))}</dd> },
        )
    } else {
        Either::Right(view! { <dd class="note too-few">{t.too_few_requests}</dd> })
    }
}
