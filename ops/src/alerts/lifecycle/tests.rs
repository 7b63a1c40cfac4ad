//! The state machine by example: a row of outcomes, and what became of it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use std::time::Duration;

use super::super::evaluate::{Measure, Outcome, Verdict};
use super::super::expression::Unit;
use super::super::fixtures::rule;
use super::super::rule::Rule;
use super::super::settings::Flap;
use super::super::severity::Severity;
use super::super::snapshot::Reason;
use super::super::subject::Subject;
use super::*;

pub(super) const FLAP: Flap = Flap {
    changes: 4,
    within: Duration::from_secs(1800),
};
const HOUR_MS: u64 = 3_600_000;

/// One alert whose process has run for an hour.
pub(super) struct Story {
    rule: Rule,
    pub alert: Alert,
    pub tick: Tick,
    found: Vec<String>,
    ids: u32,
}

impl Story {
    pub(super) fn of(keys: &str) -> Self {
        let rule = rule(&format!("expr = \"requests(1m) > 1\"\n{keys}"));
        Self {
            alert: Alert::new(&rule.name, Subject::default(), 0),
            rule,
            tick: Tick {
                at_ms: 1_000_000_000,
                uptime_ms: HOUR_MS,
                run: 1,
                has_jumped: false,
            },
            found: Vec::new(),
            ids: 0,
        }
    }

    /// `B` bad, `C` critical, `G` good, `H` hold, `U` no data, `W` warming up, `F` too few; one
    /// interval after another.
    pub(super) fn see(mut self, outcomes: &str) -> Self {
        for letter in outcomes.chars() {
            self.wait(self.rule.every);
            self.look(letter);
        }
        self
    }

    fn wait(&mut self, time: Duration) {
        let ms = u64::try_from(time.as_millis()).unwrap();
        self.tick.uptime_ms += ms;
        self.tick.at_ms += i64::try_from(ms).unwrap();
    }

    fn after(mut self, seconds: u64) -> Self {
        self.wait(Duration::from_secs(seconds));
        self
    }

    fn look(&mut self, letter: char) {
        let verdict = match letter {
            'B' => Verdict::Bad(Severity::Warning),
            'C' => Verdict::Bad(Severity::Critical),
            'G' => Verdict::Good,
            'H' => Verdict::Hold,
            'U' => Verdict::Unknown(Reason::NoData),
            'F' => Verdict::Unknown(Reason::TooFew),
            _ => Verdict::Unknown(Reason::WarmingUp),
        };
        let outcome = Outcome {
            verdict,
            measure: None,
        };
        let stored = serde_json::to_string(&self.alert).unwrap();
        self.alert = serde_json::from_str(&stored).unwrap();
        let mut next_id = || {
            self.ids += 1;
            format!("e{}", self.ids)
        };
        let found = step(
            &mut self.alert,
            &self.rule,
            outcome,
            &self.tick,
            FLAP,
            &mut next_id,
        );
        self.found.extend(found.iter().map(shown));
    }

    pub(super) fn restart(mut self, away: u64) -> Self {
        self.wait(Duration::from_secs(away));
        self.tick.run += 1;
        self.tick.uptime_ms = 0;
        self
    }

    pub(super) fn tells(self, expected: &[&str]) -> Self {
        assert_eq!(self.found, expected);
        self
    }

    pub(super) fn is(self, state: State) -> Self {
        assert_eq!(self.alert.state(), state);
        self
    }
}

pub(super) fn shown(transition: &Transition) -> String {
    let id = transition.episode.as_ref().map_or("-", |it| it.id.as_str());
    let kind = match &transition.kind {
        TransitionKind::Opened => "opened".to_owned(),
        TransitionKind::LevelUp { .. } => "level".to_owned(),
        TransitionKind::DataLost { reason } => reason.name().to_owned(),
        TransitionKind::Ended { end } => end.name().to_owned(),
        TransitionKind::FlappingStarted { changes } => format!("flapping {changes}"),
        TransitionKind::FlappingEnded => "steady".to_owned(),
    };
    format!("{kind} {id}")
}

#[test]
fn one_bad_look_is_enough_where_one_is_asked_for() {
    Story::of("")
        .see("GB")
        .tells(&["opened e1"])
        .is(State::Firing);
}

#[test]
fn bad_ones_must_come_in_a_row() {
    Story::of("for_count = 3")
        .see("GBBGBB")
        .tells(&[])
        .is(State::Pending);
    Story::of("for_count = 3").see("GBBB").tells(&["opened e1"]);
    Story::of("for_count = 3")
        .see("GBHBHB")
        .tells(&["opened e1"])
        .is(State::Firing);
}

#[test]
fn time_counts_only_between_bad_ones() {
    let every_30s_for_1m = "every = \"30s\"\nfor = \"1m\"";
    Story::of(every_30s_for_1m)
        .see("GBB")
        .tells(&[])
        .is(State::Pending);
    Story::of(every_30s_for_1m)
        .see("GBBB")
        .tells(&["opened e1"]);
    Story::of(every_30s_for_1m)
        .see("GBHBHB")
        .tells(&[])
        .is(State::Pending);
}

