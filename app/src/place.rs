//! The desk's live pages: where each is, and in which order the navigation names them.

use serde::{Deserialize, Serialize};

use crate::locales::Messages;

/// Also tells the browser which page it was sent, and so which one to wake up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    SystemStatus,
    Logs,
    Request,
}

impl Place {
    /// Those that the navigation leads to.
    pub const NAVIGATION: [Self; 2] = [Self::SystemStatus, Self::Logs];

    /// The page without any of its states; a pattern where it is about one of many things.
    pub fn path(self) -> &'static str {
        match self {
            Self::SystemStatus => "/admin/system-status/",
            Self::Logs => "/admin/logs/",
            Self::Request => "/admin/requests/{id}/",
        }
    }

    /// It asks for new data by itself, or loads itself again where no script runs. The others show
    /// what was asked for, and stay so while it is being read.
    #[cfg(feature = "ssr")]
    pub(crate) fn refreshes(self) -> bool {
        match self {
            Self::SystemStatus => true,
            Self::Logs | Self::Request => false,
        }
    }

    pub(crate) fn title(self, t: &Messages) -> &'static str {
        match self {
            Self::SystemStatus => t.system_status,
            Self::Logs => t.logs,
            Self::Request => t.log.request,
        }
    }
}
