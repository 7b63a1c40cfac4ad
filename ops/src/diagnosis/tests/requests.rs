//! Readiness, and what the requests of the last minutes show.

use serde_json::Value;

use super::*;

#[test]
fn a_calm_service_is_ok() {
    let verdict = verdict(|_| {});
    assert_eq!((verdict.state, named(&verdict)), (State::Ok, vec![]));
    assert_eq!(verdict.since, UNIX_EPOCH + NOW);
}

#[test]
fn a_database_that_is_away_is_one_failure_and_the_requests_that_it_fails() {
    let verdict = verdict(|it| {
        fail(it, "database", "refused");
        fail(it, "migrations", "refused");
        it.traffic.all = window(&[(1200, 0), (1200, 0), (1200, 0), (300, 160)]);
    });
    assert_eq!(verdict.state, State::NotReady);
    let expected = ["check_failed database", "requests_fail traffic"];
    assert_eq!(named(&verdict), expected);
    assert_eq!(verdict.findings[0].evidence["code"], "refused");
}

#[test]
fn migrations_that_lack_are_named() {
    let verdict = verdict(|it| {
        let check = &mut it.checks[1];
        check.is_ready = false;
        check.unapplied = vec!["20261124000002".to_owned()];
    });
    assert_eq!(verdict.state, State::NotReady);
    assert_eq!(named(&verdict), ["migrations_unapplied migrations"]);
    let names = &verdict.findings[0].evidence["names"];
    assert_eq!(*names, Value::from(vec!["20261124000002"]));
}

#[test]
fn a_slow_database_is_slow_and_not_away() {
    let mut snapshot = calm();
    let mut memory = Memory::default();
    for (latency_ms, is_slow) in [(300.0, false), (930.0, true), (300.0, true), (20.0, false)] {
        snapshot.checks[0].latency_ms = Some(latency_ms);
        let (state, findings) = of(&snapshot, &mut memory);
        let expected = if is_slow { State::Warning } else { State::Ok };
        assert_eq!(state, expected, "{latency_ms}");
        assert_eq!(!findings.is_empty(), is_slow, "{findings:?}");
    }
}

#[test]
fn sixty_of_seventy_seven_requests_failing_is_failing_whatever_was_before() {
    for before in [0, 10, 1200, 100_000] {
        let verdict = verdict(|it| it.traffic.all = window(&[(before, 0), (before, 0), (77, 60)]));
        assert_eq!(verdict.state, State::Failing, "{before}");
        assert_eq!(named(&verdict), ["requests_fail traffic"]);
    }
}

#[test]
fn failures_that_are_over_are_a_warning_until_their_minutes_are() {
    let mut memory = Memory::default();
    let mut snapshot = calm();
    let mut states = Vec::new();
    for minutes in [
        [(0, 0), (0, 0), (0, 0), (100, 0), (100, 60)],
        [(0, 0), (0, 0), (100, 0), (100, 60), (10, 0)],
        [(0, 0), (100, 0), (100, 60), (10, 0), (100, 0)],
        [(100, 60), (10, 0), (100, 0), (100, 0), (100, 0)],
        [(10, 0), (100, 0), (100, 0), (100, 0), (100, 0)],
    ] {
        snapshot.traffic.all = window(&minutes);
        states.push(of(&snapshot, &mut memory).0);
    }
    use State::{Failing, Ok, Warning};
    assert_eq!(states, [Failing, Failing, Warning, Warning, Ok]);
}

#[test]
fn a_single_failure_and_client_errors_are_no_alarm() {
    for minutes in [[(1, 1), (0, 0)], [(4, 4), (0, 0)], [(1200, 30), (1200, 0)]] {
        let verdict = verdict(|it| it.traffic.all = window(&minutes));
        assert_eq!(verdict.state, State::Ok, "{minutes:?}");
    }
}

#[test]
fn one_route_that_fails_after_a_deploy_is_named_though_the_rest_is_well() {
    let verdict = verdict(|it| {
        it.traffic.all = window(&[(1200, 0), (1200, 20), (1200, 20)]);
        it.traffic.routes = vec![
            route(
                "/api/agentcards/{id}/",
                window(&[(0, 0), (20, 20), (20, 20)]),
            ),
            route("/api/agentcards/", window(&[(800, 1), (800, 0), (800, 0)])),
        ];
    });
    assert_eq!(verdict.state, State::Failing);
    assert_eq!(named(&verdict), ["route_fails GET /api/agentcards/{id}/"]);
}

fn route(route: &str, window: Window) -> Route {
    Route {
        method: "GET".to_owned(),
        route: route.to_owned(),
        window,
    }
}

#[test]
fn a_slow_route_and_slow_requests_are_named() {
    let verdict = verdict(|it| {
        it.traffic.all.minutes[1].p95_ms = Some(2600.0);
        it.traffic.all.minutes[0].p95_ms = Some(2600.0);
        let mut slow = window(&[(0, 0), (90, 0)]);
        slow.minutes[0].p95_ms = Some(2700.0);
        it.traffic.routes = vec![route("/slow/", slow)];
    });
    assert_eq!(verdict.state, State::Warning);
    let expected = ["requests_slow traffic", "route_slow GET /slow/"];
    assert_eq!(named(&verdict), expected);
}

#[test]
fn a_state_is_dated_from_its_beginning() {
    let mut snapshot = calm();
    let mut memory = Memory::default();
    fail(&mut snapshot, "database", "timeout");
    let began = snapshot.now;
    diagnose(&snapshot, &mut memory);
    later(&mut snapshot, 90);
    let verdict = diagnose(&snapshot, &mut memory);
    assert_eq!(verdict.since, began);
    assert_eq!(verdict.findings[0].since, Some(began));
}

#[test]
fn no_checks_at_all_is_not_called_well() {
    let verdict = verdict(|it| it.checks.clear());
    assert_eq!(verdict.state, State::Warning);
    assert_eq!(verdict.findings[0].id, "no_checks");
}
