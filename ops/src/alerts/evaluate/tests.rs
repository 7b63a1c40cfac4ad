//! Each clause of an evaluation by example.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use std::time::Duration;

use super::super::fixtures::{Set, missing, percentile, rule, share, value};
use super::super::snapshot::{Reading, Sample};
use super::*;

const WARNING: Verdict = Verdict::Bad(Severity::Warning);

fn snapshot() -> Snapshot {
    Snapshot {
        instance: "web-1".into(),
        uptime: Duration::from_secs(86_400),
        ..Snapshot::default()
    }
}

fn verdict(rule: &Rule, snapshot: &Snapshot) -> Verdict {
    evaluate(rule, snapshot, &Subject::default()).verdict
}

fn unknown(reason: Reason) -> Verdict {
    Verdict::Unknown(reason)
}

#[test]
fn between_bad_and_recovered_it_holds() {
    let rule =
        rule("expr = \"pool_used_ratio(1m) > 80%\"\nrecover = \"pool_used_ratio(1m) < 75%\"");
    for (used, expected) in [
        (0.81, WARNING),
        (0.80, Verdict::Hold),
        (0.75, Verdict::Hold),
        (0.74, Verdict::Good),
    ] {
        let snapshot = snapshot().with("pool_used_ratio(1m)", value(used));
        assert_eq!(verdict(&rule, &snapshot), expected, "{used}");
    }
}

#[test]
fn a_share_needs_enough_samples_and_enough_bad_ones() {
    let rule = rule("expr = \"log_error_share(5m) > 5%\"\nmin_samples = 100\nmin_bad = 5");
    for (bad, all, expected) in [
        (6, 100, WARNING),
        (5, 100, Verdict::Good),
        (99, 99, unknown(Reason::TooFew)),
        (0, 0, unknown(Reason::TooFew)),
        (0, 100, Verdict::Good),
    ] {
        let snapshot = snapshot().with("log_error_share(5m)", share(bad, all));
        assert_eq!(verdict(&rule, &snapshot), expected, "{bad} of {all}");
    }
}

#[test]
fn too_few_bad_ones_neither_fire_nor_recover() {
    let rule = rule("expr = \"error_share(5m) > 5%\"\nmin_bad = 3");
    let snapshot = snapshot().with("error_share(5m)", share(2, 4));
    assert_eq!(verdict(&rule, &snapshot), Verdict::Hold);
}

#[test]
fn a_percentile_of_a_few_is_unknown_and_of_none_is_not_zero() {
    let rule = rule("expr = \"latency(0.95, 5m) > 1000ms\"");
    for (samples, expected) in [
        (20, WARNING),
        (19, unknown(Reason::TooFew)),
        (0, unknown(Reason::TooFew)),
    ] {
        let snapshot = snapshot().with("latency(0.95, 5m)", percentile(4000.0, samples));
        assert_eq!(verdict(&rule, &snapshot), expected, "{samples}");
    }
}

#[test]
fn a_window_needs_four_fifths_of_its_minutes() {
    let rule = rule("expr = \"requests(5m) > 10\"");
    let read = |coverage, uptime| {
        let mut snapshot = snapshot().with(
            "requests(5m)",
            Reading::Known(Sample {
                coverage,
                ..Sample::fresh(100.0)
            }),
        );
        snapshot.uptime = Duration::from_secs(uptime);
        verdict(&rule, &snapshot)
    };
    assert_eq!(read(0.8, 86_400), WARNING);
    assert_eq!(read(0.79, 86_400), unknown(Reason::TooFew));
    assert_eq!(read(0.6, 180), unknown(Reason::WarmingUp));
    assert_eq!(read(0.8, 10), WARNING, "minutes before a restart count");
}

