//! What people are told, story by story.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use super::super::Turn;
use super::super::lifecycle::EndKind;
use super::super::suppress::{Suppression, Until};
use super::history::{Desk, shown};
use super::*;

const NOTHING: [&str; 0] = [];
const HOUR: u64 = 3600;

#[test]
fn what_ends_while_it_is_silenced_is_resolved_once_when_the_silence_ends() {
    let mut desk = Desk::new();
    desk.see("other", 'B');
    assert_eq!(desk.run(60), ["all opened: other"]);
    desk.silence("other", Until::At(desk.in_seconds(600)));
    desk.see("other", 'G');
    assert_eq!(desk.run(595), NOTHING);
    let turns: Vec<Intent> = (0..20).flat_map(|_| desk.turn().intents).collect();
    let told: Vec<String> = turns.iter().map(shown).collect();
    assert_eq!(told, ["all resolved: -other"]);
    let ended_while = turns[0].alerts[0].ended_while.clone();
    assert!(matches!(ended_while, Some(Suppression::Silence { who, .. }) if who == "ada"));
    assert_eq!(desk.run(HOUR), NOTHING);
}

#[test]
fn a_silence_until_it_ends_ends_with_it_and_its_end_is_told() {
    let mut desk = Desk::new();
    desk.see("other", 'B');
    desk.run(60);
    desk.silence("other", Until::End);
    assert_eq!(desk.run(6 * HOUR), NOTHING, "no reminder");
    desk.see("other", 'G');
    let turns: Vec<Turn> = (0..12).map(|_| desk.turn()).collect();
    let told = turns.iter().flat_map(|turn| &turn.intents).map(shown);
    assert_eq!(told.collect::<Vec<_>>(), ["all resolved: -other"]);
    let over = turns.iter().flat_map(|turn| &turn.silences_over);
    let over: Vec<&str> = over.map(|silence| silence.by.as_str()).collect();
    assert_eq!(over, ["ada"], "who made it can know, once");
    desk.see("other", 'B');
    assert_eq!(desk.run(60), ["all reopened: other"], "the silence is over");
}

#[test]
fn a_silence_that_kept_nothing_from_being_told_ends_without_a_word() {
    let mut desk = Desk::new();
    desk.silence("other", Until::At(desk.in_seconds(60)));
    for _ in 0..20 {
        assert_eq!(desk.turn().silences_over, []);
    }
    assert!(desk.state.silences[0].ended_ms.is_some());
}

#[test]
fn what_begins_in_quiet_and_goes_on_is_told_once_at_its_end() {
    let mut desk = Desk::new();
    desk.quiet(600);
    desk.see("other", 'B');
    assert_eq!(desk.run(595), NOTHING);
    let turns: Vec<Intent> = (0..20).flat_map(|_| desk.turn().intents).collect();
    assert_eq!(
        turns.iter().map(shown).collect::<Vec<_>>(),
        ["all opened: other"]
    );
    let alert = &turns[0].alerts[0];
    assert!(matches!(
        alert.opened_while,
        Some(Suppression::Quiet { .. })
    ));
    assert!(
        turns[0].at_ms - alert.since_ms > 500_000,
        "firing since then, not since now"
    );
    assert_eq!(desk.run(HOUR), NOTHING);
}

#[test]
fn what_begins_and_ends_in_quiet_is_never_told() {
    let mut desk = Desk::new();
    desk.quiet(600);
    desk.see("other", 'B');
    desk.run(100);
    desk.see("other", 'G');
    assert_eq!(desk.run(HOUR), NOTHING);
}

#[test]
fn what_is_bad_before_and_after_quiet_is_no_news() {
    let mut desk = Desk::new();
    desk.see("other", 'B');
    desk.run(60);
    desk.quiet(600);
    desk.see("other", 'G');
    desk.run(100);
    desk.see("other", 'B');
    assert_eq!(desk.run(495), NOTHING);
    let told = desk.run(600);
    // It is another episode by now; the message that says so is one.
    assert_eq!(told, ["all updated: other"]);
    desk.quiet(600);
    assert_eq!(desk.run(2 * HOUR), NOTHING);
}

