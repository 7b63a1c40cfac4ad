//! A desk with five rules, two channels and a clock of its own, for tests that tell what happens.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::file::{Known, load};
use super::super::fixtures::{Set, missing, value};
use super::super::lifecycle::{Tick, Transition, is_due};
use super::super::rule::{EventKind, Rule};
use super::super::settings::Notify;
use super::super::snapshot::{Event, Reason, Snapshot};
use super::super::stored;
use super::super::suppress::{Matchers, Quiet, Silence, Until};
use super::super::{Setup, State, Turn, close_incident, turn};
use super::{Intent, IntentKind, Recipient};
use crate::alerts::severity::Severity;

const RULES: &str = "
version = 1
[[rule]]
name = \"cause\"
expr = \"check_failed('database')\"
every = \"10s\"
for_count = 2
severity = \"critical\"
channels = [\"all\", \"pager\"]
[[rule]]
name = \"follower\"
expr = \"check_failed('ready')\"
every = \"20s\"
depends_on = [\"cause\"]
channels = [\"all\", \"pager\"]
[[rule]]
name = \"other\"
expr = \"requests(1m) > 1\"
every = \"10s\"
levels = [{ expr = \"requests(1m) > 9\", severity = \"critical\" }]
channels = [\"all\", \"pager\"]
[[rule]]
name = \"grave\"
expr = \"check_failed('startup')\"
every = \"10s\"
severity = \"critical\"
depends_on = [\"other\"]
channels = [\"all\", \"pager\"]
[[rule]]
name = \"event\"
on = [\"error_group.new\"]
quiet_for = \"10m\"
severity = \"info\"
channels = [\"all\", \"pager\"]
";

/// Of those that see good and bad.
pub(super) const RULE_NAMES: [&str; 4] = ["cause", "follower", "other", "grave"];

/// From one turn to the next.
pub(super) const TURN: u64 = 5;

pub(super) struct Desk {
    pub rules: Vec<Rule>,
    pub notify: Notify,
    recipients: Vec<Recipient>,
    pub state: State,
    pub tick: Tick,
    snapshot: Snapshot,
    evaluated: BTreeMap<String, Duration>,
    ids: u32,
}

impl Desk {
    /// All is well, and has been for an hour.
    pub(super) fn new() -> Self {
        let channels = ["all".to_owned(), "pager".to_owned()];
        let known = Known {
            channels: &channels,
            ..Known::default()
        };
        let mut file = load(Some(RULES), known).unwrap();
        file.rules
            .retain(|rule| rule.name == "event" || RULE_NAMES.contains(&rule.name.as_str()));
        let mut desk = Self {
            rules: file.rules,
            notify: file.notify,
            recipients: [("all", Severity::Info), ("pager", Severity::Critical)]
                .map(|(channel, min_severity)| Recipient {
                    channel: channel.into(),
                    min_severity,
                })
                .to_vec(),
            state: State::default(),
            tick: Tick {
                at_ms: 1_000_000_000_000,
                uptime_ms: 3_600_000,
                run: 1,
                has_jumped: false,
            },
            snapshot: Snapshot::default(),
            evaluated: BTreeMap::new(),
            ids: 0,
        };
        for rule in RULE_NAMES {
            desk.see(rule, 'G');
        }
        assert_eq!(desk.run(60), [""; 0]);
        desk
    }

    /// What a rule sees from now on: `B` bad, `C` critical, `G` good, `U` nothing.
    pub(super) fn see(&mut self, rule: &str, letter: char) {
        let signal = match rule {
            "cause" => "check_failed('database')",
            "follower" => "check_failed('ready')",
            "grave" => "check_failed('startup')",
            _ => "requests(1m)",
        };
        let reading = match letter {
            'B' => value(5.0),
            'C' => value(10.0),
            'G' => value(0.0),
            _ => missing(Reason::NoData),
        };
        self.snapshot = std::mem::take(&mut self.snapshot).with(signal, reading);
    }

    /// An error that was never seen before.
    pub(super) fn happens(&mut self, part: &str) {
        self.snapshot.events.push(Event {
            kind: EventKind::ErrorGroupNew,
            part: part.to_owned(),
            at_ms: self.tick.at_ms + 1,
        });
    }

    pub(super) fn turn(&mut self) -> Turn {
        self.tick.at_ms += i64::try_from(TURN).unwrap() * 1000;
        self.tick.uptime_ms += TURN * 1000;
        let now = Duration::from_millis(self.tick.uptime_ms);
        let due: Vec<String> = self
            .rules
            .iter()
            .filter(|it| {
                is_due(
                    &it.name,
                    it.every,
                    self.evaluated.get(&it.name).copied(),
                    now,
                )
            })
            .map(|rule| rule.name.clone())
            .collect();
        for name in &due {
            self.evaluated.insert(name.clone(), now);
        }
        let setup = Setup {
            rules: &self.rules,
            notify: &self.notify,
            maintenance: &[],
            recipients: &self.recipients,
        };
        let ids = &mut self.ids;
        let mut next_id = || {
            *ids += 1;
            format!("id{ids:06}")
        };
        let is_due = |rule: &Rule| due.contains(&rule.name);
        let (state, snapshot) = (&mut self.state, &self.snapshot);
        turn(state, setup, is_due, snapshot, &self.tick, &mut next_id)
    }

    /// What is told in so many seconds.
    pub(super) fn run(&mut self, seconds: u64) -> Vec<String> {
        let turns = (0..seconds / TURN).flat_map(|_| self.turn().intents);
        turns.map(|intent| shown(&intent)).collect()
    }

    /// All that is kept goes to a store and comes back.
    pub(super) fn store(&mut self) {
        let (state, unread) = stored::state(&stored::documents(&self.state));
        assert_eq!(unread, [""; 0]);
        self.state = state;
    }

    /// The process is gone for so long, and starts again.
    pub(super) fn restart(&mut self, seconds: u64) {
        self.store();
        self.tick.at_ms += i64::try_from(seconds).unwrap() * 1000;
        self.tick.uptime_ms = 0;
        self.tick.run += 1;
        self.evaluated.clear();
    }

    pub(super) fn silence(&mut self, rule: &str, until: Until) {
        let matchers = Matchers {
            rule: Some(rule.into()),
            ..Matchers::default()
        };
        let id = format!("s{:06}", self.state.silences.len());
        let (by, reason) = ("ada".to_owned(), "known".to_owned());
        let silence = Silence::new(id, matchers, by, reason, self.tick.at_ms, until);
        self.state.silences.push(silence.unwrap());
    }

    /// A person closes the first incident.
    pub(super) fn close(&mut self) -> Vec<Transition> {
        let setup = Setup {
            rules: &self.rules,
            notify: &self.notify,
            maintenance: &[],
            recipients: &self.recipients,
        };
        let id = self.state.incidents.first().map(|it| it.id.clone());
        let id = id.unwrap_or_default();
        close_incident(&mut self.state, setup, &id, &self.tick)
    }

    pub(super) fn in_seconds(&self, seconds: i64) -> i64 {
        self.tick.at_ms + seconds * 1000
    }

    pub(super) fn quiet(&mut self, seconds: i64) {
        self.state.quiet = Some(Quiet {
            by: "ci".into(),
            reason: "deploy".into(),
            from_ms: self.tick.at_ms,
            until_ms: self.in_seconds(seconds),
        });
    }
}

/// `all opened: cause, -other`: an alert that has ended has a `-`, one that is lost a `?`, one that
/// flaps a `~`, a consequence stands in parentheses.
pub(super) fn shown(intent: &Intent) -> String {
    let alerts = intent.alerts.iter().map(|alert| {
        let sign = match alert {
            it if it.is_flapping => "~",
            it if it.ended.is_some() => "-",
            it if it.data_lost.is_some() => "?",
            _ => "",
        };
        let name = format!("{sign}{}", alert.rule);
        if alert.suppressed_by.is_some() && !alert.is_flapping {
            format!("({name})")
        } else {
            name
        }
    });
    let alerts: Vec<String> = alerts.collect();
    let kind = match intent.kind {
        IntentKind::Opened { reopened: true } => "reopened",
        IntentKind::Opened { reopened: false } => "opened",
        IntentKind::Updated => "updated",
        IntentKind::Reminder => "reminder",
        IntentKind::Resolved { ended_by } => ended_by.name(),
    };
    format!("{} {kind}: {}", intent.channel, alerts.join(", "))
}