#[test]
fn a_gap_begins_the_count_anew_and_is_no_bad_time() {
    Story::of("every = \"30s\"\nfor_count = 2")
        .see("GB")
        .after(90)
        .see("B")
        .tells(&[])
        .see("B")
        .tells(&["opened e1"]);
    Story::of("every = \"30s\"\nfor = \"2m\"")
        .see("GB")
        .after(600)
        .see("B")
        .tells(&[]);
}

#[test]
fn a_good_one_is_not_yet_the_end() {
    Story::of("recover_count = 2")
        .see("GBG")
        .is(State::Firing)
        .see("BG")
        .is(State::Firing);
    Story::of("recover_count = 2")
        .see("GBGG")
        .tells(&["opened e1", "resolved e1"])
        .is(State::Ok);
    Story::of("recover_count = 2")
        .see("GBGHG")
        .is(State::Firing);
    Story::of("every = \"30s\"\nrecover_count = 1\nkeep_firing_for = \"1m\"")
        .see("GBGG")
        .is(State::Firing)
        .see("G")
        .is(State::Ok);
}

#[test]
fn unknown_is_never_green_and_never_resolves() {
    Story::of("")
        .see(&format!("GB{}", "U".repeat(500)))
        .is(State::Firing);
    Story::of("")
        .see(&format!("GB{}", "F".repeat(500)))
        .tells(&["opened e1"])
        .is(State::Firing);
    Story::of("")
        .see("GU")
        .is(State::Unknown)
        .see("G")
        .is(State::Ok);
    Story::of("").see("UUU").tells(&[]).is(State::Unknown);
}

#[test]
fn lost_data_is_told_once_an_episode() {
    Story::of("every = \"30s\"")
        .see("GBUUUU")
        .tells(&["opened e1"])
        .see("U")
        .tells(&["opened e1", "no_data e1"])
        .see("UUUBUUUUUUUU")
        .tells(&["opened e1", "no_data e1"])
        .see("BGG")
        .tells(&["opened e1", "no_data e1", "resolved e1"]);
}

#[test]
fn a_pending_alert_waits_through_the_unknown_but_not_for_ever() {
    Story::of("every = \"30s\"\nfor_count = 2")
        .see("GBUUB")
        .tells(&["opened e1"]);
    Story::of("every = \"30s\"\nfor_count = 2")
        .see("GBUUUUU")
        .is(State::Unknown)
        .see("B")
        .tells(&[]);
}

#[test]
fn a_level_goes_up_aloud_once_and_down_silently() {
    let story = Story::of("")
        .see("GBCBCB")
        .tells(&["opened e1", "level e1"]);
    let episode = story.alert.episode().unwrap();
    assert_eq!(
        (episode.severity, episode.worst),
        (Severity::Warning, Severity::Critical)
    );
}

#[test]
fn the_worst_value_of_an_episode_is_kept() {
    let mut story = Story::of("").see("GB");
    for value in [5.0, 9.0, 7.0] {
        story.wait(story.rule.every);
        let measure = Measure {
            value,
            threshold: Some(1.0),
            unit: Unit::Count,
            samples: None,
            more_is_worse: true,
        };
        let outcome = Outcome {
            verdict: Verdict::Bad(Severity::Warning),
            measure: Some(measure),
        };
        step(
            &mut story.alert,
            &story.rule,
            outcome,
            &story.tick,
            FLAP,
            &mut String::new,
        );
    }
    assert_eq!(story.alert.episode().unwrap().peak, Some(9.0));
}

#[test]
fn many_changes_are_flapping_until_there_has_been_none_for_long() {
    let story = Story::of("every = \"30s\"\nrecover_count = 1")
        .see("GBGBG")
        .tells(&[
            "opened e1",
            "resolved e1",
            "opened e2",
            "resolved e2",
            "flapping 4 -",
        ]);
    // Half an hour without a change.
    story
        .see(&"G".repeat(59))
        .tells(&[
            "opened e1",
            "resolved e1",
            "opened e2",
            "resolved e2",
            "flapping 4 -",
        ])
        .see("GG")
        .tells(&[
            "opened e1",
            "resolved e1",
            "opened e2",
            "resolved e2",
            "flapping 4 -",
            "steady -",
        ]);
}

#[test]
fn closed_by_a_person_it_stays_closed_until_it_was_good() {
    let mut story = Story::of("").see("GB");
    let closed = close(&mut story.alert, &story.tick).unwrap();
    assert_eq!(shown(&closed), "closed_by e1");
    assert_eq!(close(&mut story.alert, &story.tick), None);
    story
        .see("BBBUB")
        .tells(&["opened e1"])
        .see("GB")
        .tells(&["opened e1", "opened e2"]);
}