#[test]
fn a_restart_tells_nothing_twice_and_what_ended_meanwhile_once() {
    let mut desk = Desk::new();
    desk.see("cause", 'B');
    desk.run(60);
    for away in [5, 60, 2 * HOUR] {
        desk.restart(away);
        assert_eq!(desk.run(300), NOTHING);
    }
    desk.restart(60);
    desk.see("cause", 'G');
    assert_eq!(
        desk.run(60),
        ["all resolved: -cause", "pager resolved: -cause"]
    );
    desk.restart(60);
    assert_eq!(desk.run(60), NOTHING);
}

#[test]
fn what_two_have_added_apart_to_one_incident_is_all_there() {
    let mut desk = Desk::new();
    desk.see("other", 'B');
    desk.run(60);
    let base = desk.state.incidents[0].clone();
    let with = |rule: &str, messages: u32| {
        let mut incident = base.clone();
        let mut member = incident.members[0].clone();
        member.rule = rule.into();
        incident.members.push(member);
        let told = incident.told.get_mut("all").unwrap();
        let mut shown = told.members[0].clone();
        shown.rule = rule.into();
        told.members.push(shown);
        told.count += messages;
        incident
    };
    let (mine, mut theirs) = (with("follower", 1), with("cause", 2));
    theirs.members[0].ended = Some(Ended {
        at_ms: 7,
        end: EndKind::Resolved,
    });
    let merged = merge(&base, &mine, &theirs);
    let rules: Vec<&str> = merged.members.iter().map(|it| it.rule.as_str()).collect();
    assert_eq!(rules, ["other", "cause", "follower"]);
    assert!(merged.members[0].ended.is_some() && merged.is_open());
    let told = &merged.told["all"];
    let rules: Vec<&str> = told.members.iter().map(|it| it.rule.as_str()).collect();
    assert_eq!((told.count, told.is_open), (3, true));
    assert_eq!(rules, ["other", "cause", "follower"]);
    assert_eq!(merge(&base, &mine, &base), mine);
    assert_eq!(merge(&base, &base, &theirs), theirs);
}

/// Two replicas that could neither see the store nor each other have told of the same alert.
#[test]
fn what_two_have_opened_apart_ends_for_both() {
    let mut desk = Desk::new();
    desk.see("other", 'B');
    desk.run(60);
    let mut theirs = desk.state.incidents[0].clone();
    theirs.id = "theirs".into();
    desk.state.incidents.push(theirs.clone());
    assert_eq!(desk.run(600), NOTHING);
    desk.see("other", 'G');
    assert_eq!(desk.run(60), ["all resolved: -other"; 2]);
    // One comes late, with an alert that the others have seen end.
    theirs.id = "late".into();
    desk.state.incidents.push(theirs);
    assert_eq!(desk.run(60), ["all resolved: -other"]);
    assert_eq!(desk.run(HOUR), NOTHING);
    assert_eq!(desk.state.incidents, []);
}

#[test]
fn vanished_data_is_told_once_and_ends_nothing() {
    let mut desk = Desk::new();
    desk.see("other", 'B');
    desk.run(60);
    desk.see("other", 'U');
    assert_eq!(desk.run(3 * HOUR), ["all updated: ?other"]);
    desk.see("other", 'G');
    assert_eq!(desk.run(120), ["all resolved: -other"]);
}

#[test]
fn who_has_acknowledged_hears_of_worse_and_of_the_end() {
    let mut desk = Desk::new();
    desk.see("other", 'B');
    desk.run(60);
    desk.state.incidents[0].acknowledged = Some(Acknowledged {
        by: "ada".into(),
        reason: "on it".into(),
        at_ms: desk.tick.at_ms,
    });
    desk.see("follower", 'B');
    assert_eq!(
        desk.run(9 * HOUR),
        NOTHING,
        "no reminder, and nothing as severe"
    );
    desk.see("other", 'C');
    let told = desk.run(60);
    assert_eq!(
        told,
        ["all updated: other, follower", "pager opened: other"]
    );
    desk.see("other", 'G');
    desk.see("follower", 'G');
    let told = desk.run(120);
    assert_eq!(
        told,
        ["pager resolved: -other", "all resolved: -other, -follower"]
    );
}

