//! Alerts: rules, what they find, and who is told.

pub mod duration;
pub mod evaluate;
pub mod expression;
pub mod file;
#[cfg(test)]
mod fixtures;
pub mod lifecycle;
pub mod rule;
pub mod settings;
mod severity;
pub mod snapshot;
mod spelling;
mod subject;
pub mod suppress;

pub use severity::Severity;
pub use subject::Subject;
