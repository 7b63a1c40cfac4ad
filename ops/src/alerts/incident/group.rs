//! Which alerts share an incident.

use crate::alerts::lifecycle::{Episode, Transition};
use crate::alerts::settings::GroupBy;

/// Equal for alerts of one group.
pub(super) fn key(group_by: &[GroupBy], transition: &Transition, episode: &Episode) -> String {
    let subject = &transition.subject;
    let parts = group_by.iter().map(|by| match by {
        GroupBy::Service => "service".to_owned(),
        GroupBy::Rule => format!("rule={}", transition.rule),
        GroupBy::Subject => format!("subject={subject}"),
        GroupBy::Severity => format!("severity={}", episode.severity.name()),
        GroupBy::Instance => {
            format!(
                "instance={}",
                subject.instance.as_deref().unwrap_or_default()
            )
        }
    });
    parts.collect::<Vec<String>>().join("\n")
}
