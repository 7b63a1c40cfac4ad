//! Every word that the desk says, in every language it speaks.
//!
//! A language is a value of [`Messages`]: one that lacks a message, or takes other arguments than
//! the rest, does not compile, and nothing is looked up or parsed at run time.

#[cfg(feature = "ssr")]
mod alerts;
mod database;
#[cfg(feature = "ssr")]
mod database_findings;
#[cfg(feature = "ssr")]
mod diagnosis;
mod en;
#[cfg(feature = "ssr")]
mod error_group;
#[cfg(feature = "ssr")]
mod error_groups;
#[cfg(feature = "ssr")]
mod findings;
mod host;
#[cfg(feature = "ssr")]
mod incident;
#[cfg(feature = "ssr")]
mod incidents;
#[cfg(feature = "ssr")]
mod instances;
mod logs;
#[cfg(feature = "ssr")]
mod notifications;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
mod timeline;
#[cfg(feature = "ssr")]
mod timeline_entries;
mod zh_cn;

use crate::dto::{Code, Period, TaskState};
use crate::view::viewer::Language;

#[cfg(feature = "ssr")]
pub use diagnosis::{finding_in_english, finding_words};
#[cfg(feature = "ssr")]
pub use en::words::ago_in_english;
pub use logs::FollowTexts;
#[cfg(feature = "ssr")]
pub use logs::LogPageTexts;
pub use logs::LogTexts;
#[cfg(feature = "ssr")]
pub use timeline_entries::{migrations, timeline_words};

impl Language {
    pub(crate) fn messages(self) -> &'static Messages {
        match self {
            Self::ChineseSimplified => &zh_cn::MESSAGES,
            Self::English => &en::MESSAGES,
        }
    }
}

#[cfg_attr(not(feature = "ssr"), allow(dead_code, reason = "drawings speak, too"))]
pub struct Messages {
    // The frame around every page
    pub skip_to_content: &'static str,
    pub pages: &'static str,
    /// Beside the name of a page that is disabled: the variable that would enable it.
    #[cfg(feature = "ssr")]
    pub set_to_enable: fn(&str) -> String,
    /// The same as a whole sentence, in the page's place.
    #[cfg(feature = "ssr")]
    pub page_requires: fn(&str) -> String,
    pub refresh: &'static str,
    pub paused: &'static str,
    pub every_seconds: fn(u32) -> String,
    pub apply: &'static str,
    pub sign_out: &'static str,
    pub updated: &'static str,
    #[cfg(feature = "ssr")]
    pub times_in_utc: &'static str,
    #[cfg(feature = "ssr")]
    pub times_in_your_zone: fn(&str) -> String,

    // When the server does not answer
    pub stale: &'static str,
    pub stale_since: &'static str,
    /// For so long; and whether the page asks again by itself.
    pub silent_for: fn(&str, bool) -> String,
    pub try_now: &'static str,
    pub signed_out: &'static str,
    pub sign_in_again: &'static str,
    pub forbidden: &'static str,

    #[cfg(feature = "ssr")]
    pub diagnosis: diagnosis::DiagnosisTexts,
    pub last_error: &'static str,
    pub no_recent_errors: &'static str,

    // States
    pub ok: &'static str,
    pub warning: &'static str,
    pub error: &'static str,
    pub code: fn(Code) -> &'static str,
    pub unavailable: fn(&str) -> String,
    /// Followed by a time.
    pub last_answer: &'static str,
    #[cfg(feature = "ssr")]
    pub kept_in_registry: &'static str,

    // The system-status page
    pub service: &'static str,
    pub uptime: &'static str,
    pub version: &'static str,
    pub commit: &'static str,
    pub instance: &'static str,
    pub started: &'static str,
    pub database: &'static str,
    pub status: &'static str,
    pub latency: &'static str,
    pub pool: &'static str,
    pub pool_use: fn(u32, u32, u32) -> String,
    pub readiness: &'static str,
    pub check: &'static str,
    /// What a check is called; one of the service's surroundings has the name that it was given.
    pub check_name: fn(&str) -> &str,
    pub unapplied_migrations: fn(u32) -> String,
    pub no_checks: &'static str,
    pub registry: &'static str,
    pub agent_cards: &'static str,
    pub namespaces: &'static str,
    pub schemas: &'static str,
    pub active: &'static str,
    pub logs: &'static str,
    pub dropped_lines: &'static str,
    pub held_back_lines: &'static str,
    pub dropped_minutes: &'static str,
    pub tasks: &'static str,
    pub all_tasks_run: fn(usize) -> String,
    pub task_state: fn(TaskState) -> &'static str,
    pub file: &'static str,
    pub size: &'static str,
    pub older_files: &'static str,
    pub dropped: &'static str,
    pub no_log_files: &'static str,
    pub recent_errors: &'static str,
    pub no_errors: &'static str,
    /// While something fails that is not on record.
    pub no_error_lines: &'static str,
    pub link_to_this: &'static str,
    pub no_message: &'static str,

