//! The file by example: what the built-in rules are, how a file changes them, what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::alerts::rule::{EventKind, NoData, Scope, Trigger};
use crate::alerts::settings::GroupBy;
use crate::alerts::severity::Severity;

fn loaded(text: &str) -> AlertsFile {
    match load(Some(text), Known::default()) {
        Ok(file) => file,
        Err(error) => panic!("{error}"),
    }
}

pub(super) fn refused(text: &str) -> String {
    match load(Some(text), Known::default()) {
        Ok(_) => panic!("{text} was accepted"),
        Err(error) => error.to_string(),
    }
}

pub(super) fn rule(file: &AlertsFile, name: &str) -> Rule {
    let found = file.rules.iter().find(|rule| rule.name == name);
    found.unwrap().clone()
}

#[test]
fn without_a_file_the_plans_four_rules_are_there_and_nobody_is_told() {
    let file = load(None, Known::default()).unwrap();
    assert_eq!(file.channels, []);
    assert_eq!(file.maintenance, []);
    assert!(file.rules.iter().all(|rule| rule.origin == Origin::BuiltIn));
    assert!(file.rules.iter().all(|rule| rule.channels.is_empty()));
    for (name, every, count, shown) in [
        ("readiness", 60, 2, "check_failed('ready')"),
        ("disk", 300, 1, "disk_used_ratio > 80%"),
        ("log-errors", 300, 1, "log_error_share(5m) > 5%"),
        ("slow-p95", 60, 1, "latency(0.95, 5m) > 1000ms"),
    ] {
        let rule = rule(&file, name);
        assert_eq!(rule.every, Duration::from_secs(every));
        assert_eq!(rule.patience.for_count, count);
        let Trigger::Check(check) = &rule.trigger else {
            panic!("{name} checks");
        };
        assert_eq!(check.bad.to_string(), shown);
    }
    let off: Vec<String> = file
        .rules
        .iter()
        .filter(|it| !it.enabled)
        .map(|it| it.name.clone())
        .collect();
    assert_eq!(off, ["slo"]);
}

#[test]
fn a_file_without_rules_changes_nothing() {
    assert_eq!(loaded("version = 1"), load(None, Known::default()).unwrap());
}

#[test]
fn a_rule_of_a_built_in_name_is_replaced_key_by_key() {
    let file = loaded("version = 1\n[[rule]]\nname = \"disk\"\nexpr = \"disk_used_ratio > 85%\"\n");
    let disk = rule(&file, "disk");
    let Trigger::Check(check) = &disk.trigger else {
        panic!("it checks");
    };
    assert_eq!(check.bad.to_string(), "disk_used_ratio > 85%");
    assert_eq!(
        check.recover.as_ref().unwrap().to_string(),
        "disk_used_ratio < 75%"
    );
    assert_eq!(
        (disk.scope, disk.every),
        (Scope::Instance, Duration::from_secs(300))
    );
    assert_eq!(disk.origin, Origin::File);
    assert_eq!(
        file.rules.len(),
        load(None, Known::default()).unwrap().rules.len()
    );
}

#[test]
fn another_kind_of_trigger_replaces_the_one_that_is_there() {
    let file = loaded("version = 1\n[[rule]]\nname = \"disk\"\non = [\"error_group.new\"]\n");
    let Trigger::Events(events) = rule(&file, "disk").trigger else {
        panic!("it waits for events");
    };
    assert_eq!(events.kinds, [EventKind::ErrorGroupNew]);
}

#[test]
fn defaults_hold_for_what_a_rule_leaves_out() {
    let file = loaded(
        "version = 1\n[defaults]\nevery = \"20s\"\nno_data = \"alert\"\nseverity = \"info\"\n\
         [[rule]]\nname = \"busy\"\nexpr = \"requests(1m) > 1000\"\nfor_count = 3\n",
    );
    let busy = rule(&file, "busy");
    assert_eq!(busy.every, Duration::from_secs(20));
    assert_eq!(
        (busy.no_data, busy.severity),
        (NoData::Alert, Severity::Info)
    );
    assert_eq!(busy.patience.for_count, 3);
    assert_eq!(busy.patience.recover_count, 2);
    assert_eq!(rule(&file, "readiness").every, Duration::from_secs(60));
}

#[test]
fn a_rule_is_switched_off_by_one_line() {
    let file = loaded("version = 1\n[[rule]]\nname = \"memory\"\nenabled = false\n");
    assert!(!rule(&file, "memory").enabled);
}

