//! Rounds of rules by example: subjects that come and go, rules that change, events.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use super::super::fixtures::{Set, missing, rule, value};
use super::super::rule::{EventKind, Rule};
use super::super::snapshot::{Event, Reason, Snapshot};
use super::tests::{FLAP, shown};
use super::*;

/// Rules in rounds.
struct Rounds {
    state: EngineState,
    rules: Vec<Rule>,
    tick: Tick,
    ids: u32,
}

impl Rounds {
    fn of(rules: Vec<Rule>) -> Self {
        Self {
            state: EngineState::default(),
            rules,
            tick: Tick {
                at_ms: 1_000_000_000,
                uptime_ms: 3_600_000,
                run: 1,
                has_jumped: false,
            },
            ids: 0,
        }
    }

    fn look(&mut self, snapshot: &Snapshot) -> Vec<String> {
        self.tick.at_ms += 30_000;
        self.tick.uptime_ms += 30_000;
        let mut next_id = || {
            self.ids += 1;
            format!("e{}", self.ids)
        };
        let (state, rules, tick) = (&mut self.state, &self.rules, &self.tick);
        let found = round(state, rules, |_| true, snapshot, tick, FLAP, &mut next_id);
        found
            .iter()
            .map(|it| format!("{} {}", it.subject, shown(it)))
            .collect()
    }
}

fn disks(log: f64, data: f64) -> Snapshot {
    Snapshot::default()
        .with_part("disk_used_ratio", "log", value(log))
        .with_part("disk_used_ratio", "data", value(data))
}

#[test]
fn each_part_has_an_alert_of_its_own_and_a_lost_one_is_not_resolved() {
    let mut rounds = Rounds::of(vec![rule("expr = \"disk_used_ratio > 80%\"")]);
    assert_eq!(rounds.look(&disks(0.5, 0.9)), ["data opened e1"]);
    let only_log = Snapshot::default().with_part("disk_used_ratio", "log", value(0.5));
    for _ in 0..4 {
        assert_eq!(rounds.look(&only_log), [""; 0]);
    }
    assert_eq!(rounds.look(&only_log), ["data no_data e1"]);
    assert_eq!(rounds.look(&disks(0.5, 0.5)), [""; 0]);
    assert_eq!(rounds.look(&disks(0.5, 0.5)), ["data resolved e1"]);
    rounds.look(&only_log);
    assert_eq!(rounds.state.alerts.len(), 1, "what is gone is forgotten");
}

#[test]
fn an_alert_of_another_instance_is_left_to_it_while_it_is_there() {
    let keys = "expr = \"memory_limit > 1MiB\"\nscope = \"instance\"";
    let mut rounds = Rounds::of(vec![rule(keys)]);
    let of = |instance: &str, bytes: f64| Snapshot {
        instance: instance.into(),
        ..Snapshot::default().with("memory_limit", value(bytes))
    };
    assert_eq!(rounds.look(&of("web-1", 1e9)), ["web-1 opened e1"]);
    for _ in 0..6 {
        assert_eq!(rounds.look(&of("web-2", 0.0)), [""; 0]);
    }
    rounds.rules.clear();
    assert_eq!(
        rounds.look(&of("web-2", 0.0)),
        [""; 0],
        "its file has the rule"
    );
    rounds.rules.push(rule(keys));
    let mut alone = of("web-2", 0.0);
    alone.gone = vec!["web-1".into()];
    for _ in 0..4 {
        assert_eq!(rounds.look(&alone), [""; 0]);
    }
    assert_eq!(rounds.look(&alone), ["web-1 no_data e1"], "once");
    assert_eq!(rounds.look(&alone), [""; 0]);
    let tick = rounds.tick;
    let ended = forget_instance(&mut rounds.state, "web-1", &tick);
    assert_eq!(ended.len(), 1);
    assert!(
        rounds
            .state
            .alerts
            .keys()
            .all(|(_, it)| it.instance.as_deref() == Some("web-2"))
    );
}

#[test]
fn a_rule_that_is_changed_keeps_its_episode_and_one_that_is_removed_ends_it() {
    let mut rounds = Rounds::of(vec![rule("expr = \"disk_used_ratio > 80%\"")]);
    rounds.look(&disks(0.5, 0.9));
    rounds.rules = vec![rule(
        "expr = \"disk_used_ratio > 85%\"\ndescription = \"another\"",
    )];
    assert_eq!(rounds.look(&disks(0.5, 0.9)), [""; 0]);
    rounds.rules = vec![rule("expr = \"disk_used_ratio > 85%\"\nenabled = false")];
    assert_eq!(rounds.look(&disks(0.5, 0.9)), ["data rule_removed e1"]);
    rounds.rules = vec![rule("expr = \"disk_used_ratio > 85%\"")];
    assert_eq!(rounds.look(&disks(0.5, 0.9)), ["data opened e2"]);
    rounds.rules = vec![rule("expr = \"requests(1m) > 1\"")];
    let snapshot = Snapshot::default().with("requests(1m)", missing(Reason::NoData));
    assert_eq!(rounds.look(&snapshot), ["data rule_removed e2"]);
}

#[test]
fn the_first_events_of_an_hour_are_told_and_the_rest_as_one() {
    let mut rounds = Rounds::of(vec![rule("on = [\"error_group.new\"]\nmax_per_hour = 2")]);
    let event = |part: &str, at_ms| Event {
        kind: EventKind::ErrorGroupNew,
        part: part.into(),
        at_ms,
    };
    let mut snapshot = Snapshot::default();
    snapshot.events.push(event("old", rounds.tick.at_ms));
    assert_eq!(
        rounds.look(&snapshot),
        [""; 0],
        "what was before the first round is no news"
    );
    for part in ["a", "b", "c", "d"] {
        snapshot.events.push(event(part, rounds.tick.at_ms + 1));
    }
    assert_eq!(rounds.look(&snapshot), ["a opened e1", "b opened e2"]);
    let found: Vec<String> = (0..125).flat_map(|_| rounds.look(&snapshot)).collect();
    assert_eq!(found, ["more opened e3", "a expired e1", "b expired e2"]);
    snapshot.events.push(event("a", rounds.tick.at_ms + 1));
    assert_eq!(
        rounds.look(&snapshot),
        ["a opened e4"],
        "it is back after a quiet hour"
    );
}
