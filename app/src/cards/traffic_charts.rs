//! Requests, errors and latency over time.

use leptos::prelude::*;

use super::events::marks;
use crate::chart::model::{Chart, Kind, Series, Unit};
use crate::components::card::card;
use crate::components::chart::chart;
use crate::components::coverage::collected;
use crate::components::ranges::ranges;
use crate::dto::{Range, TrafficHistory};
use crate::view::instant::Instant;
use crate::view::settings::ViewSettings;

pub fn traffic_charts_card(
    settings: ViewSettings,
    history: &TrafficHistory,
    link: impl Fn(Range) -> String,
) -> AnyView {
    let t = settings.t;
    let collected = collected(
        settings,
        history.covered_minutes,
        history.minutes,
        history.period,
    );
    let total = [
        Some((t.requests_and_errors)(history.requests, history.errors)),
        collected,
    ];
    let total = total.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let body = view! {
        <div class="charts-top">
            {ranges(settings, history.period, link)}
            <p class="note">{total}</p>
        </div>
        <div class="charts" data-testid="traffic-chart">
            {chart(settings, "requests", t.requests_by_status, &requests(settings, history))}
            {chart(settings, "latency", t.response_times, &latency(settings, history))}
            {chart(settings, "errors", t.server_errors, &errors(settings, history))}
        </div>
    };
    card("charts", t.over_time, body).into_any()
}

pub(super) fn requests(settings: ViewSettings, history: &TrafficHistory) -> Chart {
    let steps = &history.steps;
    let series = vec![
        counts(settings.t.status_5xx, "error", &steps.errors),
        counts(settings.t.status_4xx, "client-error", &steps.client_errors),
        counts(settings.t.status_good, "good", &steps.good),
    ];
    frame(settings, history, Kind::Stack, Unit::Count, series)
}

/// On a scale of their own: among all requests they would not be seen.
pub(super) fn errors(settings: ViewSettings, history: &TrafficHistory) -> Chart {
    let series = vec![counts(
        settings.t.status_5xx,
        "error",
        &history.steps.errors,
    )];
    frame(settings, history, Kind::Stack, Unit::Count, series)
}

pub(super) fn latency(settings: ViewSettings, history: &TrafficHistory) -> Chart {
    let steps = &history.steps;
    let series = vec![
        times("P50", "p50", &steps.p50_ms),
        times(settings.t.average, "average", &steps.avg_ms),
        times("P95", "p95", &steps.p95_ms),
        times("P99", "p99", &steps.p99_ms),
    ];
    frame(settings, history, Kind::Lines, Unit::Milliseconds, series)
}

fn frame(
    settings: ViewSettings,
    history: &TrafficHistory,
    kind: Kind,
    unit: Unit,
    series: Vec<Series>,
) -> Chart {
    let covered = history.steps.covered_minutes.iter();
    Chart {
        kind,
        unit,
        start_ms: Instant::parse(&history.start).map_or(0, Instant::epoch_ms),
        step_ms: i64::from(history.step_minutes) * 60_000,
        covered: covered.map(|minutes| *minutes > 0).collect(),
        series,
        marks: marks(settings, &history.events),
    }
}

fn counts(name: &'static str, tone: &'static str, values: &[Option<u64>]) -> Series {
    let values = values.iter().map(|value| value.map(|value| value as f64));
    Series {
        name,
        tone,
        values: values.collect(),
    }
}

fn times(name: &'static str, tone: &'static str, values: &[Option<f64>]) -> Series {
    Series {
        name,
        tone,
        values: values.to_vec(),
    }
}