#[test]
fn what_is_old_is_stale() {
    let rule = rule("expr = \"pool_waiting(1m) > 0\"\nevery = \"1m\"");
    let read = |age| {
        let sample = Sample {
            age: Duration::from_secs(age),
            ..Sample::fresh(1.0)
        };
        verdict(
            &rule,
            &snapshot().with("pool_waiting(1m)", Reading::Known(sample)),
        )
    };
    assert_eq!(read(180), WARNING);
    assert_eq!(read(181), unknown(Reason::Stale));
}

#[test]
fn without_a_figure_nothing_is_good() {
    let rule = rule("expr = \"check_failed('database')\"");
    assert_eq!(verdict(&rule, &snapshot()), unknown(Reason::NoData));
    for reason in [Reason::Error, Reason::WarmingUp, Reason::Stale] {
        let snapshot = snapshot().with("check_failed('database')", missing(reason));
        assert_eq!(verdict(&rule, &snapshot), unknown(reason));
    }
    let broken = snapshot().with("check_failed('database')", value(f64::NAN));
    assert_eq!(verdict(&rule, &broken), unknown(Reason::Error));
}

#[test]
fn a_rule_may_take_missing_data_as_bad_or_as_good() {
    for (policy, reason, expected) in [
        ("alert", Reason::NoData, WARNING),
        ("alert", Reason::Stale, WARNING),
        ("alert", Reason::WarmingUp, unknown(Reason::WarmingUp)),
        ("alert", Reason::TooFew, unknown(Reason::TooFew)),
        ("ok", Reason::Error, Verdict::Good),
        ("keep", Reason::NoData, unknown(Reason::NoData)),
    ] {
        let rule = rule(&format!(
            "expr = \"check_failed('ready')\"\nno_data = \"{policy}\""
        ));
        let snapshot = snapshot().with("check_failed('ready')", missing(reason));
        assert_eq!(verdict(&rule, &snapshot), expected, "{policy}, {reason:?}");
    }
}

#[test]
fn two_of_three_values_decide_where_the_third_is_unknown() {
    let (yes, no, lost) = (value(1.0), value(0.0), missing(Reason::NoData));
    for (word, first, second, expected) in [
        ("and", yes, lost, unknown(Reason::NoData)),
        ("and", no, lost, Verdict::Good),
        ("and", lost, no, Verdict::Good),
        ("and", yes, yes, WARNING),
        ("or", yes, lost, WARNING),
        ("or", lost, yes, WARNING),
        ("or", no, lost, unknown(Reason::NoData)),
        ("or", no, no, Verdict::Good),
    ] {
        let rule = rule(&format!(
            "expr = \"requests(1m) > 0 {word} requests(2m) > 0\""
        ));
        let snapshot = snapshot()
            .with("requests(1m)", first)
            .with("requests(2m)", second);
        assert_eq!(
            verdict(&rule, &snapshot),
            expected,
            "{first:?} {word} {second:?}"
        );
    }
}

#[test]
fn only_if_keeps_from_firing_and_never_ends_anything() {
    let rule =
        rule("expr = \"error_share(6h) > 50%\"\nonly_if = \"requests(5m) < 20\"\nmin_bad = 3");
    for (bad, all, now, expected) in [
        (9, 10, value(0.0), WARNING),
        (9, 10, value(20.0), Verdict::Hold),
        (9, 10, missing(Reason::Error), unknown(Reason::Error)),
        (1, 10, value(20.0), Verdict::Good),
        // One of three is no half, and three of three is the smallest number that counts.
        (1, 3, value(3.0), Verdict::Good),
        (2, 2, value(2.0), Verdict::Hold),
        (3, 3, value(3.0), WARNING),
    ] {
        let snapshot = snapshot()
            .with("error_share(6h)", share(bad, all))
            .with("requests(5m)", now);
        assert_eq!(verdict(&rule, &snapshot), expected, "{bad} of {all}");
    }
}

