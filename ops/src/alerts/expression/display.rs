//! Conditions and signals as they are written.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::condition::{Comparison, Condition, Measured, Threshold};
use super::signal::{Argument, Signal};
use crate::alerts::duration;

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any(parts) => joined(f, parts, " or "),
            Self::All(parts) => joined(f, parts, " and "),
            Self::Compare(comparison) => comparison.fmt(f),
            Self::Flag(signal) => signal.fmt(f),
        }
    }
}

fn joined(f: &mut Formatter<'_>, parts: &[Condition], word: &str) -> fmt::Result {
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            f.write_str(word)?;
        }
        match part {
            // Only inside an `All`: there is no `Any` inside an `Any`.
            Condition::Any(_) => write!(f, "({part})")?,
            _ => part.fmt(f)?,
        }
    }
    Ok(())
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let operator = self.operator.name();
        write!(f, "{} {operator} {}", self.measured, self.threshold)
    }
}

impl Display for Measured {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signal(signal) => signal.fmt(f),
            Self::Ratio(part, whole) => write!(f, "{part} / {whole}"),
        }
    }
}

impl Display for Threshold {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(literal) => literal.fmt(f),
            Self::Every(1.0) => f.write_str("every"),
            Self::Every(times) => write!(f, "{times} * every"),
        }
    }
}

impl Display for Signal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        let argument = match &self.argument {
            Argument::None => None,
            Argument::Quantile(thousandths) => Some((f64::from(*thousandths) / 1000.0).to_string()),
            Argument::Check(name) => Some(format!("'{name}'")),
            Argument::EachDependency => Some("'dependency/*'".to_owned()),
            Argument::Counter(counter) => Some(counter.name().to_owned()),
        };
        let window = self
            .window
            .map(|minutes| duration::shown(Duration::from_secs(u64::from(minutes) * 60)));
        match (argument, window) {
            (None, None) => Ok(()),
            (Some(one), None) | (None, Some(one)) => write!(f, "({one})"),
            (Some(argument), Some(window)) => write!(f, "({argument}, {window})"),
        }
    }
}
