//! Starts, restarts and clocks by example.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use super::super::snapshot::Reason;
use super::State;
use super::tests::Story;

#[test]
fn what_is_bad_from_the_start_on_waits_two_minutes() {
    let story = Story::of("every = \"30s\"")
        .restart(5)
        .see("BBB")
        .tells(&[])
        .is(State::Unknown);
    assert_eq!(story.alert.missing.unwrap().reason, Reason::WarmingUp);
    story.see("B").tells(&["opened e1"]);
}

#[test]
fn what_a_process_has_seen_good_is_told_at_once() {
    Story::of("every = \"30s\"")
        .restart(5)
        .see("GB")
        .tells(&["opened e1"]);
    Story::of("every = \"30s\"")
        .see("G")
        .restart(5)
        .see("BB")
        .tells(&[]);
}

#[test]
fn twenty_restarts_tell_nothing() {
    let mut story = Story::of("every = \"10s\"").see("GG");
    for _ in 0..20 {
        story = story.restart(20).see("WWBUBWG");
    }
    story = story.restart(5 * 3600).see("UUBBB");
    story.tells(&[]);
}

#[test]
fn a_restart_tells_nothing_twice() {
    Story::of("")
        .see("GB")
        .restart(30)
        .see("BUWBBBBBB")
        .tells(&["opened e1"])
        .restart(7 * 3600)
        .see("BBBBBB")
        .tells(&["opened e1"])
        .is(State::Firing);
}

#[test]
fn what_is_good_after_a_restart_is_resolved_once() {
    Story::of("")
        .see("GB")
        .restart(3600)
        .see("GG")
        .restart(60)
        .see("GG")
        .tells(&["opened e1", "resolved e1"]);
}

/// "It said that all was well again, and not that nobody had looked for hours."
#[test]
fn what_may_have_ended_while_nobody_looked_says_so() {
    let story = Story::of("every = \"10s\"").see("GB").restart(3600);
    let from_ms = story.tick.at_ms - 3_600_000;
    let story = story.see("G");
    let away = story.alert.episode().unwrap().away.unwrap();
    assert_eq!((away.from_ms, away.to_ms), (from_ms, story.tick.at_ms));
    let story = story.see("B");
    assert_eq!(
        story.alert.episode().unwrap().away,
        None,
        "it was bad after it"
    );
    let story = story.restart(5).see("G");
    assert_eq!(
        story.alert.episode().unwrap().away,
        None,
        "a restart is no gap"
    );
}

#[test]
fn a_jump_of_the_clock_changes_nothing_in_its_round() {
    for jump in [-86_400_000, 86_400_000] {
        let mut story = Story::of("for_count = 2").see("GB");
        story.tick.at_ms += jump;
        story.tick.has_jumped = true;
        story = story.see("B").tells(&[]).is(State::Pending);
        story.tick.has_jumped = false;
        story.see("B").tells(&[]).see("B").tells(&["opened e1"]);
    }
}

#[test]
fn a_clock_that_was_set_back_holds_up_nothing() {
    let mut story = Story::of("recover_count = 2").see("GB");
    story.tick.at_ms -= 86_400_000;
    story
        .restart(5)
        .see("GG")
        .tells(&["opened e1", "resolved e1"]);
}
