//! What the requests of the last minutes say.

use std::cmp::Reverse;

use super::super::finding::{Finding, Severity, Subject};
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

#[derive(Clone, Copy, Default)]
struct Figures {
    requests: u64,
    errors: u64,
}

impl Figures {
    fn share(self) -> f64 {
        self.errors as f64 / self.requests.max(1) as f64
    }
}

impl Window {
    fn figures(&self, last_minutes: u32) -> Figures {
        let minutes = self.minutes.iter();
        let within = minutes.filter(|minute| minute.ago < last_minutes);
        within.fold(Figures::default(), |sum, minute| Figures {
            requests: sum.requests + minute.requests,
            errors: sum.errors + minute.errors,
        })
    }

    /// The running minute, and the one before it until enough has come.
    fn latest(&self, enough: u64) -> Figures {
        let running = self.figures(1);
        if running.requests >= enough {
            running
        } else {
            self.figures(2)
        }
    }

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
        window.latest(ENOUGH_REQUESTS),
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
        let subject = subject(route);
        let latest = route.window.latest(ENOUGH_ERRORS);
        let is_enough = latest.errors >= ENOUGH_ERRORS;
        let exceeds = context.exceeds("route_fails", &subject, latest.share(), ROUTE_FAILING_SHARE);
        (is_enough && exceeds).then(|| {
            named("route_fails", Severity::Critical, route)
                .with("errors", latest.errors)
                .with("requests", latest.requests)
        })
    });
    let slow = routes.iter().filter_map(|route| {
        let p95_ms = route.window.latest_p95_ms()?;
        context
            .exceeds("route_slow", &subject(route), p95_ms, P95_MS)
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

fn subject(route: &Route) -> Subject {
    Subject::Route {
        method: route.method.clone(),
        route: route.route.clone(),
    }
}

fn named(id: &'static str, severity: Severity, route: &Route) -> Finding {
    Finding::new(id, severity, subject(route))
        .with("method", &*route.method)
        .with("route", &*route.route)
}
