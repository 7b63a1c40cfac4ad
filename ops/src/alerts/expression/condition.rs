//! [`Condition`]: an expression whose units fit.

use std::time::Duration;

use super::signal::{Dimension, Signal};
use super::unit::{Literal, Unit};

#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// At least two, none of them an `Any`.
    Any(Vec<Condition>),
    /// At least two, none of them an `All`.
    All(Vec<Condition>),
    Compare(Comparison),
    /// A signal that is true or false.
    Flag(Signal),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub measured: Measured,
    pub operator: Operator,
    pub threshold: Threshold,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Measured {
    Signal(Signal),
    /// The first as a share of the second.
    Ratio(Signal, Signal),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Above,
    AtLeast,
    Below,
    AtMost,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    Literal(Literal),
    /// So many times the interval of the rule.
    Every(f64),
}

impl Condition {
    /// Nested ones are joined, so that there is one form for what means the same.
    pub(super) fn any(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::Any(parts) => parts,
            other => vec![other],
        });
        only(flat.collect(), Self::Any)
    }

    pub(super) fn all(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::All(parts) => parts,
            other => vec![other],
        });
        only(flat.collect(), Self::All)
    }

    /// All signals in the order in which they are written.
    pub fn signals(&self) -> Vec<&Signal> {
        match self {
            Self::Any(parts) | Self::All(parts) => parts.iter().flat_map(Self::signals).collect(),
            Self::Compare(comparison) => match &comparison.measured {
                Measured::Signal(signal) => vec![signal],
                Measured::Ratio(part, whole) => vec![part, whole],
            },
            Self::Flag(signal) => vec![signal],
        }
    }

    /// What there is an alert for each of.
    pub fn dimension(&self) -> Option<Dimension> {
        self.signals().into_iter().find_map(Signal::dimension)
    }
}

fn only(mut parts: Vec<Condition>, join: impl Fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(one) if parts.is_empty() => one,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}

impl Measured {
    pub fn unit(&self) -> Unit {
        match self {
            Self::Signal(signal) => signal.kind.unit(),
            Self::Ratio(..) => Unit::Share,
        }
    }
}

impl Operator {
    pub(super) const ALL: [Self; 4] = [Self::Above, Self::AtLeast, Self::Below, Self::AtMost];

    pub fn name(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
        }
    }

    pub fn holds(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::Above => value > threshold,
            Self::AtLeast => value >= threshold,
            Self::Below => value < threshold,
            Self::AtMost => value <= threshold,
        }
    }

    /// Whether higher values are the ones that it looks for.
    pub fn is_upwards(self) -> bool {
        matches!(self, Self::Above | Self::AtLeast)
    }
}

impl Threshold {
    /// In the measure of its unit, for a rule that is evaluated so often.
    pub fn value(self, every: Duration) -> f64 {
        match self {
            Self::Literal(literal) => literal.value(),
            Self::Every(times) => times * every.as_secs_f64() * 1000.0,
        }
    }

    pub(super) fn unit(self) -> Unit {
        match self {
            Self::Literal(literal) => literal.unit(),
            Self::Every(_) => Unit::Time,
        }
    }
}
