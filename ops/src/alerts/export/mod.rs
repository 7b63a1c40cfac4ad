//! The rules in other systems' words: text for a file, made of the rules as they are in force.
//!
//! What a system can't say is named in a comment with the reason; nothing is left out silently.

mod alertmanager;
pub mod grafana;
mod prometheus;
mod yaml;

pub use alertmanager::{MailServer, MailTls, Receiver, Telling, alertmanager};
pub use prometheus::{prometheus, prometheus_tests};

use super::rule::Rule;

/// What is exported.
pub struct Source<'s> {
    /// Those that are switched off are named, and no more.
    pub rules: &'s [Rule],
    /// Where a rule's runbook can be read from outside; `None` where nobody knows the desk's address.
    pub runbook_url: &'s dyn Fn(&Rule) -> Option<String>,
}
