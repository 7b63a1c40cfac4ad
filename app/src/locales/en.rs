//! English.

mod logs;
pub(super) mod words;

use self::words::{AGO, UNITS, check_name, code_text};
use super::Messages;
use crate::dto::{Period, TaskState};
#[cfg(feature = "ssr")]
use crate::view::numbers::length;
use crate::view::numbers::{ago, duration, grouped};

pub const MESSAGES: Messages = Messages {
    skip_to_content: "Skip to content",
    pages: "Pages",
    #[cfg(feature = "ssr")]
    set_to_enable: |variable| format!("set {variable} to enable"),
    #[cfg(feature = "ssr")]
    page_requires: |variable| {
        format!(
            "This page is not available here. Set {variable} and restart the service to enable it."
        )
    },
    refresh: "Refresh",
    paused: "paused",
    every_seconds: |seconds| format!("every {seconds} s"),
    apply: "Apply",
    sign_out: "Sign out",
    updated: "Updated",
    #[cfg(feature = "ssr")]
    times_in_utc: "Times are in UTC.",
    #[cfg(feature = "ssr")]
    times_in_your_zone: |zone| format!("Times are in {zone}; hover or tap a time for UTC."),

    stale: "The server is not answering.",
    stale_since: "Everything below is from",
    silent_for: |duration, is_retrying| {
        let then = if is_retrying { ", retrying" } else { "" };
        format!("for {duration}{then}")
    },
    try_now: "Try now",
    signed_out: "You have been signed out. The numbers below no longer change.",
    sign_in_again: "Sign in again",
    forbidden: "Your account may no longer see this page. The numbers below no longer change.",

    #[cfg(feature = "ssr")]
    diagnosis: super::diagnosis::EN,
    last_error: "Last error",
    no_recent_errors: "No errors on record",

    ok: "OK",
    warning: "Warning",
    error: "Error",
    code: code_text,
    unavailable: |code| format!("Not available: {code}"),
    last_answer: "Last known answer, of",
    #[cfg(feature = "ssr")]
    kept_in_registry: "This is kept in the registry database, which does not answer. What is known of it:",

    database_page: &super::database::EN,
    host: &super::host::EN,

    service: "Service",
    uptime: "Uptime",
    version: "Version",
    commit: "Commit",
    instance: "Instance",
    started: "Started",
    database: "Database",
    status: "Status",
    latency: "Latency",
    pool: "Connections",
    pool_use: |active, idle, max| format!("{active} in use, {idle} idle, {max} at most"),
    readiness: "Readiness",
    check: "Check",
    check_name,
    unapplied_migrations: |count| format!("{count} unapplied"),
    no_checks: "No checks are registered.",
    registry: "Registry",
    agent_cards: "Agent cards",
    namespaces: "Namespaces",
    schemas: "Schemas",
    active: "active",
    logs: "Logs",
    dropped_lines: "Lines lost",
    held_back_lines: "Held back",
    dropped_minutes: "Minutes lost (traffic, host)",
    tasks: "Background tasks",
    all_tasks_run: |count| format!("all {count} run"),
    task_state: |state| match state {
        TaskState::Running => "runs",
        TaskState::Broken => "broke, starts again",
        TaskState::Stuck => "hangs",
    },
    file: "File",
    size: "Size",
    older_files: "Older",
    dropped: "Lost",
    no_log_files: "No log files.",
    recent_errors: "Recent errors",
    no_errors: "No errors on record. All quiet.",
    no_error_lines: "No line in error.log.",
    link_to_this: "Link to this error",
    no_message: "(no message)",

    log: logs::TEXTS,
    #[cfg(feature = "ssr")]
    error_groups: super::error_groups::EN,
    #[cfg(feature = "ssr")]
    error_group: &super::error_group::EN,
    #[cfg(feature = "ssr")]
    instance_texts: super::instances::EN,
    #[cfg(feature = "ssr")]
    incidents: &super::incidents::EN,
    #[cfg(feature = "ssr")]
    incident_page: &super::incident::EN,
    #[cfg(feature = "ssr")]
    alerts: &super::alerts::EN,
    #[cfg(feature = "ssr")]
    notifications: &super::notifications::EN,
    #[cfg(feature = "ssr")]
    timeline_page: &super::timeline::EN,
    follow: logs::FOLLOW_TEXTS,
    #[cfg(feature = "ssr")]
    log_page: logs::PAGE_TEXTS,
    last_24_hours: "Last 24 hours",
    requests: "Requests",
    server_errors: "Errors (5xx)",
    client_errors: "Client errors (4xx)",
    average: "Average",
    in_flight: "In flight",
    right_now: "now, this instance",
    previous_day: |before| format!("previous 24 h: {before}"),
    too_few_requests: "too few requests to say",
    #[cfg(feature = "ssr")]
    collected: |minutes, period| {
        let collected = length(u64::from(minutes) * 60, &UNITS);
        format!("{collected} of {period} collected")
    },
    store_unreachable: |code| {
        format!("The monitoring store can't be reached ({code}): only what this process knows.")
    },
    over_time: "Traffic",
    period: |period| match period {
        Period::Hour => "1 h",
        Period::SixHours => "6 h",
        Period::Day => "24 h",
        Period::Week => "7 d",
        Period::Month => "30 d",
    },
    #[cfg(feature = "ssr")]
    another_range: "Another time",
    period_of_charts: "Period of the charts",
    requests_and_errors: |requests, errors| match errors {
        1 => format!("{} requests, 1 error", grouped(requests)),
        _ => format!("{} requests, {} errors", grouped(requests), grouped(errors)),
    },
    requests_by_status: "Requests by status",
    response_times: "Response times",
    status_good: "1xx–3xx",
    status_4xx: "4xx",
    status_5xx: "5xx",
    not_covered: "no data",
    table: "As a table",
    time: "Time",
    chart_keys: "Arrow keys show the values of each step",

    routes: "Routes",
    route: "Route",
    all_routes: "← All routes",
    no_requests: "No requests in this period.",
    trend: "Trend",
    share_of_time: "Share of time",
    in_database: "In database",
    #[cfg(feature = "ssr")]
    totals: |period| format!("Totals, {period}"),
    slowest_requests: "Slowest requests, last hour (this instance)",
    none_slow: "No requests in the last hour.",
    failed_requests: "Latest failures (this instance)",
    none_failed: "No failures since start.",
    request: "Request",
    took: "Took",

    duration: |seconds| duration(seconds, &UNITS),
    ago: |seconds| match seconds {
        0..5 => "just now".to_owned(),
        _ => ago(seconds, &AGO),
    },

    #[cfg(feature = "ssr")]
    sign_in_page: super::SignInPage {
        desk: "Operations desk",
        sign_in: "Sign in",
        username: "Username",
        password: "Password",
        wrong_credentials: "Username or password is wrong.",
        throttled: |seconds| {
            format!(
                "Too many failed attempts. Try again in {}.",
                duration(seconds, &UNITS)
            )
        },
        unavailable: "Signing in is not possible now: the user database can't be reached. Try again in a moment, or run `agent-source-db access-code` on the host: with its code as the password, access-code may read the desk for an hour.",
        cross_origin: "The form came from another site, your browser hides where it came from, or a proxy changes the Host on the way. Please try again from this page.",
        busy: "Too many people are signing in at this moment. Try again in a few seconds.",
        insecure: "This page came over plain HTTP. Browsers drop the session's cookie then, so signing in leads back here: use https, or let the proxy that ends TLS send X-Forwarded-Proto and name it in TRUSTED_PROXIES.",
        wrong_code: "The access code is wrong, expired, or was used before.",
        code_not_needed: "Access codes work only while the user database is out of reach. Sign in with your name.",
        code_title: "The user database is out of reach",
        code_hint: "An access code opens the desk for reading, for one hour. To get one, run on the service's host, in its directory and with its environment:",
        code: "Access code",
        open_for_reading: "Open read-only",
    },
    #[cfg(feature = "ssr")]
    error_page: super::ErrorPage {
        bad_request: [
            "Bad request",
            "The server could not make sense of this request.",
        ],
        forbidden: [
            "Not allowed",
            "Your account may not do this, or the request came from another site.",
        ],
        not_found: ["Page not found", "No page at this address."],
        method_not_allowed: [
            "Method not allowed",
            "The server could not make sense of this request.",
        ],
        too_many_requests: ["Too many requests", "Wait a moment, then try again."],
        internal: [
            "Something went wrong",
            "The error was logged. With the id below it can be found there.",
        ],
        unavailable: [
            "Not available now",
            "Something this page needs can't be reached. Try again in a moment.",
        ],
        error_id: "Error id",
        request_id: "Request id",
        to_the_desk: "To the operations desk",
    },
    #[cfg(feature = "ssr")]
    api_page: super::ApiPage {
        title: "API",
        document: "OpenAPI document",
        to_the_desk: "To the operations desk",
        needs_sign_in: "needs a session or a token",
        parameters: "Parameters",
        body: "Body",
        answers: "Answers",
        required: "required",
    },
    #[cfg(feature = "ssr")]
    tokens_page: super::TokensPage {
        name: "Name",
        scope: "Scope",
        read: "read – identifies the caller (reading is public)",
        write: "write – changes the registry",
        ops: "ops – reads the desk's data",
        create: "Create",
        copy_now: "Copy the token now: it is shown this once.",
        name_hint: "1 to 64 letters (A–Z, a–z), digits, dots, dashes and underscores.",
        bad_name: "This can't be a token's name: it has to be 1 to 64 letters (A–Z, a–z), digits, dots, dashes and underscores, and no blank.",
        taken: "A live token has this name. Choose another, or revoke that one first.",
        none: "There are no tokens yet.",
        made: "Created",
        last_used: "Last used",
        never: "never used",
        state: "State",
        revoke: "Revoke",
        revoke_what: |name| {
            format!("Programs that use {name} are refused at once. This can't be undone.")
        },
        revoke_now: "Revoke for good",
        revoked: "revoked",
    },
    #[cfg(feature = "ssr")]
    audit_page: super::AuditPage {
        when: "When",
        who: "Who",
        what: "What",
        words: &[
            ("sign_in", "sign in"),
            ("sign_out", "sign out"),
            ("sign_in_failed", "failed sign-in"),
            ("sign_in_throttled", "sign-ins refused for a while"),
            ("change_password", "change password"),
            ("access-code", "access code"),
            ("log-level", "log level"),
        ],
        from_where: "Source",
        older: "Older",
        newest: "Newest",
        none: "Nothing has been changed yet.",
    },
};
