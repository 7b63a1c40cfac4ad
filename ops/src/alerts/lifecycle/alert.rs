//! [`Alert`]: the state of a rule for one subject, as it is stored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::flapping::Flapping;
use super::tick::Evaluated;
use crate::alerts::evaluate::Measure;
use crate::alerts::severity::Severity;
use crate::alerts::snapshot::Reason;
use crate::alerts::subject::Subject;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    pub rule: String,
    pub subject: Subject,
    pub phase: Phase,
    /// Since when it is in this phase, in milliseconds since the Unix epoch.
    pub since_ms: i64,
    /// Why nothing is known now, whatever the phase.
    pub missing: Option<Missing>,
    /// The latest that was measured.
    pub measure: Option<Measure>,
    pub evaluated: Option<Evaluated>,
    /// When it was last pending or firing: for so long what depends on it is a consequence.
    pub troubled_ms: Option<i64>,
    pub flapping: Flapping,
    /// The run of the process that has last seen it good.
    pub(super) good_in_run: Option<i64>,
    /// What the last evaluation said, for the time between two of the same kind.
    pub(super) last: Last,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Ok,
    Pending {
        /// Bad evaluations in a row.
        bad: u32,
        /// Between these.
        bad_ms: u64,
    },
    Firing(Episode),
    /// A person has closed it while it was bad: it stays so until it is good once.
    Closed,
}

/// From firing to the end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Episode {
    pub id: String,
    pub opened_ms: i64,
    /// When it was first seen to be bad, which is before it fired.
    pub bad_since_ms: i64,
    pub severity: Severity,
    /// The highest that it has had.
    pub worst: Severity,
    /// The worst value.
    pub peak: Option<f64>,
    /// Good evaluations in a row, and the time between these.
    pub good: u32,
    pub good_ms: u64,
    /// Nobody evaluated it before the first of these: it may have ended then.
    #[serde(default)]
    pub away: Option<Away>,
    pub data_loss_told: bool,
    /// Of a rule that waits for events: when the last one was.
    pub last_event_ms: Option<i64>,
    pub ended_ms: Option<i64>,
}

impl Episode {
    pub(super) fn no_longer_good(&mut self) {
        (self.good, self.good_ms) = (0, 0);
        self.away = None;
    }
}

/// A time in which nobody evaluated, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    pub from_ms: i64,
    pub to_ms: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    pub reason: Reason,
    pub since_ms: i64,
    /// As far as it was evaluated: a stopped process does not count.
    pub for_ms: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Last {
    Bad,
    Good,
    #[default]
    Other,
}

/// By rule and subject.
pub type Alerts = BTreeMap<(String, Subject), Alert>;

/// As the desk shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Ok,
    Pending,
    Firing,
    Unknown,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Ok, Self::Pending, Self::Firing, Self::Unknown];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Pending => "pending",
            Self::Firing => "firing",
            Self::Unknown => "unknown",
        }
    }
}

impl Alert {
    pub fn new(rule: &str, subject: Subject, at_ms: i64) -> Self {
        Self {
            rule: rule.to_owned(),
            subject,
            phase: Phase::Ok,
            since_ms: at_ms,
            missing: None,
            measure: None,
            evaluated: None,
            troubled_ms: None,
            flapping: Flapping::default(),
            good_in_run: None,
            last: Last::Other,
        }
    }

    /// What fires goes on firing while nothing is known; [`Self::missing`] says so.
    pub fn state(&self) -> State {
        match (&self.phase, self.missing) {
            (Phase::Firing(_), _) => State::Firing,
            (Phase::Pending { .. }, _) => State::Pending,
            (Phase::Ok | Phase::Closed, Some(_)) => State::Unknown,
            (Phase::Ok | Phase::Closed, None) => State::Ok,
        }
    }

    pub fn episode(&self) -> Option<&Episode> {
        match &self.phase {
            Phase::Firing(episode) => Some(episode),
            Phase::Ok | Phase::Pending { .. } | Phase::Closed => None,
        }
    }

    /// Of a rule that waits for events: there is no good after it.
    pub fn waits_for_events(&self) -> bool {
        let episode = self.episode();
        episode.is_some_and(|episode| episode.last_event_ms.is_some())
    }

    /// No episode goes on, and the last evaluation says that none should.
    pub fn is_known_good(&self) -> bool {
        self.phase == Phase::Ok && self.last == Last::Good
    }

    pub fn is_troubled(&self) -> bool {
        matches!(self.phase, Phase::Firing(_) | Phase::Pending { .. })
    }

    pub(super) fn enter(&mut self, phase: Phase, at_ms: i64) {
        self.phase = phase;
        self.since_ms = at_ms;
    }
}
