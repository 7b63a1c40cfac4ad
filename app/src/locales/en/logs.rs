//! The log pages, in English.

use super::super::logs::FollowTexts;
#[cfg(feature = "ssr")]
use super::super::logs::LogPageTexts;
use super::super::logs::LogTexts;
#[cfg(feature = "ssr")]
use super::words::UNITS;
#[cfg(feature = "ssr")]
use crate::dto::LogName;
use crate::view::numbers::grouped;
#[cfg(feature = "ssr")]
use crate::view::numbers::length;

pub const TEXTS: LogTexts = LogTexts {
    find: "Find",
    find_hint: "Error id, request id or text",
    find_placeholder: "Id or text",
    filter_by: "Only lines with this value",
    around: "Show ±1 min",
    open_story: "Everything about this request",
    story: "Timeline",
    not_a_line: "(no text)",
};

pub const FOLLOW_TEXTS: FollowTexts = FollowTexts {
    follow: "Follow",
    pause: "Pause",
    resume: "Resume",
    try_again: "Try again",
    connecting: "Connecting…",
    following: |count| match count {
        0 => "Following: no new line yet".to_owned(),
        1 => "Following: 1 new line".to_owned(),
        _ => format!("Following: {count} new lines"),
    },
    follow_paused: "Paused. Resuming catches up.",
    connection_lost: "Connection lost: new lines are not shown. Trying again…",
    follow_refused: "Connection lost: the server refused. New lines are not shown.",
    followed_at_most: |count| {
        format!("Of the new lines, only the last {count} are kept on this page.")
    },
    lines_skipped: |lines| match lines {
        Some(1) => "1 line was rotated away before it could be read.".to_owned(),
        Some(lines) => {
            let lines = grouped(lines);
            format!("{lines} lines were rotated away before they could be read.")
        }
        None => {
            "Lines were rotated away before they could be read; nobody counted them.".to_owned()
        }
    },
};

#[cfg(feature = "ssr")]
pub const PAGE_TEXTS: LogPageTexts = LogPageTexts {
    filter: "Filter",
    file: "File",
    file_name: |file| match file {
        LogName::App => "app.log – everything",
        LogName::Access => "access.log – requests",
        LogName::Error => "error.log – warnings, errors",
        LogName::Db => "db.log – slow, failed queries",
    },
    level: "Level",
    any_level: "any",
    level_and_above: |level| match level {
        "ERROR" => "ERROR".to_owned(),
        _ => format!("{level} and above"),
    },
    text: "Text",
    search: "Search",
    time_range: "Time range",
    last: |last| match last {
        "15m" => "15 min",
        "1h" => "1 h",
        "6h" => "6 h",
        "24h" => "24 h",
        "7d" => "7 d",
        _ => "All",
    },
    more_filters: "More filters",
    since: "From",
    until: "Until",
    time_hint: |zone| format!("2026-11-24 03:22 in {zone}, or an age: 90m, 3h, 2d"),
    request_id: "Request id",
    route: "Route",
    status: "Status",
    status_hint: "404, or a class: 5xx",
    field: "Field",
    field_hint: "user:ada",
    bad_field: |bad| match bad.field.as_str() {
        "directives" => format!("Not understood, so the level is as it was: {}", bad.message),
        _ => bad.message.clone(),
    },
    active_filters: "Active filters",
    remove_filter: |filter| format!("Remove the filter {filter}"),
    clear_filters: "Clear all",
    condition: |field| match field {
        "level" => "level",
        "since" => "from",
        "until" => "until",
        "text" => "text",
        "request_id" => "request id",
        "route" => "route",
        "status" => "status",
        "limit" => "lines a page",
        _ => "field",
    },
    lines: "Log lines",
    shown: |count, has_others| match (count, has_others) {
        (1, false) => "1 line".to_owned(),
        (1, true) => "1 line on this page".to_owned(),
        (_, false) => format!("{count} lines"),
        (_, true) => format!("{count} lines on this page"),
    },
    searched: |searched, total| format!("searched {searched} of {total}"),
    took: |duration| format!("in {duration}"),
    stopped_early: |searched, total, count| match count {
        1 => format!("Searched {searched} of {total}, 1 match so far."),
        _ => format!("Searched {searched} of {total}, {count} matches so far."),
    },
    go_on: "Go on searching",
    nothing_matches: "No line matches.",
    nothing_matches_hint: |is_part| {
        if is_part {
            "Everything in this file was searched. Remove a filter, widen the time range, or choose app.log, which has it all."
        } else {
            "Everything in this file was searched. Remove a filter or widen the time range."
        }
    },
    not_asked: |others, this| {
        let others = others.join(", ");
        format!("Only the files of {this} were searched. Not searched: {others}.")
    },
    nothing_so_far: |searched, total| {
        format!("Searched {searched} of {total} without a match so far.")
    },
    nothing_older: "No older line matches.",
    nothing_written: "There are no lines in this file.",
    unreadable: "The log files can't be read.",
    unreadable_hint: "Lines may still be written. Look at the log directory and its permissions on the machine itself.",
    not_searched: "Nothing was searched: the filter has a mistake.",
    older: "Older lines",
    newest: "Newest lines",
    oldest_reached: "These are the oldest lines that match.",
    pages_of_lines: "Pages of lines",
    download: "Download",
    histogram: "Lines over time",
    each_bar: |seconds, highest| {
        let length = length(u64::from(seconds), &UNITS);
        format!("A bar is {length}; the highest has {}.", grouped(highest))
    },
    histogram_in_part: "Counted in part: the search stopped early.",
    as_table: "As a table",
    from: "From",
    narrow_to: "Show only these lines",
    found_by_error: |id| format!("Found by error {id}."),
    summary: "Summary",
    duration: "Duration",
    user: "User",
    anonymous: "anonymous",
    address: "Address",
    trace: "Trace",
    error_ids: "Errors",
    started: "First line",
    unfinished: "Not finished",
    unfinished_hint: "There is no access line: the request is still running, or that line is no longer in the files.",
    what_happened: "What happened",
    story_lines: |count| match count {
        1 => "1 line".to_owned(),
        _ => format!("{count} lines"),
    },
    later: |duration| format!("+{duration}"),
    long_gap: |duration| format!("{duration} without a line"),
    nothing_about: |id| format!("Nothing found about {id}."),
    nothing_about_hint: |searched, is_all| match is_all {
        true => {
            format!("All {searched} of logs were searched. The lines may have been rotated away.")
        }
        false => format!("All {searched} of this instance's logs were searched."),
    },
    nothing_about_yet: |searched, total| {
        format!("Only {searched} of {total} were searched before the time was up.")
    },
    search_as_text: "Search the logs for this text",
    story_in_part: |searched, total| {
        format!(
            "Only {searched} of {total} were searched before the time was up: lines may be missing."
        )
    },
    lines_of_request: "These lines in app.log",
    log_level: "Log level:",
    configured: "as configured",
    raised: "changed",
    until_when: "until",
    changed_by: |user, configured| match user {
        Some(user) => format!("by {user}, then {configured} again"),
        None => format!("then {configured} again"),
    },
    directives: "Level",
    directives_hint: "A level such as debug, or directives such as info,server=debug",
    change_for: "Change for",
    minutes: |minutes| format!("{minutes} min"),
    back_to: |directives| format!("Back to {directives} now"),
};
