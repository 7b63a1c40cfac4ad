//! [`Snapshot`]: all that an evaluation reads, at one moment.
//!
//! Whoever evaluates fills it with the signals that [`signals_of`] names: from the running process,
//! from stored history for a moment of the past, or by hand in a test. The outcome is the same.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::expression::{Dimension, Signal};
use super::rule::{EventKind, Rule, Trigger};
use super::subject::Subject;

#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The name of the instance that evaluates.
    pub instance: String,
    /// Whether it also evaluates what all instances see together, and looks after the alerts of those
    /// that are gone.
    pub leads: bool,
    /// Instances that can't evaluate any more: stopped, or not heard of.
    pub gone: Vec<String>,
    /// Since its process started.
    pub uptime: Duration,
    /// Which disks, dependencies, instances and channels there are now.
    pub parts: BTreeMap<Dimension, Vec<String>>,
    pub readings: BTreeMap<(Signal, Option<String>), Reading>,
    /// What has happened lately, the oldest first. What was there before may be here again.
    pub events: Vec<Event>,
}

/// Nothing is known; the process is the only one.
impl Default for Snapshot {
    fn default() -> Self {
        Self {
            instance: String::new(),
            leads: true,
            gone: Vec::new(),
            uptime: Duration::ZERO,
            parts: BTreeMap::new(),
            readings: BTreeMap::new(),
            events: Vec::new(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading {
    Known(Sample),
    Missing(Reason),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// In the measure of the signal's unit: a share as 0–1, a time in milliseconds, a size in bytes,
    /// a flag as 0 or 1.
    pub value: f64,
    /// How many it was made of, for a share and a percentile.
    pub samples: Option<u64>,
    /// How many of these were bad, for a share.
    pub bad: Option<u64>,
    /// Which share of the window's minutes is known, 0–1; 1 for what has no window.
    pub coverage: f64,
    /// How old the newest of it is.
    pub age: Duration,
}

impl Sample {
    /// A figure of this moment that was not made of others.
    pub fn fresh(value: f64) -> Self {
        Self {
            value,
            samples: None,
            bad: None,
            coverage: 1.0,
            age: Duration::ZERO,
        }
    }

    /// A share of things that were counted.
    pub fn share(bad: u64, samples: u64) -> Self {
        Self {
            samples: Some(samples),
            bad: Some(bad),
            ..Self::fresh(bad as f64 / samples.max(1) as f64)
        }
    }
}

/// Why nothing can be said. None of them is good news, and none is bad news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    NoData,
    /// Too few samples, or too few minutes of the window.
    TooFew,
    Stale,
    /// It was measured, and that failed.
    Error,
    /// The process has not run long enough.
    WarmingUp,
}

impl Reason {
    pub fn name(self) -> &'static str {
        match self {
            Self::NoData => "no_data",
            Self::TooFew => "too_few",
            Self::Stale => "stale",
            Self::Error => "error",
            Self::WarmingUp => "warming_up",
        }
    }

    /// Whether the source of the figures is gone, rather than quiet or new.
    pub fn is_loss(self) -> bool {
        matches!(self, Self::NoData | Self::Stale | Self::Error)
    }
}

/// Something that happened once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub kind: EventKind,
    /// What it happened to, such as an error group's fingerprint.
    pub part: String,
    /// In milliseconds since the Unix epoch.
    pub at_ms: i64,
}

impl Snapshot {
    pub fn set(&mut self, signal: Signal, part: Option<String>, reading: Reading) {
        self.readings.insert((signal, part), reading);
    }

    /// Whether the alert of this subject is evaluated here.
    pub fn evaluates(&self, subject: &Subject) -> bool {
        match &subject.instance {
            None => self.leads,
            Some(instance) => *instance == self.instance || self.looks_after(instance),
        }
    }

    /// Whether it is left to this instance to say that nothing is known of that one.
    fn looks_after(&self, instance: &str) -> bool {
        self.leads && self.gone.iter().any(|gone| gone == instance)
    }

    /// `part` is left aside for a signal that has none.
    pub fn read(&self, signal: &Signal, part: Option<&str>) -> Reading {
        let part = signal.dimension().and(part).map(str::to_owned);
        let reading = self.readings.get(&(signal.clone(), part));
        reading.copied().unwrap_or(Reading::Missing(Reason::NoData))
    }

    pub fn parts(&self, dimension: Dimension) -> &[String] {
        self.parts.get(&dimension).map_or(&[], Vec::as_slice)
    }
}

/// Which signals rules read, each once.
pub fn signals_of<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> BTreeSet<Signal> {
    let mut found = BTreeSet::new();
    for rule in rules {
        let conditions = match &rule.trigger {
            Trigger::Check(check) => {
                let levels = check.levels.iter().map(|level| &level.bad);
                let others = [&check.recover, &check.only_if].into_iter().flatten();
                levels.chain(others).chain([&check.bad]).collect()
            }
            Trigger::Burn(burn) => {
                let rates = burn.rates.iter();
                rates.flat_map(|rate| [&rate.long, &rate.short]).collect()
            }
            Trigger::Events(_) => Vec::new(),
        };
        let signals = conditions.into_iter().flat_map(|it| it.signals());
        found.extend(signals.cloned());
    }
    found
}
