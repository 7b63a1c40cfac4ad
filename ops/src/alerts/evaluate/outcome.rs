//! [`Outcome`]: what one evaluation says of one subject.

use serde::{Deserialize, Serialize};

use crate::alerts::expression::Unit;
use crate::alerts::severity::Severity;
use crate::alerts::snapshot::Reason;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    pub verdict: Verdict,
    /// `None` if nothing was measured.
    pub measure: Option<Measure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// With the severity of the highest level that is reached.
    Bad(Severity),
    Good,
    /// Neither bad nor good: what fires goes on firing, what does not does not begin to.
    Hold,
    Unknown(Reason),
}

/// The figure that a person would look at first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// A share as 0–1, a time in milliseconds, a size in bytes, a flag as 0 or 1.
    pub value: f64,
    /// In the same measure; `None` for a flag.
    pub threshold: Option<f64>,
    pub unit: Unit,
    pub samples: Option<u64>,
    /// Whether more of it is worse.
    pub more_is_worse: bool,
}

impl Measure {
    /// The worse of two values of the same figure.
    pub fn worse_of(self, one: f64, other: f64) -> f64 {
        if self.more_is_worse {
            one.max(other)
        } else {
            one.min(other)
        }
    }
}
