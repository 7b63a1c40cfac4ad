//! Whatever happens: people are told the truth, once, and how it ended.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::lifecycle::{EndKind, TransitionKind};
use super::super::suppress::Until;
use super::history::{Desk, RULE_NAMES, TURN};
use super::*;

#[derive(Clone, Debug)]
enum Step {
    See(&'static str, char),
    Happens(u8),
    Run(u64),
    Restart(u64),
    Jump(i64),
    Quiet(i64),
    Unquiet,
    Silence(&'static str, Option<i64>),
    Acknowledge,
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    let rule = || prop::sample::select(RULE_NAMES.to_vec());
    let letter = prop::sample::select(vec!['B', 'B', 'C', 'G', 'G', 'U']);
    prop_oneof![
        8 => (rule(), letter).prop_map(|(rule, letter)| Step::See(rule, letter)),
        2 => (0_u8..3).prop_map(Step::Happens),
        8 => (1_u64..40).prop_map(Step::Run),
        1 => (100_u64..400).prop_map(Step::Run),
        1 => (0_u64..8000).prop_map(Step::Restart),
        1 => (-7200_i64..7200).prop_map(Step::Jump),
        1 => (60_i64..2000).prop_map(Step::Quiet),
        1 => Just(Step::Unquiet),
        1 => (rule(), prop::option::of(60_i64..5000)).prop_map(|(rule, it)| Step::Silence(rule, it)),
        1 => Just(Step::Acknowledge),
        1 => Just(Step::Close),
    ]
}

/// What was told, checked turn by turn.
struct Witness {
    desk: Desk,
    stores_each_turn: bool,
    told: Vec<Intent>,
    open_episodes: BTreeMap<(String, String), String>,
    seen: BTreeMap<&'static str, char>,
}

impl Witness {
    fn new(stores_each_turn: bool) -> Self {
        Self {
            desk: Desk::new(),
            stores_each_turn,
            told: Vec::new(),
            open_episodes: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::See(rule, letter) => {
                self.seen.insert(rule, *letter);
                self.desk.see(rule, *letter);
            }
            Step::Happens(part) => self.desk.happens(&part.to_string()),
            Step::Run(turns) => (0..*turns).for_each(|_| self.turn()),
            Step::Restart(seconds) => self.desk.restart(*seconds),
            Step::Jump(seconds) => {
                self.desk.tick.at_ms += seconds * 1000;
                self.desk.tick.has_jumped = true;
                self.turn();
                self.desk.tick.has_jumped = false;
            }
            Step::Quiet(seconds) => self.desk.quiet(*seconds),
            Step::Unquiet => self.desk.state.quiet = None,
            Step::Silence(rule, seconds) => {
                let until = seconds.map(|seconds| Until::At(self.desk.in_seconds(seconds)));
                self.desk.silence(rule, until.unwrap_or(Until::End));
            }
            Step::Acknowledge => {
                let at_ms = self.desk.tick.at_ms;
                if let Some(incident) = self.desk.state.incidents.first_mut() {
                    incident.acknowledged = Some(Acknowledged {
                        by: "ada".into(),
                        reason: "on it".into(),
                        at_ms,
                    });
                }
            }
            Step::Close => {
                let transitions = self.desk.close();
                transitions.iter().for_each(|it| self.follow(it));
            }
        }
    }

    fn turn(&mut self) {
        if self.stores_each_turn {
            self.desk.store();
        }
        let turn = self.desk.turn();
        turn.transitions.iter().for_each(|it| self.follow(it));
        let at_ms = self.desk.tick.at_ms;
        let quiet = self.desk.state.quiet.as_ref();
        if quiet.is_some_and(|quiet| quiet.is_active(at_ms)) {
            assert!(turn.intents.is_empty(), "quiet, and yet {:?}", turn.intents);
        }
        for intent in &turn.intents {
            let silences = self.desk.state.silences.iter();
            let silenced: BTreeSet<String> = silences
                .filter(|silence| silence.is_active(at_ms))
                .filter_map(|silence| silence.matchers.rule.clone())
                .collect();
            let muted = intent.alerts.iter().all(|it| silenced.contains(&it.rule));
            assert!(!muted, "silenced, and yet {intent:?}");
        }
        self.told.extend(turn.intents);
    }

    /// At most one open episode an alert; none ends that was not open; unknown ends none.
    fn follow(&mut self, transition: &super::super::lifecycle::Transition) {
        let key = (transition.rule.clone(), transition.subject.to_string());
        let id = transition.episode.as_ref().map(|it| it.id.clone());
        match &transition.kind {
            TransitionKind::Opened => {
                let before = self.open_episodes.insert(key, id.unwrap());
                assert_eq!(before, None, "a second episode");
            }
            TransitionKind::Ended { end } => {
                let open = self.open_episodes.remove(&key);
                assert_eq!(open, id, "what ends was open");
                if *end == EndKind::Resolved {
                    let seen = self.seen.get(transition.rule.as_str());
                    assert_eq!(seen, Some(&'G'), "only what is good is resolved");
                }
            }
            TransitionKind::LevelUp { .. } | TransitionKind::DataLost { .. } => {
                assert_eq!(self.open_episodes.get(&key), id.as_ref());
            }
            TransitionKind::FlappingStarted { .. } | TransitionKind::FlappingEnded => {}
        }
    }

    /// All becomes good, and nobody is kept from hearing it.
    fn settle(&mut self) {
        for rule in RULE_NAMES {
            self.take(&Step::See(rule, 'G'));
        }
        self.desk.state.quiet = None;
        self.desk.state.silences.clear();
        self.take(&Step::Run(3600 / TURN));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_message_is_true_in_order_and_the_last_one_tells_the_end(
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let mut witness = Witness::new(false);
        steps.iter().for_each(|step| witness.take(step));
        witness.settle();
        prop_assert!(witness.open_episodes.is_empty());
        prop_assert_eq!(&witness.desk.state.incidents, &Vec::new());
        let mut open: BTreeMap<(String, String), bool> = BTreeMap::new();
        let mut keys = BTreeSet::new();
        for intent in &witness.told {
            let key = (intent.channel.clone(), intent.incident_id.clone());
            prop_assert!(keys.insert((key.clone(), intent.ordinal)), "a number is used once");
            let is_open = open.entry(key).or_default();
            match intent.kind {
                IntentKind::Opened { .. } => {
                    prop_assert!(!*is_open, "opened twice: {:?}", intent);
                    prop_assert!(intent.alerts.iter().any(|it| it.ended.is_none()));
                    *is_open = true;
                }
                IntentKind::Updated | IntentKind::Reminder => prop_assert!(*is_open, "{:?}", intent),
                IntentKind::Resolved { .. } => {
                    prop_assert!(*is_open, "no resolved without a firing: {:?}", intent);
                    prop_assert!(intent.alerts.iter().all(|it| it.ended.is_some()));
                    *is_open = false;
                }
            }
        }
        prop_assert!(open.values().all(|is_open| !is_open), "the last one tells the end");
    }

    #[test]
    fn the_same_history_tells_the_same_wherever_it_is_stored_between(
        steps in proptest::collection::vec(step(), 1..20),
    ) {
        let [mut one, mut other] = [Witness::new(false), Witness::new(true)];
        for witness in [&mut one, &mut other] {
            steps.iter().for_each(|step| witness.take(step));
        }
        prop_assert_eq!(one.told, other.told);
        prop_assert_eq!(one.desk.state, other.desk.state);
    }

    #[test]
    fn how_often_a_healthy_service_starts_is_nobodys_business(
        starts in proptest::collection::vec((0_u64..20_000, 1_u64..60), 1..20),
    ) {
        let mut witness = Witness::new(true);
        for (away, turns) in starts {
            // At its start a service may lack everything.
            witness.take(&Step::Restart(away));
            for (rule, letter) in RULE_NAMES.into_iter().zip(['B', 'B', 'U', 'B']) {
                witness.take(&Step::See(rule, letter));
            }
            witness.take(&Step::Run(turns.min(20)));
            for rule in RULE_NAMES {
                witness.take(&Step::See(rule, 'G'));
            }
            witness.take(&Step::Run(turns));
        }
        prop_assert_eq!(witness.told, Vec::new());
    }
}