#[test]
fn grouping_and_maintenance_are_read() {
    let file = loaded(
        "version = 1\n[notify]\ngroup_by = [\"rule\", \"subject\"]\nflap = { changes = 6 }\npublic_url = \"https://desk.example/\"\n\
         [[maintenance]]\nname = \"backup\"\nfrom = \"03:00\"\nlasts = \"30m\"\ntime_zone = \"Asia/Shanghai\"\nrules = [\"disk\"]\n",
    );
    assert_eq!(file.notify.group_by, [GroupBy::Rule, GroupBy::Subject]);
    assert_eq!(file.notify.flap.changes, 6);
    assert_eq!(file.notify.flap.within, Duration::from_secs(1800));
    assert_eq!(
        file.notify.public_url.as_deref(),
        Some("https://desk.example")
    );
    let window = file.maintenance.first().unwrap();
    assert_eq!(window.days.len(), 7);
    assert!(window.covers("disk") && !window.covers("memory"));
}

#[test]
fn an_slo_is_a_share_over_two_windows() {
    let file = loaded("version = 1\n[[rule]]\nname = \"slo\"\nenabled = true\n");
    let Trigger::Burn(burn) = rule(&file, "slo").trigger else {
        panic!("it watches a budget");
    };
    let shown: Vec<String> = burn
        .rates
        .iter()
        .map(|rate| format!("{} and {}", rate.long, rate.short))
        .collect();
    assert_eq!(
        shown,
        [
            "error_share(1h) > 1.44% and error_share(5m) > 1.44%",
            "error_share(6h) > 0.6% and error_share(30m) > 0.6%",
        ]
    );
}

#[test]
fn how_soon_a_rule_tells_can_be_known() {
    let file = load(None, Known::default()).unwrap();
    let within = |name, wait| {
        rule(&file, name)
            .detects_within(Duration::from_secs(wait))
            .as_secs()
    };
    assert_eq!(within("readiness", 5), 185);
    assert_eq!(within("database", 5), 45);
    assert_eq!(within("memory", 30), 360, "five minutes must pass");
}

