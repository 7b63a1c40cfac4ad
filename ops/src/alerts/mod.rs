//! Alerts: rules, what they find, and who is told.

pub mod duration;
pub mod expression;
pub mod file;
pub mod rule;
pub mod settings;
mod severity;
mod spelling;
pub mod suppress;

pub use severity::Severity;