    pub database_page: &'static database::DatabasePage,
    pub host: &'static host::HostTexts,
    // The log pages
    pub log: LogTexts,
    #[cfg(feature = "ssr")]
    pub error_groups: error_groups::ErrorGroupTexts,
    #[cfg(feature = "ssr")]
    pub error_group: &'static error_group::ErrorGroupPageTexts,
    #[cfg(feature = "ssr")]
    pub instance_texts: instances::InstanceTexts,
    #[cfg(feature = "ssr")]
    pub incidents: &'static incidents::IncidentTexts,
    #[cfg(feature = "ssr")]
    pub incident_page: &'static incident::IncidentPageTexts,
    #[cfg(feature = "ssr")]
    pub alerts: &'static alerts::AlertTexts,
    #[cfg(feature = "ssr")]
    pub notifications: &'static notifications::NotificationTexts,
    #[cfg(feature = "ssr")]
    pub timeline_page: &'static timeline::TimelineTexts,
    pub follow: FollowTexts,
    #[cfg(feature = "ssr")]
    pub log_page: LogPageTexts,
    // Traffic
    pub last_24_hours: &'static str,
    pub requests: &'static str,
    pub server_errors: &'static str,
    pub client_errors: &'static str,
    pub average: &'static str,
    pub in_flight: &'static str,
    pub right_now: &'static str,
    pub previous_day: fn(&str) -> String,
    pub too_few_requests: &'static str,
    /// In so many minutes of the period, with the period's name.
    #[cfg(feature = "ssr")]
    pub collected: fn(u32, &str) -> String,
    pub store_unreachable: fn(&str) -> String,
    pub over_time: &'static str,
    pub period: fn(Period) -> &'static str,
    #[cfg(feature = "ssr")]
    pub another_range: &'static str,
    pub period_of_charts: &'static str,
    pub requests_and_errors: fn(u64, u64) -> String,
    pub requests_by_status: &'static str,
    pub response_times: &'static str,
    pub status_good: &'static str,
    pub status_4xx: &'static str,
    pub status_5xx: &'static str,
    pub not_covered: &'static str,
    pub table: &'static str,
    pub time: &'static str,
    pub chart_keys: &'static str,

    // Routes
    pub routes: &'static str,
    pub route: &'static str,
    pub all_routes: &'static str,
    pub no_requests: &'static str,
    pub trend: &'static str,
    pub share_of_time: &'static str,
    pub in_database: &'static str,
    #[cfg(feature = "ssr")]
    pub totals: fn(&str) -> String,
    pub slowest_requests: &'static str,
    pub none_slow: &'static str,
    pub failed_requests: &'static str,
    pub none_failed: &'static str,
    pub request: &'static str,
    pub took: &'static str,

    // Lengths of time
    pub duration: fn(u64) -> String,
    pub ago: fn(u64) -> String,

    // Pages that only the server renders
    #[cfg(feature = "ssr")]
    pub sign_in_page: SignInPage,
    #[cfg(feature = "ssr")]
    pub error_page: ErrorPage,
    #[cfg(feature = "ssr")]
    pub api_page: ApiPage,
    #[cfg(feature = "ssr")]
    pub tokens_page: TokensPage,
    #[cfg(feature = "ssr")]
    pub audit_page: AuditPage,
}

#[cfg(feature = "ssr")]
pub struct TokensPage {
    pub name: &'static str,
    pub scope: &'static str,
    pub read: &'static str,
    pub write: &'static str,
    pub ops: &'static str,
    pub create: &'static str,
    pub copy_now: &'static str,
    /// What a name may be.
    pub name_hint: &'static str,
    pub bad_name: &'static str,
    pub taken: &'static str,
    pub none: &'static str,
    pub made: &'static str,
    pub last_used: &'static str,
    pub never: &'static str,
    pub state: &'static str,
    pub revoke: &'static str,
    /// What it does to the token of this name.
    pub revoke_what: fn(&str) -> String,
    pub revoke_now: &'static str,
    pub revoked: &'static str,
}

#[cfg(feature = "ssr")]
pub struct AuditPage {
    pub when: &'static str,
    pub who: &'static str,
    pub what: &'static str,
    /// Of an action and a kind of object, as the audit keeps them; others are shown as they are.
    pub words: &'static [(&'static str, &'static str)],
    pub from_where: &'static str,
    pub older: &'static str,
    pub newest: &'static str,
    pub none: &'static str,
}

#[cfg(feature = "ssr")]
pub struct ApiPage {
    pub title: &'static str,
    pub document: &'static str,
    pub to_the_desk: &'static str,
    pub needs_sign_in: &'static str,
    pub parameters: &'static str,
    pub body: &'static str,
    pub answers: &'static str,
    pub required: &'static str,
}

#[cfg(feature = "ssr")]
pub struct SignInPage {
    pub desk: &'static str,
    pub sign_in: &'static str,
    pub username: &'static str,
    pub password: &'static str,
    pub wrong_credentials: &'static str,
    pub throttled: fn(u64) -> String,
    pub unavailable: &'static str,
    /// Followed by the two values that differ.
    pub cross_origin: &'static str,
    pub busy: &'static str,
    /// The page came over plain HTTP, where a session can't be kept.
    pub insecure: &'static str,
    pub wrong_code: &'static str,
    pub code_not_needed: &'static str,
    pub code_title: &'static str,
    /// Followed by the command.
    pub code_hint: &'static str,
    pub code: &'static str,
    pub open_for_reading: &'static str,
}

/// Titles, and below each the hint of what to do.
#[cfg(feature = "ssr")]
pub struct ErrorPage {
    pub bad_request: [&'static str; 2],
    pub forbidden: [&'static str; 2],
    pub not_found: [&'static str; 2],
    pub method_not_allowed: [&'static str; 2],
    pub too_many_requests: [&'static str; 2],
    pub internal: [&'static str; 2],
    pub unavailable: [&'static str; 2],
    pub error_id: &'static str,
    pub request_id: &'static str,
    pub to_the_desk: &'static str,
}
