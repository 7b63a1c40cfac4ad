//! What the cards about errors say, in each language.

use crate::view::numbers::grouped;

pub struct ErrorGroupTexts {
    pub groups: &'static str,
    pub no_groups: &'static str,
    /// So many errors of so many kinds.
    pub errors_of_kinds: fn(u64, u64) -> String,
    /// In place of a message.
    pub other: &'static str,
    pub more_groups: fn(u64) -> String,
    pub dropped: fn(u64) -> String,
    /// First seen within a day.
    pub new: &'static str,
    /// Seen again after it was resolved, or after a week.
    pub back: &'static str,
    pub ongoing: &'static str,
    pub ended: &'static str,
    pub resolved: &'static str,
    pub muted: &'static str,
    pub no_ongoing: &'static str,
    /// So many are resolved, so many muted, and not shown.
    pub put_aside: fn(u64, u64) -> String,
    pub show_them: &'static str,
    pub hide_them: &'static str,
    pub open_page: &'static str,
    pub first_seen: &'static str,
    pub last_seen: &'static str,
    pub example: &'static str,
    pub logged_by: &'static str,
    pub last_errors: &'static str,
    pub places: &'static str,
    pub none_logged: &'static str,
    pub search_stopped: &'static str,
}

pub const EN: ErrorGroupTexts = ErrorGroupTexts {
    groups: "Error groups",
    no_groups: "No errors in this period.",
    errors_of_kinds: |errors, kinds| match (errors, kinds) {
        (1, _) => "1 error".to_owned(),
        (errors, 1) => format!("{} errors of one kind", grouped(errors)),
        (errors, kinds) => format!("{} errors of {} kinds", grouped(errors), grouped(kinds)),
    },
    other: "Other kinds",
    more_groups: |more| match more {
        1 => "One more kind is not shown.".to_owned(),
        more => format!("{} more kinds are not shown.", grouped(more)),
    },
    dropped: |errors| {
        format!(
            "{} errors are missing: they waited for the store too long.",
            grouped(errors)
        )
    },
    new: "new",
    back: "back",
    ongoing: "Ongoing",
    ended: "Ended",
    resolved: "Resolved",
    muted: "Muted",
    no_ongoing: "Nothing fails right now: no group was seen in the last ten minutes.",
    put_aside: |resolved, muted| match (resolved, muted) {
        (resolved, 0) => format!("{resolved} resolved not shown."),
        (0, muted) => format!("{muted} muted not shown."),
        (resolved, muted) => format!("{resolved} resolved and {muted} muted not shown."),
    },
    show_them: "Show them",
    hide_them: "Hide what is resolved or muted",
    open_page: "Open the group",
    first_seen: "First seen",
    last_seen: "Last seen",
    example: "Latest example",
    logged_by: "Logged by",
    last_errors: "Last errors and warnings",
    places: "Where",
    none_logged: "Nothing in error.log of this instance.",
    search_stopped: "Only the newest part of the log was searched.",
};

pub const ZH_CN: ErrorGroupTexts = ErrorGroupTexts {
    groups: "错误分组",
    no_groups: "此时段没有错误。",
    errors_of_kinds: |errors, kinds| format!("{} 个错误，{} 类", grouped(errors), grouped(kinds)),
    other: "其他类别",
    more_groups: |more| format!("另有 {} 类未显示。", grouped(more)),
    dropped: |errors| format!("缺少 {} 个错误：等待存储的时间过长。", grouped(errors)),
    new: "新",
    back: "复发",
    ongoing: "持续中",
    ended: "已停止",
    resolved: "已解决",
    muted: "已静音",
    no_ongoing: "目前没有持续的错误：最近十分钟内未出现任何分组。",
    put_aside: |resolved, muted| match (resolved, muted) {
        (resolved, 0) => format!("未显示 {resolved} 个已解决的分组。"),
        (0, muted) => format!("未显示 {muted} 个已静音的分组。"),
        (resolved, muted) => format!("未显示 {resolved} 个已解决、{muted} 个已静音的分组。"),
    },
    show_them: "显示",
    hide_them: "隐藏已解决和已静音的分组",
    open_page: "打开分组",
    first_seen: "首次出现",
    last_seen: "最近出现",
    example: "最近示例",
    logged_by: "记录实例",
    last_errors: "最近的错误与警告",
    places: "出现位置",
    none_logged: "本实例的 error.log 中没有。",
    search_stopped: "只搜索了日志中最新的部分。",
};
