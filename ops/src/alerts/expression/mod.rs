//! Expressions: what a rule compares with what.
//!
//! The grammar is closed, so that a rule can be checked before it runs, tried against the past, and
//! translated for other systems:
//!
//! ```text
//! condition  = conjunction { "or" conjunction }
//! conjunction = term { "and" term }
//! term       = "(" condition ")" | flag | measured ( ">" | ">=" | "<" | "<=" ) threshold
//! measured   = signal [ "/" signal ]
//! threshold  = number [ unit ] | [ number "*" ] "every"
//! signal     = name [ "(" argument { "," argument } ")" ]
//! unit       = "%" | "ms" | "s" | "m" | "h" | "d" | "B" | "KiB" | "MiB" | "GiB"
//! ```
//!
//! [`parse`] makes a [`Condition`] of a text and refuses what compares unlike units. A condition's
//! `Display` is canonical: it parses to the same condition.

mod condition;
mod display;
mod error;
mod parse;
#[cfg(test)]
mod properties;
mod signal;
#[cfg(test)]
mod tests;
mod token;
mod unit;

pub use condition::{Comparison, Condition, Measured, Operator, Threshold};
pub use error::ExpressionError;
pub use parse::{MAX_LENGTH, parse};
pub use signal::{Argument, Counter, Dimension, Signal, SignalKind};
pub use unit::{Literal, Suffix, Unit};
