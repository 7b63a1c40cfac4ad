//! Alerts of one incident and what they do to each other: causes, consequences, events.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use super::super::severity::Severity;
use super::super::suppress::Until;
use super::history::Desk;

const NOTHING: [&str; 0] = [];
const HOUR: u64 = 3600;

#[test]
fn a_cause_is_told_once_and_its_consequence_never() {
    let mut desk = Desk::new();
    desk.see("cause", 'B');
    desk.see("follower", 'B');
    let told = desk.run(45);
    assert_eq!(
        told,
        ["all opened: cause, (follower)", "pager opened: cause"]
    );
    assert_eq!(desk.run(600), NOTHING);
    desk.see("cause", 'G');
    desk.see("follower", 'G');
    assert_eq!(
        desk.run(120),
        ["pager resolved: -cause", "all resolved: -cause"],
        "who heard of the consequence hears of the end of both"
    );
    assert_eq!(desk.run(HOUR), NOTHING);
    assert_eq!(desk.state.incidents, []);
}

#[test]
fn a_consequence_that_outlasts_its_cause_is_told() {
    let mut desk = Desk::new();
    desk.see("cause", 'B');
    desk.see("follower", 'B');
    desk.run(600);
    desk.see("cause", 'G');
    let told = desk.run(600);
    assert_eq!(
        told,
        ["pager resolved: -cause", "all updated: -cause, follower"]
    );
    desk.see("follower", 'G');
    assert_eq!(desk.run(600), ["all resolved: -cause, -follower"]);
}

#[test]
fn a_cause_is_told_as_severe_as_its_worst_consequence_and_to_whom_that_matters() {
    let mut desk = Desk::new();
    desk.see("other", 'B');
    assert_eq!(desk.run(60), ["all opened: other"], "a warning");
    desk.see("grave", 'B');
    assert_eq!(
        desk.run(30),
        [
            "all updated: other, (grave)",
            "pager opened: other, (grave)"
        ],
        "the consequence is critical, and sends nothing of its own"
    );
    desk.see("grave", 'G');
    assert_eq!(desk.run(HOUR), NOTHING, "down is no news");
    desk.see("other", 'G');
    assert_eq!(
        desk.run(60),
        ["all resolved: -other", "pager resolved: -other"]
    );
}

#[test]
fn a_consequence_that_is_silenced_makes_its_cause_no_worse() {
    let mut desk = Desk::new();
    desk.silence("grave", Until::At(desk.in_seconds(3600)));
    desk.see("other", 'B');
    desk.see("grave", 'B');
    assert_eq!(desk.run(600), ["all opened: other, (grave)"]);
}

#[test]
fn an_event_keeps_no_incident_open_whose_alerts_are_over() {
    let mut desk = Desk::new();
    desk.see("cause", 'B');
    desk.happens("KeyError");
    assert_eq!(
        desk.run(60),
        ["all opened: cause, event", "pager opened: cause"]
    );
    desk.happens("ValueError");
    desk.see("cause", 'G');
    assert_eq!(
        desk.run(90),
        [
            "all resolved: -cause, -event, -event",
            "pager resolved: -cause"
        ],
        "what came too late for a message of its own is in the last one"
    );
    desk.happens("IndexError");
    assert_eq!(desk.run(60), ["all reopened: event"]);
    let again = &desk.state.incidents[0];
    assert_eq!(again.severity, Severity::Info);
    assert_eq!(again.members[again.headline].rule, "event");
    assert_eq!(desk.run(HOUR), ["all expired: -event"]);
    assert_eq!(desk.state.incidents, []);
}
