//! [`Transition`]: a change that somebody may have to hear of.

use serde::{Deserialize, Serialize};

use super::alert::Episode;
use crate::alerts::severity::Severity;
use crate::alerts::snapshot::Reason;
use crate::alerts::subject::Subject;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    pub rule: String,
    pub subject: Subject,
    /// In milliseconds since the Unix epoch.
    pub at_ms: i64,
    pub kind: TransitionKind,
    /// As it is after the change; at its end, as it ended. `None` for what is told between episodes.
    pub episode: Option<Episode>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransitionKind {
    Opened,
    /// More severe than it ever was in this episode.
    LevelUp {
        from: Severity,
    },
    /// It fires, and its figures are gone. Once an episode.
    DataLost {
        reason: Reason,
    },
    Ended {
        end: EndKind,
    },
    FlappingStarted {
        /// Within the time that counts as flapping.
        changes: u32,
    },
    FlappingEnded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndKind {
    Resolved,
    /// The rule is no longer there, is switched off, or looks for something else.
    RuleRemoved,
    /// By a person.
    ClosedBy,
    /// An event after which nothing more has happened for long.
    Expired,
}

impl EndKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::RuleRemoved => "rule_removed",
            Self::ClosedBy => "closed_by",
            Self::Expired => "expired",
        }
    }
}
