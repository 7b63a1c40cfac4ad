//! [`Incident`] and its members, as they are stored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::alerts::evaluate::Measure;
use crate::alerts::lifecycle::{Away, EndKind};
use crate::alerts::severity::Severity;
use crate::alerts::snapshot::Reason;
use crate::alerts::subject::Subject;
use crate::alerts::suppress::Suppression;

/// What follows so soon after an incident's end belongs to it.
pub const REOPENS_WITHIN_MS: i64 = 600_000;

/// All times in milliseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub id: String,
    /// What its alerts have in common.
    pub group: String,
    pub opened_ms: i64,
    /// When the last of its alerts ended.
    pub closed_ms: Option<i64>,
    /// The highest since it was opened, or opened again.
    pub severity: Severity,
    /// In the order in which they came.
    pub members: Vec<Member>,
    /// The place in `members` of what the incident is called by; fixed while anybody is told of it.
    pub headline: usize,
    pub acknowledged: Option<Acknowledged>,
    /// By channel.
    pub told: BTreeMap<String, Told>,
}

/// An alert of an incident. It stays the same one if it fires again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    pub rule: String,
    pub subject: Subject,
    /// The latest one.
    pub episode: String,
    /// Since when it has been bad.
    pub since_ms: i64,
    /// The highest in this episode.
    pub severity: Severity,
    /// At its worst.
    pub peak: Option<f64>,
    pub measure: Option<Measure>,
    pub ended: Option<Ended>,
    /// It may have ended while nobody evaluated.
    #[serde(default)]
    pub away: Option<Away>,
    pub data_lost: Option<Reason>,
    pub is_flapping: bool,
    /// The gate's answer now.
    pub suppressed_by: Option<Suppression>,
    /// People or a calendar want nobody to be told of it, whether or not it is a consequence, too.
    #[serde(default)]
    pub is_muted: bool,
    /// Its answer when the episode began: "during maintenance".
    pub opened_while: Option<Suppression>,
    /// Its answer when it ended: "resolved while silenced".
    pub ended_while: Option<Suppression>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub at_ms: i64,
    pub end: EndKind,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    pub by: String,
    pub reason: String,
    pub at_ms: i64,
}

/// What a channel was told of an incident.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// How many messages it got, which number the next.
    pub count: u32,
    /// It was told of the incident and not of its end.
    pub is_open: bool,
    pub last_ms: i64,
    /// The highest that it was told since it was opened.
    pub severity: Severity,
    /// Reminders are counted from here, if it is later.
    pub remind_from_ms: i64,
    /// Since when its beginning, or its end, has been waiting for others.
    pub news_since_ms: Option<i64>,
    pub members: Vec<Shown>,
}

/// A member as a channel was told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    pub rule: String,
    pub subject: Subject,
    pub episode: String,
    pub severity: Severity,
    pub has_ended: bool,
    pub data_lost: bool,
    pub is_flapping: bool,
}

impl Incident {
    pub fn is_open(&self) -> bool {
        self.closed_ms.is_none()
    }

    /// Nothing can be added to it and nobody is owed a message: it needs no further look.
    pub fn is_settled(&self, at_ms: i64) -> bool {
        let is_over = self
            .closed_ms
            .is_some_and(|closed| at_ms.saturating_sub(closed) >= REOPENS_WITHIN_MS);
        is_over && self.told.values().all(|told| !told.is_open)
    }

    pub fn member(&self, rule: &str, subject: &Subject) -> Option<&Member> {
        let mut members = self.members.iter();
        members.find(|member| member.is(rule, subject))
    }
}

impl Member {
    pub fn is(&self, rule: &str, subject: &Subject) -> bool {
        self.rule == rule && self.subject == *subject
    }

    /// A consequence of another member, which is told instead of it.
    pub fn follows(&self) -> bool {
        matches!(self.suppressed_by, Some(Suppression::Dependency { .. }))
    }

    /// A consequence of this one.
    pub fn is_because_of(&self, cause: &Self) -> bool {
        let by = self.suppressed_by.as_ref();
        let names = matches!(by, Some(Suppression::Dependency { rule }) if *rule == cause.rule);
        names && cause.subject.is_related_to(&self.subject)
    }
}