#[test]
fn an_error_names_the_line_the_rule_and_what_would_be_right() {
    let rule = "version = 1\n[[rule]]\nname = \"x\"\n";
    for (text, error) in [
        (
            "",
            "line 1, column 1: `version` is missing, such as version = 1 in the first line",
        ),
        (
            "version = 2",
            "line 1, column 11: `version` lies between 1 and 1",
        ),
        (
            "version = 1\n[[rules]]",
            "line 2, column 3: there is no key `rules`; did you mean `rule`?",
        ),
        ("version = 1\nname =", "line 2, column 7: this is no TOML:"),
        (
            &format!("{rule}expr = \"disk_used_ration > 80%\""),
            "line 4, column 9: rule `x`: `expr`: there is no signal `disk_used_ration`; did you mean `disk_used_ratio`?",
        ),
        (
            &format!("{rule}expr = '''\ndisk_used_ratio > 80%\n  and disk_used_ratio > 5m'''"),
            "line 6, column 25: rule `x`: `expr`: `disk_used_ratio` is compared with a percentage such as 5%",
        ),
        (
            rule,
            "line 2, column 1: rule `x`: `expr` is missing, such as expr = \"disk_used_ratio > 80%\"; or `on`, or `slo`",
        ),
        (
            "version = 1\n[[rule]]\nname = \"watchdog\"\nexpr = \"requests(1m) > 1\"",
            "line 3, column 8: rule `watchdog`: `watchdog` is the name of an exported rule; take another one",
        ),
        (
            &format!("{rule}expr = \"requests(1m) > 1\"\nfor_counts = 3"),
            "line 5, column 1: rule `x`: there is no key `for_counts`; did you mean `for_count`?",
        ),
        (
            &format!("{rule}expr = \"requests(1m) > 1\"\nevery = \"5 minutes\""),
            "line 5, column 9: rule `x`: `every` takes a duration such as \"30s\", \"5m\" or \"4h\"",
        ),
        (
            &format!("{rule}expr = \"requests(1m) > 1\"\nevery = \"100ms\""),
            "line 5, column 9: rule `x`: `every` lies between 1s and 1d",
        ),
        (
            &format!("{rule}expr = \"requests(1m) > 1\"\nseverity = \"criticl\""),
            "line 5, column 12: rule `x`: `criticl` is not known; did you mean `critical`?",
        ),
        (
            &format!("{rule}expr = \"requests(1m) > 1\"\ndepends_on = [\"databse\"]"),
            "line 5, column 15: rule `x`: there is no rule `databse`; did you mean `database`?",
        ),
        (
            &format!("{rule}expr = \"requests(1m) > 1\"\nchannels = [\"mail\"]"),
            "line 5, column 13: rule `x`: there is no channel `mail`; there is none",
        ),
        (
            &format!("{rule}expr = \"latency(0.95, 5m) > 1s\"\nmin_samples = 5"),
            "line 5, column 15: rule `x`: a percentile of fewer than 20 is a maximum",
        ),
        (
            &format!("{rule}expr = \"requests(1m) > 1\"\nquiet_for = \"1h\""),
            "line 5, column 13: rule `x`: `quiet_for` does not go with `expr`",
        ),
        (
            &format!(
                "{rule}expr = \"disk_used_ratio > 80%\"\nlevels = [{{ expr = \"disk_used_ratio > 90%\", severity = \"info\" }}]"
            ),
            "line 5, column 56: rule `x`, `levels`: a level is more severe than its rule, which is warning",
        ),
        (
            &format!("{rule}expr = \"disk_used_ratio > 80%\"\nrecover = \"notices_dead(1h) < 1\""),
            "line 5, column 11: rule `x`: `recover` measures other things than `expr` does",
        ),
        (
            &format!("{rule}expr = \"requests(1m) > 1\"\n[[rule]]\nname = \"x\""),
            "line 6, column 8: rule `x`: there is one of this name already, in line 2",
        ),
        (
            "version = 1\n[[maintenance]]\nname = \"w\"\nfrom = \"02:00\"\nlasts = \"30m\"\ntime_zone = \"UTC\"\n[[maintenance]]\nname = \"w\"\nfrom = \"04:00\"\nlasts = \"30m\"\ntime_zone = \"UTC\"",
            "maintenance `w`: there is one of this name already",
        ),
        (
            "version = 1\n[[rule]]\nname = \"database\"\ndepends_on = [\"http-errors\"]",
            "`depends_on` of rule `http-errors` leads back to it",
        ),
    ] {
        let found = refused(text);
        assert!(found.contains(error), "{found}\nshould be\n{error}");
    }
}

#[test]
fn a_burn_rate_that_can_never_be_reached_is_refused() {
    let slo = |objective: &str, burn: &str| {
        format!(
            "version = 1\n[[rule]]\nname = \"b\"\nslo = {{ signal = \"error_share\", objective = \"{objective}\" }}\nburn = [{burn}]"
        )
    };
    let page = "{ long = \"1h\", short = \"5m\", rate = 14.4 }";
    assert!(load(Some(&slo("93.1%", page)), Known::default()).is_ok());
    let found = refused(&slo("93%", page));
    assert!(
        found.starts_with("line 5, column 45: rule `b`, `burn`: it can never fire"),
        "{found}"
    );
    assert!(refused(&slo("100%", page)).contains("a percentage below 100%"));
    assert!(
        refused(&slo("99%", "{ long = \"5m\", short = \"5m\", rate = 2 }"))
            .contains("`short` is shorter")
    );
    assert!(refused(&slo("99%", "")).contains("`burn` is missing"));
}

#[test]
fn a_rule_can_be_tried_out_by_itself() {
    let rules = load_rules(
        "[[rule]]\nname = \"t\"\nexpr = \"requests(1m) > 1\"",
        Known::default(),
    );
    let names: Vec<String> = rules.unwrap().into_iter().map(|rule| rule.name).collect();
    assert_eq!(names, ["t"]);
}

proptest! {
    #[test]
    fn no_text_is_too_much(text in ".{0,200}") {
        _ = load(Some(&text), Known::default());
    }

    #[test]
    fn no_part_of_a_good_file_is_too_much(from in 0..BUILT_IN.len(), length in 0_usize..300, other in ".{0,5}") {
        let text: String = BUILT_IN.chars().take(from).chain(other.chars())
            .chain(BUILT_IN.chars().skip(from + length)).collect();
        if let Err(error) = load(Some(&text), Known::default()) {
            prop_assert!(error.place.line >= 1 && error.place.line <= text.lines().count() + 1);
            prop_assert!(!error.to_string().contains('\n'));
        }
    }
}
