//! Whether a condition holds: yes, no, or unknown, after Kleene's strong logic of three values, with
//! one more for what is over a threshold by too few to matter.

use std::time::Duration;

use super::outcome::Measure;
use crate::alerts::expression::{Comparison, Condition, Measured, Signal, Unit};
use crate::alerts::snapshot::{Reading, Reason, Sample, Snapshot};

/// Of a window this share of its minutes must be known.
const COVERAGE: f64 = 0.8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    Holds,
    /// It would hold if more bad ones had been counted.
    Weak,
    Not,
    Unknown(Reason),
}

impl Truth {
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Not, _) | (_, Self::Not) => Self::Not,
            (Self::Unknown(reason), _) | (_, Self::Unknown(reason)) => Self::Unknown(reason),
            (Self::Weak, _) | (_, Self::Weak) => Self::Weak,
            (Self::Holds, Self::Holds) => Self::Holds,
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Holds, _) | (_, Self::Holds) => Self::Holds,
            (Self::Unknown(reason), _) | (_, Self::Unknown(reason)) => Self::Unknown(reason),
            (Self::Weak, _) | (_, Self::Weak) => Self::Weak,
            (Self::Not, Self::Not) => Self::Not,
        }
    }
}

/// How many there must be before a figure means something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needs {
    pub samples: u64,
    pub bad: u64,
}

impl Needs {
    pub(super) const NONE: Self = Self { samples: 1, bad: 1 };
}

/// Reads a snapshot for one subject of one rule.
pub(super) struct Judge<'s> {
    pub snapshot: &'s Snapshot,
    pub part: Option<&'s str>,
    pub every: Duration,
    pub stale_after: Duration,
}

impl Judge<'_> {
    pub(super) fn truth(&self, condition: &Condition, needs: Needs) -> Truth {
        let truth = |part: &Condition| self.truth(part, needs);
        match condition {
            Condition::Any(parts) => parts.iter().map(truth).fold(Truth::Not, Truth::or),
            Condition::All(parts) => parts.iter().map(truth).fold(Truth::Holds, Truth::and),
            Condition::Flag(signal) => match self.sample(signal, needs) {
                Ok(sample) if sample.value > 0.0 => Truth::Holds,
                Ok(_) => Truth::Not,
                Err(reason) => Truth::Unknown(reason),
            },
            Condition::Compare(comparison) => match self.measured(&comparison.measured, needs) {
                Ok(sample) => self.compared(comparison, sample, needs),
                Err(reason) => Truth::Unknown(reason),
            },
        }
    }

    fn compared(&self, comparison: &Comparison, sample: Sample, needs: Needs) -> Truth {
        let threshold = comparison.threshold.value(self.every);
        if !comparison.operator.holds(sample.value, threshold) {
            return Truth::Not;
        }
        let is_few = sample.bad.is_some_and(|bad| bad < needs.bad);
        if is_few && comparison.operator.is_upwards() {
            Truth::Weak
        } else {
            Truth::Holds
        }
    }

    fn measured(&self, measured: &Measured, needs: Needs) -> Result<Sample, Reason> {
        match measured {
            Measured::Signal(signal) => self.sample(signal, needs),
            Measured::Ratio(part, whole) => {
                let (part, whole) = (self.sample(part, needs)?, self.sample(whole, needs)?);
                if whole.value > 0.0 {
                    Ok(Sample::fresh(part.value / whole.value))
                } else {
                    Err(Reason::NoData)
                }
            }
        }
    }

    /// A figure that is good enough to be judged.
    fn sample(&self, signal: &Signal, needs: Needs) -> Result<Sample, Reason> {
        let sample = match self.snapshot.read(signal, self.part) {
            Reading::Known(sample) => sample,
            Reading::Missing(reason) => return Err(reason),
        };
        if sample.age > self.stale_after {
            return Err(Reason::Stale);
        }
        if sample.coverage < COVERAGE {
            let window = u64::from(signal.window.unwrap_or(0)) * 60;
            let is_new = self.snapshot.uptime < Duration::from_secs(window);
            return Err(if is_new {
                Reason::WarmingUp
            } else {
                Reason::TooFew
            });
        }
        let is_counted = signal.kind.counts_bad() || signal.kind.is_percentile();
        if is_counted && sample.samples.unwrap_or(0) < needs.samples {
            return Err(Reason::TooFew);
        }
        if sample.value.is_finite() {
            Ok(sample)
        } else {
            Err(Reason::Error)
        }
    }

    /// Of several comparisons the first that holds, or else the first.
    pub(super) fn measure(&self, condition: &Condition, needs: Needs) -> Option<Measure> {
        match condition {
            Condition::Any(parts) => {
                let holding = parts
                    .iter()
                    .find(|part| self.truth(part, needs) == Truth::Holds);
                self.measure(holding.or(parts.first())?, needs)
            }
            Condition::All(parts) => self.measure(parts.first()?, needs),
            Condition::Flag(signal) => {
                let sample = self.known(signal)?;
                Some(Measure {
                    value: sample.value,
                    threshold: None,
                    unit: Unit::Flag,
                    samples: None,
                    more_is_worse: true,
                })
            }
            Condition::Compare(comparison) => {
                let sample = match &comparison.measured {
                    Measured::Signal(signal) => self.known(signal)?,
                    ratio @ Measured::Ratio(..) => self.measured(ratio, needs).ok()?,
                };
                Some(Measure {
                    value: sample.value,
                    threshold: Some(comparison.threshold.value(self.every)),
                    unit: comparison.measured.unit(),
                    samples: sample.samples,
                    more_is_worse: comparison.operator.is_upwards(),
                })
            }
        }
    }

    /// Also what is too little to be judged: a page shows it with the reason.
    fn known(&self, signal: &Signal) -> Option<Sample> {
        match self.snapshot.read(signal, self.part) {
            Reading::Known(sample) if sample.value.is_finite() => Some(sample),
            Reading::Known(_) | Reading::Missing(_) => None,
        }
    }
}
