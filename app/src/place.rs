//! The desk's pages: where each is, and in which order the navigation names them.

use serde::{Deserialize, Serialize};

use crate::locales::Messages;

/// Also tells the browser which page it was sent, and so which one to wake up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    SystemStatus,
    Tokens,
    Audit,
}

impl Place {
    /// Those that the navigation leads to.
    pub const NAVIGATION: [Self; 3] = [Self::SystemStatus, Self::Tokens, Self::Audit];

    /// The page without any of its states.
    pub fn path(self) -> &'static str {
        match self {
            Self::SystemStatus => "/admin/system-status/",
            Self::Tokens => "/admin/tokens/",
            Self::Audit => "/admin/audit/",
        }
    }

    pub(crate) fn title(self, t: &Messages) -> &'static str {
        match self {
            Self::SystemStatus => t.system_status,
            Self::Tokens => t.tokens,
            Self::Audit => t.audit,
        }
    }
}
