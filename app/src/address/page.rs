//! Pages that others lead to: cards, findings, forms. A page that nothing leads to but the menu says
//! its address where it is defined.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    SystemStatus,
    Incidents,
    Alerts,
    Errors,
    Routes,
    Logs,
    Timeline,
    Database,
}

impl Page {
    /// Without any of its states.
    pub const fn path(self) -> &'static str {
        match self {
            Self::SystemStatus => "/admin/system-status/",
            Self::Incidents => "/admin/incidents/",
            Self::Alerts => "/admin/alerts/",
            Self::Errors => "/admin/errors/",
            Self::Routes => "/admin/routes/",
            Self::Logs => "/admin/logs/",
            Self::Timeline => "/admin/timeline/",
            Self::Database => "/admin/database/",
        }
    }
}
