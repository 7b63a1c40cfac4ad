//! Host and process: charts over the period, and what this process is like now.

use leptos::either::Either;
use leptos::prelude::*;

use super::host_charts;
use crate::chart::model::{Chart, Unit};
use crate::components::card::{card, empty};
use crate::components::chart::chart;
use crate::components::coverage::collected;
use crate::components::facts::fact;
use crate::components::notice::notice;
use crate::components::ranges::ranges;
use crate::components::state::State;
use crate::components::time::time;
use crate::dto::{Gauge, HostHistory, Range};
use crate::view::numbers::{bytes, percent};
use crate::view::settings::ViewSettings;

pub fn host_card(settings: ViewSettings, host: &HostHistory) -> impl IntoView + use<> {
    let t = settings.t.host;
    let body = if host.now.is_none() && host.covered_minutes == 0 {
        Either::Left(empty(t.nothing_yet))
    } else {
        Either::Right(view! {
            <div class="charts charts-even" data-testid="host-charts">{charts(settings, host)}</div>
            {process(settings, host)}
        })
    };
    card("host", t.title, view! { {stale(settings, host)} {body} })
}

/// What of it speaks of the databases, on their own page. `link` makes the address of another period.
pub fn database_charts_card<L: Fn(Range) -> String>(
    settings: ViewSettings,
    host: &HostHistory,
    link: L,
) -> impl IntoView + use<L> {
    let of_host = settings.t.host;
    let collected = collected(settings, host.covered_minutes, host.minutes, host.period);
    let [latency, connections] = [
        (
            "database-latency",
            of_host.database_latency,
            host_charts::latency(settings, host),
        ),
        (
            "connections",
            of_host.connections,
            host_charts::connections(settings, host),
        ),
    ]
    .map(|(name, title, found)| drawn(settings, name, title, &found));
    let body = view! {
        {stale(settings, host)}
        <div class="charts-top">
            {ranges(settings, host.period, link)} <p class="note">{collected}</p>
        </div>
        <div class="charts charts-even" data-testid="database-charts">
            {latency} {connections}
        </div>
    };
    card("host", of_host.database_charts, body)
}

/// Where the store is out of reach: what is shown is this process's own, and how old the rest is.
fn stale(settings: ViewSettings, host: &HostHistory) -> impl IntoView + use<> {
    let t = settings.t;
    let code = host.error?;
    let as_of = host.as_of.as_ref().map(|as_of| {
        view! {
            <p class="note" data-testid="host-as-of">
                {t.host.as_of} " " {time(settings, as_of)}
            </p>
        }
    });
    let sentence = (t.store_unreachable)((t.code)(code));
    Some(notice(State::Warning, sentence, as_of, "host-store-error"))
}

fn charts(settings: ViewSettings, host: &HostHistory) -> Vec<AnyView> {
    let t = settings.t.host;
    let size = |gauge| latest(host, gauge).map(|size| Unit::Bytes.show(size));
    let free = |free, used| {
        let (free, used) = (latest(host, free)?, latest(host, used));
        let share = used.map(|used| percent(Some(used / (used + free))));
        Some((t.free)(&Unit::Bytes.show(free), share.as_deref()))
    };
    let log_free = free(Gauge::LogDiskFreeBytes, Gauge::LogDiskUsedBytes);
    let data_free = free(Gauge::DataDiskFreeBytes, Gauge::DataDiskUsedBytes);
    let limit = size(Gauge::MemoryLimitBytes);
    let cores = latest(host, Gauge::CpuAllowedCores);
    let mut charts = vec![
        (
            "database-latency",
            t.database_latency.to_owned(),
            host_charts::latency(settings, host),
        ),
        (
            "connections",
            t.connections.to_owned(),
            host_charts::connections(settings, host),
        ),
        (
            "cpu",
            (t.processor)(cores),
            host_charts::processor(settings, host),
        ),
        (
            "memory",
            (t.memory)(limit.as_deref()),
            host_charts::memory(settings, host),
        ),
        (
            "log-disk",
            (t.log_disk)(log_free.as_deref()),
            host_charts::log_disk(settings, host),
        ),
    ];
    // With both databases on a server there is no such directory.
    if is_known(host, Gauge::DataDiskUsedBytes) {
        charts.push((
            "data-disk",
            (t.data_disk)(data_free.as_deref()),
            host_charts::data_disk(settings, host),
        ));
    }
    let charts = charts.into_iter();
    charts
        .map(|(name, title, found)| drawn(settings, name, &title, &found))
        .collect()
}

fn is_known(host: &HostHistory, gauge: Gauge) -> bool {
    latest(host, gauge).is_some() || host.steps.gauges.contains_key(&gauge)
}

/// A chart, or that there is nothing to draw.
pub(super) fn drawn(
    settings: ViewSettings,
    name: &'static str,
    title: &str,
    found: &Chart,
) -> AnyView {
    if found.series.is_empty() {
        let heading = format!("chart-{name}");
        let labelled_by = heading.clone();
        return view! {
            <section class="chart" aria-labelledby=labelled_by data-state="unknown">
                <h3 id=heading>{title.to_owned()}</h3>
                {empty(settings.t.host.not_measurable)}
            </section>
        }
        .into_any();
    }
    chart(settings, name, title, found)
}

/// What this instance found when it looked last.
fn latest(host: &HostHistory, gauge: Gauge) -> Option<f64> {
    host.now.as_ref()?.gauges.get(&gauge).copied()
}

fn process(settings: ViewSettings, host: &HostHistory) -> impl IntoView + use<> {
    let t = settings.t.host;
    let now = host.now.as_ref()?;
    let count = |gauge| latest(host, gauge).map(|count| Unit::Count.show(count));
    let or_nothing = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let files = match (count(Gauge::OpenFiles), count(Gauge::OpenFilesLimit)) {
        (Some(open), Some(limit)) => Some((t.of_limit)(&open, &limit)),
        (open, _) => open,
    };
    let tasks = match (count(Gauge::TokioTasks), count(Gauge::TokioQueue)) {
        (Some(tasks), Some(queued)) => Some((t.queued)(&tasks, &queued)),
        (tasks, _) => tasks,
    };
    let busy = latest(host, Gauge::TokioBusyRatio);
    let workers = match (count(Gauge::TokioWorkers), busy) {
        (Some(workers), Some(busy)) => Some((t.busy)(&workers, &Unit::Percent.show(busy * 100.0))),
        (workers, _) => workers,
    };
    let memory = latest(host, Gauge::MemoryResidentBytes).map(|size| bytes(size.round() as u64));
    Some(view! {
        <section class="process" aria-labelledby="process-title">
            <h3 id="process-title">{t.process}</h3>
            <dl class="facts facts-row" data-testid="process-facts">
                {fact(t.memory_now, view! { <span data-testid="process-memory">{or_nothing(memory)}</span> })}
                {fact(t.threads, or_nothing(count(Gauge::Threads)))}
                {fact(t.open_files, or_nothing(files))}
                {fact(t.tasks, or_nothing(tasks))}
                {fact(t.workers, or_nothing(workers))}
            </dl>
            <p class="note">{settings.t.updated} " " {time(settings, &now.measured_at)}</p>
        </section>
    })
}
