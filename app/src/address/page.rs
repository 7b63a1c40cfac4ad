//! The desk's pages: where each is, and in which order the navigation names them.

use serde::{Deserialize, Serialize};

use crate::locales::Messages;

/// Also tells the browser which page it was sent, and so which one to wake up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Page {
    SystemStatus,
    Routes,
    /// One of them, at an address below.
    Route,
    Logs,
    Request,
    Database,
    Tokens,
    Audit,
}

impl Page {
    /// Those that the navigation leads to.
    pub const NAVIGATION: [Self; 6] = [
        Self::SystemStatus,
        Self::Routes,
        Self::Logs,
        Self::Database,
        Self::Tokens,
        Self::Audit,
    ];

    /// The page without any of its states; a pattern where it is about one of many things.
    pub fn path(self) -> &'static str {
        match self {
            Self::SystemStatus => "/admin/system-status/",
            Self::Routes | Self::Route => "/admin/routes/",
            Self::Logs => "/admin/logs/",
            Self::Request => "/admin/requests/{id}/",
            Self::Database => "/admin/database/",
            Self::Tokens => "/admin/tokens/",
            Self::Audit => "/admin/audit/",
        }
    }

    /// It asks for new data by itself, or loads itself again where no script runs. The others show
    /// what was asked for, and stay so while it is being read.
    #[cfg(feature = "ssr")]
    pub(crate) fn refreshes(self) -> bool {
        match self {
            Self::SystemStatus | Self::Routes | Self::Route | Self::Database => true,
            Self::Logs | Self::Request | Self::Tokens | Self::Audit => false,
        }
    }

    pub(crate) fn title(self, t: &Messages) -> &'static str {
        match self {
            Self::SystemStatus => t.system_status,
            Self::Routes => t.routes,
            Self::Route => t.route,
            Self::Logs => t.logs,
            Self::Request => t.log.request,
            Self::Database => t.database,
            Self::Tokens => t.tokens,
            Self::Audit => t.audit,
        }
    }
}