#[test]
fn who_has_not_is_reminded_every_four_hours() {
    let mut desk = Desk::new();
    desk.see("other", 'B');
    desk.run(60);
    assert_eq!(desk.run(4 * HOUR - 60), NOTHING);
    assert_eq!(desk.run(60), ["all reminder: other"]);
    assert_eq!(desk.run(8 * HOUR), ["all reminder: other"; 2]);
}

#[test]
fn what_follows_within_ten_minutes_is_the_same_incident() {
    let mut desk = Desk::new();
    desk.notify.flap.changes = 100;
    let mut ids = Vec::new();
    for pause in [0, 300, 900] {
        desk.see("other", 'G');
        desk.run(60 + pause);
        desk.see("other", 'B');
        let found: Vec<Intent> = (0..20).flat_map(|_| desk.turn().intents).collect();
        ids.extend(found.into_iter().map(|it| (it.incident_id, it.kind)));
    }
    let opened = |reopened| IntentKind::Opened { reopened };
    let ids: Vec<(&str, IntentKind)> = ids.iter().map(|(id, kind)| (id.as_str(), *kind)).collect();
    assert_eq!(
        ids,
        [
            ("id000002", opened(false)),
            ("id000002", opened(true)),
            ("id000005", opened(false))
        ]
    );
}

#[test]
fn what_comes_later_waits_for_more_and_joins() {
    let mut desk = Desk::new();
    desk.see("other", 'B');
    assert_eq!(desk.run(60), ["all opened: other"]);
    desk.see("follower", 'B');
    assert_eq!(desk.run(200), NOTHING);
    assert_eq!(desk.run(120), ["all updated: other, follower"]);
    desk.see("other", 'G');
    assert_eq!(desk.run(400), ["all updated: -other, follower"]);
    desk.see("follower", 'G');
    assert_eq!(desk.run(120), ["all resolved: -other, -follower"]);
}

#[test]
fn flapping_is_told_at_its_beginning_and_at_its_end() {
    for (last, end) in [('B', "all updated: other"), ('G', "all resolved: -other")] {
        let mut desk = Desk::new();
        let mut told = Vec::new();
        for letter in ['B', 'G', 'B', 'G', 'B', 'G', 'B', 'G', 'B', last] {
            desk.see("other", letter);
            told.extend(desk.run(60));
        }
        let during = [
            "all opened: other",
            "all resolved: -other",
            "all reopened: other",
            "all updated: ~other",
        ];
        assert_eq!(told, during);
        assert_eq!(desk.run(1600), NOTHING);
        assert_eq!(desk.run(400), [end]);
    }
}

#[test]
fn a_level_reaches_those_whom_only_the_worst_reaches() {
    let mut desk = Desk::new();
    desk.see("other", 'B');
    assert_eq!(desk.run(60), ["all opened: other"]);
    desk.see("other", 'C');
    assert_eq!(desk.run(30), ["all updated: other", "pager opened: other"]);
    desk.see("other", 'B');
    assert_eq!(desk.run(HOUR), NOTHING, "down is no news");
    desk.see("other", 'G');
    assert_eq!(
        desk.run(60),
        ["all resolved: -other", "pager resolved: -other"]
    );
}

#[test]
fn a_rule_that_is_removed_or_switched_off_ends_as_that() {
    for change in [
        |desk: &mut Desk| desk.rules.retain(|rule| rule.name != "other"),
        |desk: &mut Desk| desk.rules.iter_mut().for_each(|rule| rule.enabled = false),
    ] {
        let mut desk = Desk::new();
        desk.see("other", 'B');
        desk.run(60);
        change(&mut desk);
        assert_eq!(desk.run(60), ["all rule_removed: -other"]);
    }
}

#[test]
fn closed_by_a_person_it_is_told_as_that_and_stays_closed() {
    let mut desk = Desk::new();
    desk.see("other", 'B');
    desk.run(60);
    assert_eq!(desk.close().len(), 1);
    assert_eq!(desk.close().len(), 0);
    assert_eq!(desk.run(HOUR), ["all closed_by: -other"]);
    desk.see("other", 'G');
    desk.run(60);
    desk.see("other", 'B');
    assert_eq!(desk.run(60), ["all opened: other"]);
}
