//! Alerts: rules, what they find, and who is told.

pub mod duration;
pub mod expression;
mod severity;
mod spelling;

pub use severity::Severity;
