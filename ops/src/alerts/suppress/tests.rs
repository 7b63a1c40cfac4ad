//! The gate by example: each reason, and which comes first.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use std::time::Duration;

use chrono::{NaiveTime, Weekday};
use chrono_tz::Tz;

use super::*;
use crate::alerts::file::{Known, load};
use crate::alerts::lifecycle::{Alert, Alerts, Phase};
use crate::alerts::rule::Rule;
use crate::alerts::severity::Severity;
use crate::alerts::subject::Subject;

const NOW: i64 = 1_000_000_000;

fn rules() -> Vec<Rule> {
    load(None, Known::default()).unwrap().rules
}

fn of_instance(instance: &str) -> Subject {
    Subject {
        instance: Some(instance.into()),
        part: None,
    }
}

fn pending(rule: &str, subject: Subject) -> Alerts {
    let mut alert = Alert::new(rule, subject.clone(), NOW);
    alert.phase = Phase::Pending { bad: 1, bad_ms: 0 };
    alert.troubled_ms = Some(NOW);
    [((rule.to_owned(), subject), alert)].into()
}

fn asks(alerts: &Alerts, muted: Muted<'_>, rule: &str, at_ms: i64) -> Option<Suppression> {
    let rules = rules();
    Gate::new(&rules, alerts, muted, at_ms).asks(rule, &of_instance("web-1"), Severity::Critical)
}

#[test]
fn nothing_in_the_way_is_no_suppression() {
    assert_eq!(
        asks(&Alerts::new(), Muted::default(), "readiness", NOW),
        None
    );
}

#[test]
fn a_consequence_is_told_by_its_cause_already_while_that_is_pending() {
    let alerts = pending("database", Subject::default());
    let expected = Some(Suppression::Dependency {
        rule: "database".into(),
    });
    assert_eq!(asks(&alerts, Muted::default(), "readiness", NOW), expected);
    assert_eq!(asks(&alerts, Muted::default(), "disk", NOW), None);
}

#[test]
fn a_cause_counts_until_its_consequence_was_evaluated_twice() {
    let mut alerts = pending("database", Subject::default());
    for alert in alerts.values_mut() {
        alert.phase = Phase::Ok;
    }
    // Readiness is evaluated each minute.
    assert!(asks(&alerts, Muted::default(), "readiness", NOW + 119_999).is_some());
    assert_eq!(
        asks(&alerts, Muted::default(), "readiness", NOW + 120_000),
        None
    );
}

#[test]
fn the_trouble_of_one_instance_excuses_no_other() {
    let mut rules = rules();
    for rule in rules.iter_mut().filter(|rule| rule.name == "readiness") {
        rule.depends_on = vec!["pool".into()];
    }
    let alerts = pending("pool", of_instance("web-2"));
    let gate = Gate::new(&rules, &alerts, Muted::default(), NOW);
    let asks = |instance| gate.asks("readiness", &of_instance(instance), Severity::Critical);
    assert_eq!(asks("web-1"), None);
    assert!(asks("web-2").is_some());
}

#[test]
fn a_cause_that_is_switched_off_is_none() {
    let mut rules = rules();
    for rule in rules.iter_mut().filter(|rule| rule.name == "database") {
        rule.enabled = false;
    }
    let alerts = pending("database", Subject::default());
    let gate = Gate::new(&rules, &alerts, Muted::default(), NOW);
    assert_eq!(
        gate.asks("readiness", &of_instance("web-1"), Severity::Critical),
        None
    );
    assert_eq!(
        gate.asks("database", &Subject::default(), Severity::Critical),
        Some(Suppression::Disabled)
    );
}

#[test]
fn the_first_reason_is_the_one_that_is_told() {
    let window = MaintenanceWindow {
        name: "backup".into(),
        days: vec![
            Weekday::Mon,
            Weekday::Tue,
            Weekday::Wed,
            Weekday::Thu,
            Weekday::Fri,
            Weekday::Sat,
            Weekday::Sun,
        ],
        from: NaiveTime::MIN,
        lasts: Duration::from_secs(86_400),
        time_zone: Tz::UTC,
        rules: vec!["readiness".into()],
    };
    let quiet = Quiet {
        by: "ci".into(),
        reason: "deploy".into(),
        from_ms: NOW,
        until_ms: NOW + 60_000,
    };
    let matchers = Matchers {
        severity: Some(Severity::Critical),
        ..Matchers::default()
    };
    let until = Until::At(NOW + 600_000);
    let silence = Silence::new(
        "s1".into(),
        matchers,
        "ada".into(),
        "known".into(),
        NOW,
        until,
    );
    let (windows, silences) = ([window], [silence.unwrap()]);
    let muted = Muted {
        maintenance: &windows,
        quiet: Some(&quiet),
        silences: &silences,
    };
    let name = |suppression: Option<Suppression>| match suppression {
        Some(Suppression::Maintenance { window, .. }) => window,
        Some(Suppression::Quiet { who, .. }) => who,
        Some(Suppression::Silence { id, .. }) => id,
        other => format!("{other:?}"),
    };
    let none = Alerts::new();
    assert_eq!(name(asks(&none, muted, "readiness", NOW)), "backup");
    assert_eq!(name(asks(&none, muted, "memory", NOW)), "ci");
    assert_eq!(name(asks(&none, muted, "memory", NOW + 60_000)), "s1");
    assert_eq!(name(asks(&none, muted, "memory", NOW + 600_000)), "None");
}
