//! The grammar by example: what is understood, and what is said of the rest.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use super::*;

fn understood(text: &str) -> Condition {
    match parse(text, &["identity".to_owned()]) {
        Ok(condition) => condition,
        Err(error) => panic!("{text}: {error}"),
    }
}

fn refused(text: &str) -> String {
    match parse(text, &["identity".to_owned()]) {
        Ok(condition) => panic!("{text} was understood as {condition}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_condition_is_shown_as_it_is_written() {
    for text in [
        "check_failed('ready')",
        "check_failed('dependency/*')",
        "check_failed('dependency/identity')",
        "disk_used_ratio > 80%",
        "log_error_share(5m) > 5%",
        "latency(0.95, 5m) > 1000ms",
        "error_share(5m) > 5% and error_share(1h) > 1%",
        "pool_waiting(1m) > 0 or pool_used_ratio(1m) > 90%",
        "memory_working_set / memory_limit > 85%",
        "memory_working_set >= 1.5GiB",
        "increase(log_lines_dropped, 5m) > 0",
        "starts(15m) >= 3 or unclean_starts(30m) >= 2",
        "evaluation_age > 3 * every",
        "evaluation_age > every",
        "(requests(5m) < 20 or requests(1h) < 100) and error_share(6h) > 50%",
        "requests(1d) <= 20 and error_share(6h) > 0.5% or check_failed('database')",
    ] {
        assert_eq!(understood(text).to_string(), text);
    }
}

#[test]
fn what_means_the_same_has_one_form() {
    for (written, canonical) in [
        ("((disk_used_ratio>80%))", "disk_used_ratio > 80%"),
        (
            "requests(60m) > 1 and (requests(5m) > 1 and requests(24h) > 1)",
            "requests(1h) > 1 and requests(5m) > 1 and requests(1d) > 1",
        ),
        ("evaluation_age\n > 1.0 * every", "evaluation_age > every"),
        ("latency(0.950, 5m) > 1.50s", "latency(0.95, 5m) > 1.5s"),
    ] {
        assert_eq!(understood(written).to_string(), canonical);
    }
}

#[test]
fn and_binds_tighter_than_or() {
    let condition = understood("requests(1m) > 1 or requests(2m) > 2 and requests(3m) > 3");
    let Condition::Any(parts) = condition else {
        panic!("{condition}");
    };
    assert!(matches!(
        parts.as_slice(),
        [Condition::Compare(_), Condition::All(_)]
    ));
}

#[test]
fn a_threshold_has_the_measure_of_its_unit() {
    let every = std::time::Duration::from_secs(30);
    for (text, expected) in [
        ("disk_used_ratio > 5%", 0.05_f64),
        ("latency(0.5, 1m) > 1.5s", 1500.0),
        ("memory_working_set > 2KiB", 2048.0),
        ("requests(1m) > 3", 3.0),
        ("evaluation_age > 3 * every", 90_000.0),
    ] {
        let Condition::Compare(comparison) = understood(text) else {
            panic!("{text} is a comparison");
        };
        assert_eq!(
            comparison.threshold.value(every).to_bits(),
            expected.to_bits()
        );
    }
}

#[test]
fn an_error_names_its_place_and_what_would_be_right() {
    for (text, error) in [
        (
            "",
            "1, column 1: a signal is needed here, such as error_share(5m)",
        ),
        (
            "disk_used_ration > 80%",
            "1, column 1: there is no signal `disk_used_ration`; did you mean `disk_used_ratio`?",
        ),
        (
            "disk_used_ratio > 80",
            "1, column 19: `disk_used_ratio` is compared with a percentage such as 5%",
        ),
        (
            "disk_used_ratio > 100%",
            "1, column 19: `disk_used_ratio > 100%` can never be true",
        ),
        (
            "disk_used_ratio = 80%",
            "1, column 17: compare with >, >=, < or <=",
        ),
        (
            "80% < disk_used_ratio",
            "1, column 1: the signal comes first, then what it is compared with",
        ),
        (
            "disk_used_ratio",
            "1, column 16: `disk_used_ratio` is compared by >, >=, < or <= with a percentage such as 5%",
        ),
        (
            "disk_used_ratio(log) > 80%",
            "1, column 16: `disk_used_ratio` takes nothing in parentheses",
        ),
        (
            "latency(5m) > 1s",
            "1, column 9: a quantile lies between 0.001 and 0.999, such as 0.95",
        ),
        (
            "latency(0.95) > 1s",
            "1, column 13: `latency` is written as latency(0.95, 5m)",
        ),
        (
            "latency > 1s",
            "1, column 9: `latency` is written as latency(0.95, 5m)",
        ),
        (
            "latency(0.95, 90s) > 1s",
            "1, column 15: a window is whole minutes, from 1m to 30d",
        ),
        (
            "latency(0.95, 5) > 1s",
            "1, column 15: a window such as 5m is needed",
        ),
        (
            "latency(0.95, 5m) > 5%",
            "1, column 21: `latency(0.95, 5m)` is compared with a time such as 500ms or 2m",
        ),
        (
            "latency(0.95, 5min) > 1s",
            "1, column 15: `min` is no unit; it can be %, ms, s, m, h, d, B, KiB, MiB or GiB",
        ),
        (
            "check_failed(ready)",
            "1, column 14: a check such as 'ready' is needed",
        ),
        (
            "check_failed('redy')",
            "1, column 14: there is no check `redy`; did you mean `ready`?",
        ),
        (
            "check_failed('dependency/identty')",
            "1, column 14: there is no check `dependency/identty`; did you mean `dependency/identity`?",
        ),
        (
            "check_failed('ready') > 0",
            "1, column 23: `check_failed('ready')` is true or false: it stands for itself",
        ),
        (
            "increase(log_lines, 5m) > 0",
            "1, column 10: there is no counter `log_lines`; it can be log_lines_dropped, minutes_lost",
        ),
        (
            "requests(5m) > 3 and",
            "1, column 21: a signal is needed here, such as error_share(5m)",
        ),
        (
            "requests(5m) > 3 requests(1h) > 4",
            "1, column 18: the expression should end here, or go on with and/or",
        ),
        ("(requests(5m) > 3", "1, column 18: `)` is missing here"),
        (
            "requests(5m) > 3 and\n  latncy(0.95, 5m) > 1s",
            "2, column 3: there is no signal `latncy`; did you mean `latency`?",
        ),
        (
            "requests(5m) > 3 * 4",
            "1, column 16: only `every` is multiplied: 3 * every",
        ),
        (
            "requests(5m) / memory_limit > 5%",
            "1, column 16: `requests(5m)` and `memory_limit` have no common unit: none is a share of the other",
        ),
        (
            "error_share(5m) / requests(5m) > 5%",
            "1, column 1: `error_share(5m)` is a share already: compare it as it is",
        ),
        (
            "disk_used_ratio > 80% and notices_dead(1h) > 0",
            "1, column 1: `disk_used_ratio` and `notices_dead(1h)` are of different things: make two rules of them",
        ),
        (
            "requests(5m) < 0",
            "1, column 16: `requests(5m) < 0` can never be true",
        ),
        (
            "requests(5m) > -1",
            "1, column 16: a number has no sign, and nothing is added or subtracted",
        ),
        (
            "requests(5m) > 1.",
            "1, column 16: a digit is needed after the point",
        ),
        ("请求 > 1", "1, column 1: '请' has no meaning here"),
        (
            "check_failed('ready",
            "1, column 14: the text that begins here lacks its closing '",
        ),
    ] {
        assert_eq!(refused(text), format!("line {error}"), "{text}");
    }
}

#[test]
fn what_nobody_could_read_is_refused() {
    let deep = format!("{}requests(1m) > 1{}", "(".repeat(17), ")".repeat(17));
    assert!(refused(&deep).contains("parentheses may be 16 deep"));
    let long = ["requests(1m) > 1"; 100].join(" or ");
    assert!(refused(&long).contains("at most 1000 bytes"));
}
