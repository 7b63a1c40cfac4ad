//! What is over is over within seconds, and what has just begun is seen as soon.

use std::time::Duration;

use super::*;

const ROUTE: &str = "/api/agentcards/";

/// A service with one route, `seconds` into a minute in which it was asked `rate` times a second; all
/// failed from `from` to `to`.
fn at(seconds: u64, rate: u64, from: u64, to: u64) -> Snapshot {
    let mut snapshot = calm();
    let passed = Duration::from_secs(seconds);
    (snapshot.now, snapshot.uptime) = (snapshot.now + passed, snapshot.uptime + passed);
    let minute = seconds / 60;
    let of = |start: u64, end: u64| {
        let failed = end.min(to).saturating_sub(start.max(from));
        ((end - start) * rate, failed * rate)
    };
    let minutes: Vec<(u64, u64)> = (0..=minute)
        .map(|number| of(number * 60, seconds.min(number * 60 + 60)))
        .collect();
    let mut window = window(&minutes);
    window.newest = i64::try_from(minute).unwrap();
    snapshot.traffic.all = window.clone();
    snapshot.traffic.routes = vec![Route {
        method: "GET".to_owned(),
        route: ROUTE.to_owned(),
        window,
    }];
    snapshot
}

/// The seconds in which the route was told as failing, looked at every five.
fn told(rate: u64, from: u64, to: u64) -> Vec<u64> {
    let mut memory = Memory::default();
    let looks = (0..290).step_by(5);
    looks
        .filter(|second| {
            let verdict = diagnose(&at(*second, rate, from, to), &mut memory);
            let mut findings = verdict.findings.iter();
            findings.any(|finding| finding.id == "route_fails")
        })
        .collect()
}

#[test]
fn a_route_that_fails_is_told_soon_and_no_longer_than_it_fails_whenever_it_begins() {
    for from in [65, 80, 95, 110, 119] {
        let told = told(4, from, from + 40);
        let (first, last) = (told[0], told[told.len() - 1]);
        assert!(first <= from + 15, "{from}: {told:?}");
        assert!(last <= from + 40 + 15, "{from}: {told:?}");
        assert_eq!(told.len() as u64, (last - first) / 5 + 1, "without a pause");
    }
}

#[test]
fn a_route_that_is_seldom_asked_for_and_only_fails_is_told() {
    let verdict = verdict(|it| {
        let window = window(&[(2, 2), (2, 2), (2, 2), (2, 2), (0, 0)]);
        it.traffic.routes = vec![Route {
            method: "GET".to_owned(),
            route: ROUTE.to_owned(),
            window,
        }];
    });
    assert_eq!(named(&verdict), [format!("route_fails GET {ROUTE}")]);
}

#[test]
fn locks_in_a_row_are_one_trouble_and_leave_a_trace() {
    let mut memory = Memory::default();
    let mut ended = Vec::new();
    for second in 0..60_u64 {
        let mut snapshot = calm();
        let passed = Duration::from_secs(second);
        (snapshot.now, snapshot.uptime) = (snapshot.now + passed, snapshot.uptime + passed);
        let waited = if second < 40 {
            (second % 3) as f64 + 0.5
        } else {
            0.0
        };
        let blocked = if waited > 0.0 {
            vec![waited]
        } else {
            Vec::new()
        };
        snapshot.stores[0].inside = Inside::Postgres(Postgres {
            blocked,
            ..Postgres::default()
        });
        let verdict = diagnose(&snapshot, &mut memory);
        let is_told = named(&verdict).contains(&"statements_blocked registry".to_owned());
        assert_eq!(is_told, (2..40).contains(&second), "{second}");
        ended.extend(verdict.ended);
    }
    assert_eq!(ended.len(), 1, "{ended:?}");
    assert_eq!(ended[0].finding.severity, Severity::Critical);
}