#[test]
fn the_highest_level_that_is_reached_counts() {
    let rule = rule(
        "expr = \"disk_used_ratio > 80%\"\nscope = \"instance\"\n\
         levels = [{ expr = \"disk_used_ratio > 90%\", severity = \"critical\" }]",
    );
    let snapshot = snapshot()
        .with_part("disk_used_ratio", "log", value(0.85))
        .with_part("disk_used_ratio", "data", value(0.95))
        .with_part("disk_used_ratio", "other", value(0.5));
    let found: Vec<(String, Verdict)> = subjects(&rule, &snapshot)
        .iter()
        .map(|subject| {
            assert_eq!(subject.instance.as_deref(), Some("web-1"));
            (
                subject.to_string(),
                evaluate(&rule, &snapshot, subject).verdict,
            )
        })
        .collect();
    let expected = [
        ("log".to_owned(), WARNING),
        ("data".to_owned(), Verdict::Bad(Severity::Critical)),
        ("other".to_owned(), Verdict::Good),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_budget_burns_if_both_windows_say_so() {
    let rule = rule(
        "slo = { signal = \"error_share\", objective = \"99.9%\" }\nmin_bad = 10\n\
         burn = [{ long = \"1h\", short = \"5m\", rate = 14.4 }, { long = \"6h\", short = \"30m\", rate = 6 }]",
    );
    let calm = || {
        snapshot()
            .with("error_share(1h)", share(1, 1000))
            .with("error_share(5m)", share(0, 100))
            .with("error_share(6h)", share(6, 6000))
            .with("error_share(30m)", share(0, 500))
    };
    assert_eq!(verdict(&rule, &calm()), Verdict::Good);
    let fast = calm()
        .with("error_share(1h)", share(15, 1000))
        .with("error_share(5m)", share(2, 100));
    assert_eq!(verdict(&rule, &fast), WARNING);
    let over = calm().with("error_share(1h)", share(15, 1000));
    assert_eq!(
        verdict(&rule, &over),
        Verdict::Good,
        "the short window says that it is over"
    );
    let few = calm()
        .with("error_share(1h)", share(9, 20))
        .with("error_share(5m)", share(1, 1));
    assert_eq!(
        verdict(&rule, &few),
        Verdict::Hold,
        "nine failures in an hour wake nobody"
    );
    let slow = calm()
        .with("error_share(6h)", share(40, 6000))
        .with("error_share(30m)", share(4, 500));
    assert_eq!(verdict(&rule, &slow), WARNING);
    let measure = evaluate(&rule, &slow, &Subject::default()).measure.unwrap();
    assert_eq!(measure.threshold, Some(0.006));
}

#[test]
fn the_figure_that_is_shown_is_the_one_that_is_bad() {
    let rule = rule("expr = \"pool_waiting(1m) > 0 or pool_used_ratio(1m) > 90%\"");
    let snapshot = snapshot()
        .with("pool_waiting(1m)", value(0.0))
        .with("pool_used_ratio(1m)", value(0.95));
    let measure = evaluate(&rule, &snapshot, &Subject::default())
        .measure
        .unwrap();
    assert_eq!((measure.value, measure.threshold), (0.95, Some(0.9)));
    assert!(measure.more_is_worse);
}

#[test]
fn a_multiple_of_the_interval_is_the_rules_own() {
    let rule = rule("expr = \"evaluation_age > 3 * every\"\nevery = \"10s\"");
    for (age, expected) in [(30_000.0, Verdict::Good), (30_001.0, WARNING)] {
        let snapshot = snapshot().with("evaluation_age", value(age));
        assert_eq!(verdict(&rule, &snapshot), expected);
    }
}

#[test]
fn a_ratio_without_a_whole_is_unknown() {
    let rule = rule("expr = \"memory_working_set / memory_limit > 85%\"");
    let read = |limit| {
        verdict(
            &rule,
            &snapshot()
                .with("memory_working_set", value(900.0))
                .with("memory_limit", limit),
        )
    };
    assert_eq!(read(value(1000.0)), WARNING);
    assert_eq!(read(value(0.0)), unknown(Reason::NoData));
    assert_eq!(
        read(missing(Reason::NoData)),
        unknown(Reason::NoData),
        "no limit is set"
    );
}
