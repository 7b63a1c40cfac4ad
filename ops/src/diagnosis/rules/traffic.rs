//! What the requests of the last minutes say.

use std::cmp::Reverse;

use super::super::finding::{Finding, Severity, Subject};
use super::super::recent::Figures;
use super::super::snapshot::{Route, Window};
use super::super::thresholds::{
    ENOUGH_ERRORS, ENOUGH_REQUESTS, ERROR_SHARE, FAILING_SHARE, P95_MS, ROUTE_FAILING_SHARE,
    ROUTES_NAMED, TRAFFIC_MINUTES,
};
use super::Context;

pub fn traffic(context: &Context) -> Vec<Finding> {
    let window = &context.snapshot.traffic.all;
    let mut found: Vec<Finding> = [failing(context, window), slow(context, window)]
        .into_iter()
        .flatten()
        .collect();
    // Which routes fail because the service is not ready is no news.
    if context.snapshot.checks.iter().all(|check| check.is_ready) {
        found.extend(routes(context));
    }
    found
}

/// The requests of the last seconds if they are enough, else those of the running minute, and of the one
/// before it until enough have come.
fn latest(context: &Context, subject: &Subject, window: &Window, enough: u64) -> Figures {
    let is_enough = |figures: &Figures| figures.requests >= enough;
    let recent = context.memory.recent(subject, window);
    recent
        .filter(is_enough)
        .or_else(|| Some(window.figures(1)).filter(is_enough))
        .unwrap_or_else(|| window.figures(2))
}

impl Window {
    /// Of the latest minute that has enough requests, else of all minutes together.
    fn latest_p95_ms(&self) -> Option<f64> {
        let enough = |requests| requests >= ENOUGH_REQUESTS;
        let minutes = self.minutes.iter().filter(|minute| minute.ago < 2);
        let full = minutes.filter(|minute| enough(minute.requests));
        match full.min_by_key(|minute| minute.ago) {
            Some(minute) => minute.p95_ms,
            None => self
                .p95_ms
                .filter(|_| enough(self.figures(TRAFFIC_MINUTES).requests)),
        }
    }
}

/// Critical while it goes on; afterwards a warning until the minutes are over.
fn failing(context: &Context, window: &Window) -> Option<Finding> {
    const ID: &str = "requests_fail";
    let (all, latest) = (
        window.figures(TRAFFIC_MINUTES),
        latest(context, &Subject::Traffic, window, ENOUGH_REQUESTS),
    );
    if all.errors < ENOUGH_ERRORS {
        return None;
    }
    let before = context.memory.severity(ID, &Subject::Traffic);
    let was_critical = before == Some(Severity::Critical);
    let is_enough = latest.errors >= ENOUGH_ERRORS || was_critical;
    let severity = if is_enough && FAILING_SHARE.is_exceeded(latest.share(), was_critical) {
        Severity::Critical
    } else {
        let latest = if is_enough { latest.share() } else { 0.0 };
        let share = all.share().max(latest);
        if !ERROR_SHARE.is_exceeded(share, before.is_some()) {
            return None;
        }
        Severity::Warning
    };
    let finding = Finding::new(ID, severity, Subject::Traffic);
    Some(
        finding
            .with("errors", all.errors)
            .with("requests", all.requests)
            .with("minutes", TRAFFIC_MINUTES)
            .with("latest_errors", latest.errors)
            .with("latest_requests", latest.requests),
    )
}

fn slow(context: &Context, window: &Window) -> Option<Finding> {
    const ID: &str = "requests_slow";
    let p95_ms = window.latest_p95_ms()?;
    let finding = || Finding::new(ID, Severity::Warning, Subject::Traffic).with("p95_ms", p95_ms);
    context
        .exceeds(ID, &Subject::Traffic, p95_ms, P95_MS)
        .then(finding)
}

/// Those with the most failures, then the slowest.
fn routes(context: &Context) -> Vec<Finding> {
    let routes = &context.snapshot.traffic.routes;
    let mut failing: Vec<&Route> = routes.iter().collect();
    failing.sort_by_key(|route| Reverse(route.window.figures(TRAFFIC_MINUTES).errors));
    let failing = failing.into_iter().filter_map(|route| {
        let subject = route.subject();
        let judged = judged(context, route, &subject);
        let is_enough = judged.errors >= ENOUGH_ERRORS;
        let exceeds = context.exceeds("route_fails", &subject, judged.share(), ROUTE_FAILING_SHARE);
        (is_enough && exceeds).then(|| {
            named("route_fails", Severity::Critical, route)
                .with("errors", judged.errors)
                .with("requests", judged.requests)
        })
    });
    let slow = routes.iter().filter_map(|route| {
        let p95_ms = route.window.latest_p95_ms()?;
        context
            .exceeds("route_slow", &route.subject(), p95_ms, P95_MS)
            .then(|| named("route_slow", Severity::Warning, route).with("p95_ms", p95_ms))
    });
    let mut slow: Vec<Finding> = slow.collect();
    slow.sort_by(|a, b| {
        let p95 = |finding: &Finding| finding.evidence.get("p95_ms").and_then(|it| it.as_f64());
        p95(b)
            .partial_cmp(&p95(a))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let slow = slow.into_iter().take(ROUTES_NAMED);
    failing.take(ROUTES_NAMED).chain(slow).collect()
}

/// What a route is judged by: its latest requests. Of one that is seldom asked for, and has only failed
/// lately, all minutes are needed to see enough.
fn judged(context: &Context, route: &Route, subject: &Subject) -> Figures {
    let latest = latest(context, subject, &route.window, ENOUGH_ERRORS);
    let only_fails = latest.errors > 0 && latest.errors == latest.requests;
    if only_fails && latest.errors < ENOUGH_ERRORS {
        route.window.figures(TRAFFIC_MINUTES)
    } else {
        latest
    }
}

fn named(id: &'static str, severity: Severity, route: &Route) -> Finding {
    Finding::new(id, severity, route.subject())
        .with("method", &*route.method)
        .with("route", &*route.route)
}
