//! Traffic route by route, as the desk shows it.

use std::cmp::Reverse;

use app::dto;
use ops::clock::{Minute, Period, rfc3339_millis};
use ops::host::Host;
use ops::series::InstanceFilter;
use ops::traffic::{Exemplar, Route, Routes, Summary, Traffic};

use super::figures::{DAY, HOUR, between, code, engine, history, percentile, share};
use crate::db::milliseconds;

/// What is asked for of all routes, or of one.
pub struct Asked {
    pub range: dto::Range,
    pub now: Minute,
    pub choice: dto::InstanceChoice,
    /// The names of those to choose from.
    pub instances: Vec<String>,
    pub generated_at: String,
}

pub async fn routes(traffic: &Traffic, asked: Asked, sort: dto::RouteSort) -> dto::RoutesPage {
    let found = traffic
        .routes(steps(asked.range, asked.now), &engine(&asked.choice))
        .await;
    let total = &found.total;
    let rows = found.routes.iter().map(|route| row(route, total));
    let mut rows: Vec<dto::RouteRow> = rows.collect();
    // What is equal stays sorted by name.
    match sort {
        dto::RouteSort::Route => {}
        dto::RouteSort::Calls => rows.sort_by_key(|row| Reverse(row.requests)),
        dto::RouteSort::Errors => descending(&mut rows, |row| row.error_rate),
        dto::RouteSort::P95 => descending(&mut rows, |row| row.p95_ms),
        dto::RouteSort::Time => descending(&mut rows, |row| row.time_share),
    }
    dto::RoutesPage {
        period: asked.range,
        sort,
        choice: asked.choice,
        instances: asked.instances,
        minutes: total.minutes,
        covered_minutes: total.covered_minutes,
        requests: total.tally.requests(),
        routes: rows,
        error: total.store_error.as_deref().map(code),
        generated_at: asked.generated_at,
    }
}

pub async fn route(
    traffic: &Traffic,
    host: &Host,
    asked: Asked,
    method: String,
    route: String,
    last_errors: dto::LastErrors,
) -> dto::RoutePage {
    let filter = engine(&asked.choice);
    let found = traffic.routes(steps(asked.range, asked.now), &filter).await;
    let (slowest, failed) = traffic.exemplars(&method, &route);
    let known = found
        .routes
        .iter()
        .find(|known| known.method == method && known.route == route);
    dto::RoutePage {
        total: known.map(|known| row(known, &found.total)),
        history: history(&of_route(known, &found), host, asked.range, &filter),
        method,
        route,
        slowest: slowest.iter().map(exemplar).collect(),
        failed: failed.iter().map(exemplar).collect(),
        last_errors,
        choice: asked.choice,
        instances: asked.instances,
        error: found.total.store_error.as_deref().map(code),
        generated_at: asked.generated_at,
    }
}

/// Whether anybody has called the route lately, or nobody can tell.
pub async fn was_called(traffic: &Traffic, method: &str, route: &str) -> bool {
    let found = traffic.routes(MONTH, &InstanceFilter::All).await;
    let is_it = |known: &Route| known.method == method && known.route == route;
    found.total.store_error.is_some() || found.routes.iter().any(is_it)
}

const MONTH: Period = Period::of(30 * DAY, DAY);

/// Rows by the hour from six hours on, by the day from a week on: there are many of them.
fn steps(range: dto::Range, now: Minute) -> Period {
    match range {
        dto::Range::Last(dto::Period::Hour) => Period::of(HOUR, 1),
        dto::Range::Last(dto::Period::SixHours) => Period::of(6 * HOUR, HOUR),
        dto::Range::Last(dto::Period::Day) => Period::of(DAY, HOUR),
        dto::Range::Last(dto::Period::Week) => Period::of(7 * DAY, DAY),
        dto::Range::Last(dto::Period::Month) => MONTH,
        dto::Range::Between(..) => between(range, now, &[1, HOUR, DAY], 72),
    }
}

/// The service was up whenever anything was counted: a step without a request on this route is an
/// idle one, not a gap.
fn of_route(route: Option<&Route>, routes: &Routes) -> Summary {
    let mut own = route
        .map(|route| route.summary.points.clone())
        .unwrap_or_default()
        .into_iter()
        .peekable();
    let points = routes.total.points.iter().map(|point| {
        own.next_if(|own| own.start == point.start)
            .unwrap_or_else(|| point.without_requests())
    });
    Summary {
        points: points.collect(),
        tally: route
            .map(|route| route.summary.tally.clone())
            .unwrap_or_default(),
        ..routes.total.clone()
    }
}

fn row(route: &Route, total: &Summary) -> dto::RouteRow {
    let tally = &route.summary.tally;
    let (requests, errors) = (tally.requests(), tally.by_class.errors);
    let spent_us = tally.durations.sum_us();
    let all_us = total.tally.durations.sum_us();
    let percentile = |share| percentile(&tally.durations, share);
    let mut own = route.summary.points.iter().peekable();
    let mut all = total.points.iter().peekable();
    let steps = (0..total.steps).map(|step| {
        let start = total.start.plus(step * total.step_minutes);
        let is_up = all.next_if(|point| point.start == start).is_some();
        let own = own.next_if(|point| point.start == start);
        is_up.then(|| own.map_or(0, |point| point.requests()))
    });
    dto::RouteRow {
        method: route.method.to_owned(),
        route: route.route.clone(),
        requests,
        errors,
        client_errors: tally.by_class.client_errors,
        error_rate: share(errors, requests),
        time_share: share(spent_us, all_us),
        // Rows of earlier versions added up what ran side by side.
        database_share: share(tally.database_us.min(spent_us), spent_us),
        avg_ms: tally.durations.average().map(milliseconds),
        p50_ms: percentile(0.50),
        p95_ms: percentile(0.95),
        p99_ms: percentile(0.99),
        steps: steps.collect(),
    }
}

fn descending(rows: &mut [dto::RouteRow], by: fn(&dto::RouteRow) -> Option<f64>) {
    let value = |row: &dto::RouteRow| by(row).unwrap_or(-1.0);
    rows.sort_by(|a, b| value(b).total_cmp(&value(a)));
}

fn exemplar(exemplar: &Exemplar) -> dto::NotableRequest {
    dto::NotableRequest {
        request_id: exemplar.request_id.clone(),
        at: rfc3339_millis(exemplar.at),
        status: exemplar.status,
        duration_ms: milliseconds(exemplar.duration),
        database_ms: milliseconds(exemplar.database),
    }
}
