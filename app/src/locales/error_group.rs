//! What the page of one error group says, in each language.

use crate::dto::{ErrorEntryKind, ErrorFacetName};
use crate::view::numbers::grouped;

pub struct ErrorGroupPageTexts {
    pub all: &'static str,
    pub no_such: &'static str,
    pub no_such_hint: &'static str,
    /// So many errors in the period.
    pub errors: fn(u64) -> String,
    pub back_since: &'static str,
    /// Of the process that saw it.
    pub in_version: fn(&str) -> String,
    pub resolved_by: fn(&str) -> String,
    pub muted_by: fn(&str) -> String,
    pub until: &'static str,
    pub no_end: &'static str,
    // Forms
    pub resolve: &'static str,
    pub resolve_what: &'static str,
    pub resolve_why: &'static str,
    pub reopen: &'static str,
    pub known_now: &'static str,
    pub mute: &'static str,
    pub mute_what: &'static str,
    pub mute_now: &'static str,
    pub unmute: &'static str,
    pub reason: &'static str,
    pub how_long: &'static str,
    /// As they are sent, and as they are read.
    pub lengths: [(&'static str, &'static str); 5],
    pub write_note: &'static str,
    pub note: &'static str,
    pub add_note: &'static str,
    /// What is wrong with the field of this name, and what to do.
    pub mistake: fn(&str) -> &'static str,
    // The rest
    pub course: &'static str,
    pub series: &'static str,
    pub facets: &'static str,
    pub facet: fn(ErrorFacetName) -> &'static str,
    pub no_facets: &'static str,
    pub nobody: &'static str,
    pub no_namespace: &'static str,
    pub not_said: &'static str,
    pub unknown_version: &'static str,
    /// So many more values, with so many errors.
    pub more_values: fn(u64, u64) -> String,
    pub of_all: fn(u64) -> String,
    /// Lines that were looked at, errors of the period, whose files.
    pub of_lines: fn(u64, u64, &str) -> String,
    pub since: &'static str,
    pub of_requests: fn(u64) -> String,
    pub no_lines: fn(&str) -> String,
    pub stopped_early: &'static str,
    /// Whose files would have the lines.
    pub elsewhere: fn(&str) -> String,
    pub examples: &'static str,
    pub earlier: &'static str,
    pub later: &'static str,
    pub in_log: &'static str,
    /// Which one of how many.
    pub one_of: fn(usize, usize) -> String,
    pub other_instance: &'static str,
    pub said: &'static str,
    pub nothing_said: &'static str,
    pub entry: fn(ErrorEntryKind) -> &'static str,
}

pub const EN: ErrorGroupPageTexts = ErrorGroupPageTexts {
    all: "← All error groups",
    no_such: "There is no error group with this id.",
    no_such_hint: "Groups are kept for a limited time after they were seen last.",
    errors: |errors| match errors {
        0 => "no errors".to_owned(),
        1 => "1 error".to_owned(),
        errors => format!("{} errors", grouped(errors)),
    },
    back_since: "Back since",
    in_version: |version| format!("in version {version}"),
    resolved_by: |by| format!("Resolved by {by}"),
    muted_by: |by| format!("Muted by {by}"),
    until: "until",
    no_end: "until it is unmuted",
    resolve: "Resolve",
    resolve_what: "The next error of this group opens it again by itself.",
    resolve_why: "What was done (optional)",
    reopen: "Reopen",
    known_now: "Keep it open as known",
    mute: "Mute…",
    mute_what: "It raises no alert and is not among the first page's failures. It is still counted, and can be shown.",
    mute_now: "Mute",
    unmute: "Unmute",
    reason: "Reason",
    how_long: "For",
    lengths: [
        ("", "until it is unmuted"),
        ("1d", "1 day"),
        ("7d", "7 days"),
        ("30d", "30 days"),
        ("90d", "90 days"),
    ],
    write_note: "Note…",
    note: "Note (Markdown)",
    add_note: "Add note",
    mistake: |field| match field {
        "reason" => {
            "A reason is needed: say why, so that the next person knows; 10 000 characters at most."
        }
        "text" => "There is nothing in the note, or more than 10 000 characters.",
        _ => "Choose one of these.",
    },
    course: "Over time",
    series: "Errors",
    facets: "One or everybody?",
    facet: |name| match name {
        ErrorFacetName::Route => "Route",
        ErrorFacetName::Status => "Status",
        ErrorFacetName::User => "User",
        ErrorFacetName::Namespace => "Namespace",
        ErrorFacetName::Address => "Address",
        ErrorFacetName::UserAgent => "User agent",
        ErrorFacetName::Instance => "Instance",
        ErrorFacetName::Version => "Version",
    },
    no_facets: "Nothing is known of whom it hits in this period.",
    nobody: "not signed in",
    no_namespace: "none in the path",
    not_said: "not given",
    unknown_version: "not known",
    more_values: |values, errors| format!("{} more, {} errors", grouped(values), grouped(errors)),
    of_all: |errors| format!("of all {} errors", grouped(errors)),
    of_lines: |lines, of, instance| {
        format!(
            "Users, namespaces, addresses and the like are of the newest {} of {} errors: those that error.log of {instance} has.",
            grouped(lines),
            grouped(of)
        )
    },
    since: "The oldest of them is of",
    of_requests: |requests| {
        format!(
            "Address and user agent are of {} requests in access.log.",
            grouped(requests)
        )
    },
    no_lines: |instance| format!("error.log of {instance} has no line of it in this period."),
    stopped_early: "There are more lines than were looked at.",
    elsewhere: |instance| {
        format!(
            "Users, namespaces, addresses and the like stand in the log files of {instance}: ask its own desk."
        )
    },
    examples: "Example",
    earlier: "← Earlier",
    later: "Later →",
    in_log: "Lines around it in the log",
    one_of: |number, of| format!("{number} of {of} newest"),
    other_instance: "Its line stands in the log of",
    said: "What was said",
    nothing_said: "Nobody has said anything about it yet.",
    entry: |kind| match kind {
        ErrorEntryKind::Note => "Note",
        ErrorEntryKind::Resolved => "Resolved",
        ErrorEntryKind::Reopened => "Reopened",
        ErrorEntryKind::Muted => "Muted",
        ErrorEntryKind::Unmuted => "Unmuted",
        ErrorEntryKind::Back => "Back",
    },
};

