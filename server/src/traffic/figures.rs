//! The engine's summaries as the desk shows them.

use std::time::Duration;

use app::dto;
use app::view::instant::Instant;
use ops::clock::{Minute, Period, from_unix_millis, rfc3339_millis};
use ops::host::Host;
use ops::series::{InstanceFilter, StoreError};
use ops::traffic::{Histogram, Point, Summary, Traffic};

use crate::db::{DbError, milliseconds};
use crate::desk::health::map;
use crate::host::mark;

/// The longest period that is shown.
pub const MONTH: Period = Period::of(30 * DAY, 6 * HOUR);

pub(super) const HOUR: u32 = 60;
pub(super) const DAY: u32 = 24 * HOUR;
/// On a chart.
const STEPS: u32 = 170;
/// Earlier ones are known by the hour.
const MINUTES_ARE_KEPT: u32 = 47 * HOUR;
const LONGEST: u32 = 366 * DAY;

/// There are always figures. With a code beside them they are what this process knows.
pub async fn last_day(
    traffic: &Traffic,
    filter: &InstanceFilter,
) -> (dto::Traffic, Option<dto::Code>) {
    let summary = traffic.last_day(filter).await;
    let error = summary.store_error.as_deref().map(code);
    (figures(&summary, summary.points.iter().map(point)), error)
}

/// The same 24 hours one day earlier, as a whole.
pub async fn yesterday(traffic: &Traffic, filter: &InstanceFilter) -> dto::Traffic {
    let day = Period::total(DAY).before(DAY);
    let summary = traffic.summary(day, filter).await;
    figures(&summary, std::iter::empty())
}

/// `None` of nothing.
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// For charts: about a hundred and fifty steps, whatever the range.
pub fn period_of(range: dto::Range, now: Minute) -> Period {
    match range {
        dto::Range::Last(period) => last(period),
        dto::Range::Between(..) => between(range, now, &[1, 5, 10, HOUR, 6 * HOUR, DAY], STEPS),
    }
}

/// The finest of the steps that makes no more than so many of them. Minutes are not kept for long.
pub(super) fn between(range: dto::Range, now: Minute, steps: &[u32], most: u32) -> Period {
    let dto::Range::Between(from, to) = range else {
        return Period::total(0);
    };
    let minute = |instant: Instant| Minute::of(from_unix_millis(instant.epoch_ms()));
    let (from, to) = (minute(from), minute(to));
    let minutes = to.since(from).unwrap_or(0).min(LONGEST);
    let is_old = now.since(from).unwrap_or(0) > MINUTES_ARE_KEPT;
    let mut fitting = steps.iter().copied().filter(|step| {
        let is_kept = !is_old || *step >= HOUR;
        is_kept && minutes.div_ceil(*step) <= most
    });
    let step = fitting.next().or(steps.last().copied()).unwrap_or(DAY);
    // The running minute is the last one of a range that ends now.
    let ago = (now.plus(1)).since(to).unwrap_or(0);
    Period::of(minutes, step).before(ago)
}

fn last(period: dto::Period) -> Period {
    match period {
        dto::Period::Hour => Period::of(HOUR, 1),
        dto::Period::SixHours => Period::of(6 * HOUR, 5),
        dto::Period::Day => Period::of(DAY, 10),
        dto::Period::Week => Period::of(7 * DAY, HOUR),
        dto::Period::Month => MONTH,
    }
}

/// What the charts of [`period_of`] are made of.
pub fn history(
    summary: &Summary,
    host: &Host,
    period: dto::Range,
    filter: &InstanceFilter,
) -> dto::TrafficHistory {
    let events = host.events_since(summary.start);
    let total = figures(summary, std::iter::empty());
    dto::TrafficHistory {
        period,
        minutes: summary.minutes,
        covered_minutes: summary.covered_minutes,
        step_minutes: summary.step_minutes,
        instance: match filter {
            InstanceFilter::All => None,
            InstanceFilter::Instance(name) => Some(name.clone()),
        },
        start: rfc3339_millis(summary.start.start()),
        requests: total.requests,
        client_errors: total.client_errors,
        errors: total.errors,
        avg_ms: total.avg_ms,
        p50_ms: total.p50_ms,
        p95_ms: total.p95_ms,
        p99_ms: total.p99_ms,
        steps: columns(summary),
        events: events.iter().filter_map(mark).collect(),
    }
}

fn figures(summary: &Summary, points: impl Iterator<Item = dto::TrafficPoint>) -> dto::Traffic {
    let tally = &summary.tally;
    let (requests, errors) = (tally.requests(), tally.by_class.errors);
    let percentile = |share| percentile(&tally.durations, share);
    dto::Traffic {
        requests,
        errors,
        client_errors: tally.by_class.client_errors,
        error_rate: (requests > 0).then(|| errors as f64 / requests as f64),
        avg_ms: tally.durations.average().map(milliseconds),
        p50_ms: percentile(0.50),
        p95_ms: percentile(0.95),
        p99_ms: percentile(0.99),
        covered_minutes: summary.covered_minutes,
        points: points.collect(),
    }
}

pub(super) fn percentile(durations: &Histogram, share: f64) -> Option<f64> {
    durations.percentile(share).map(milliseconds)
}

fn point(point: &Point) -> dto::TrafficPoint {
    let in_ms = |duration: Option<Duration>| duration.map(milliseconds);
    dto::TrafficPoint {
        t: rfc3339_millis(point.start.start()),
        requests: point.requests(),
        errors: point.by_class.errors,
        client_errors: point.by_class.client_errors,
        avg_ms: in_ms(point.average),
        p95_ms: in_ms(point.p95),
    }
}

fn columns(summary: &Summary) -> dto::TrafficSteps {
    let mut columns = dto::TrafficSteps::default();
    let mut points = summary.points.iter().peekable();
    for step in 0..summary.steps {
        let start = summary.start.plus(step * summary.step_minutes);
        let point = points.next_if(|point| point.start == start);
        let count = |of: fn(&Point) -> u64| point.map(of);
        let in_ms = |of: fn(&Point) -> Option<Duration>| point.and_then(of).map(milliseconds);
        let covered = point.map_or(0, |point| point.covered_minutes);
        columns.covered_minutes.push(covered);
        columns.good.push(count(|point| {
            point.requests() - point.by_class.client_errors - point.by_class.errors
        }));
        columns
            .client_errors
            .push(count(|point| point.by_class.client_errors));
        columns.errors.push(count(|point| point.by_class.errors));
        columns.avg_ms.push(in_ms(|point| point.average));
        columns.p50_ms.push(in_ms(|point| point.p50));
        columns.p95_ms.push(in_ms(|point| point.p95));
        columns.p99_ms.push(in_ms(|point| point.p99));
    }
    columns
}

/// In the engine's terms; of one that nobody knows all are shown.
pub fn engine(choice: &dto::InstanceChoice) -> InstanceFilter {
    match choice {
        dto::InstanceChoice::All | dto::InstanceChoice::Unknown(_) => InstanceFilter::All,
        dto::InstanceChoice::Instance(name) => InstanceFilter::Instance(name.clone()),
    }
}

pub fn code(error: &StoreError) -> dto::Code {
    match error {
        StoreError::NotPrepared => dto::Code::Unreachable,
        StoreError::Timeout => dto::Code::Timeout,
        StoreError::Failed(cause) => cause
            .downcast_ref::<DbError>()
            .map_or(dto::Code::Query, |error| map::code(error.code())),
    }
}
