//! Rules and snapshots for tests, written as short as they are said.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use super::expression::{self, Condition};
use super::file::{Known, load_rules};
use super::rule::Rule;
use super::snapshot::{Reading, Reason, Sample, Snapshot};

/// The rule `x` of the keys.
pub(super) fn rule(keys: &str) -> Rule {
    let text = format!("[[rule]]\nname = \"x\"\n{keys}");
    let rules = load_rules(&text, Known::default()).unwrap();
    rules.into_iter().next().unwrap()
}

pub(super) trait Set {
    /// `signal` as an expression has it, such as `error_share(5m)`.
    fn with(self, signal: &str, reading: Reading) -> Self;
    fn with_part(self, signal: &str, part: &str, reading: Reading) -> Self;
}

impl Set for Snapshot {
    fn with(mut self, signal: &str, reading: Reading) -> Self {
        self.set(signal_of(signal), None, reading);
        self
    }

    fn with_part(mut self, signal: &str, part: &str, reading: Reading) -> Self {
        let signal = signal_of(signal);
        let parts = self.parts.entry(signal.dimension().unwrap()).or_default();
        if parts.iter().all(|known| known != part) {
            parts.push(part.to_owned());
        }
        self.set(signal, Some(part.to_owned()), reading);
        self
    }
}

fn signal_of(signal: &str) -> expression::Signal {
    let comparisons = [
        signal.to_owned(),
        format!("{signal} > 1"),
        format!("{signal} > 1%"),
        format!("{signal} > 1s"),
        format!("{signal} > 1MiB"),
    ];
    let parsed = comparisons
        .iter()
        .find_map(|text| expression::parse(text, &[]).ok());
    let condition: Condition = parsed.unwrap();
    condition.signals().first().copied().unwrap().clone()
}

pub(super) fn value(value: f64) -> Reading {
    Reading::Known(Sample::fresh(value))
}

pub(super) fn share(bad: u64, samples: u64) -> Reading {
    Reading::Known(Sample::share(bad, samples))
}

pub(super) fn percentile(value: f64, samples: u64) -> Reading {
    Reading::Known(Sample {
        samples: Some(samples),
        ..Sample::fresh(value)
    })
}

pub(super) fn missing(reason: Reason) -> Reading {
    Reading::Missing(reason)
}