pub const ZH_CN: ErrorGroupPageTexts = ErrorGroupPageTexts {
    all: "← 全部错误分组",
    no_such: "没有此 ID 的错误分组。",
    no_such_hint: "分组在最近一次出现后只保留有限的时间。",
    errors: |errors| match errors {
        0 => "没有错误".to_owned(),
        errors => format!("{} 个错误", grouped(errors)),
    },
    back_since: "复发于",
    in_version: |version| format!("版本 {version}"),
    resolved_by: |by| format!("由 {by} 标记为已解决"),
    muted_by: |by| format!("由 {by} 静音"),
    until: "截至",
    no_end: "直到取消静音",
    resolve: "解决",
    resolve_what: "再次出现时会自动重新打开。",
    resolve_why: "做了什么（可选）",
    reopen: "重新打开",
    known_now: "保持打开，视为已知",
    mute: "静音…",
    mute_what: "不再触发告警，也不列入首页的故障；仍会计数，并可随时查看。",
    mute_now: "静音",
    unmute: "取消静音",
    reason: "原因",
    how_long: "时长",
    lengths: [
        ("", "直到取消静音"),
        ("1d", "1 天"),
        ("7d", "7 天"),
        ("30d", "30 天"),
        ("90d", "90 天"),
    ],
    write_note: "备注…",
    note: "备注（Markdown）",
    add_note: "添加备注",
    mistake: |field| match field {
        "reason" => "请填写原因，以便后来的人了解；最多 10 000 个字符。",
        "text" => "备注为空，或超过 10 000 个字符。",
        _ => "请选择其中一项。",
    },
    course: "随时间的变化",
    series: "错误",
    facets: "个别还是普遍？",
    facet: |name| match name {
        ErrorFacetName::Route => "路由",
        ErrorFacetName::Status => "状态码",
        ErrorFacetName::User => "用户",
        ErrorFacetName::Namespace => "命名空间",
        ErrorFacetName::Address => "地址",
        ErrorFacetName::UserAgent => "用户代理",
        ErrorFacetName::Instance => "实例",
        ErrorFacetName::Version => "版本",
    },
    no_facets: "此时段内无法得知影响了谁。",
    nobody: "未登录",
    no_namespace: "路径中没有",
    not_said: "未提供",
    unknown_version: "未知",
    more_values: |values, errors| {
        format!("另有 {} 项，{} 个错误", grouped(values), grouped(errors))
    },
    of_all: |errors| format!("共 {} 个错误", grouped(errors)),
    of_lines: |lines, of, instance| {
        format!(
            "用户、命名空间、地址等取自 {} 个错误中最近的 {} 个，即 {instance} 的 error.log 中的记录。",
            grouped(of),
            grouped(lines)
        )
    },
    since: "其中最早的一条：",
    of_requests: |requests| {
        format!(
            "地址和用户代理取自 access.log 中的 {} 个请求。",
            grouped(requests)
        )
    },
    no_lines: |instance| format!("{instance} 的 error.log 在此时段内没有相关记录。"),
    stopped_early: "还有更多记录未被查看。",
    elsewhere: |instance| {
        format!("用户、命名空间、地址等记录在 {instance} 的日志文件中，请在该实例上查看。")
    },
    examples: "示例",
    earlier: "← 更早",
    later: "更晚 →",
    in_log: "日志中前后的记录",
    one_of: |number, of| format!("最近 {of} 条中的第 {number} 条"),
    other_instance: "记录位于该实例的日志：",
    said: "处理记录",
    nothing_said: "还没有人处理过。",
    entry: |kind| match kind {
        ErrorEntryKind::Note => "备注",
        ErrorEntryKind::Resolved => "已解决",
        ErrorEntryKind::Reopened => "重新打开",
        ErrorEntryKind::Muted => "已静音",
        ErrorEntryKind::Unmuted => "取消静音",
        ErrorEntryKind::Back => "复发",
    },
};
