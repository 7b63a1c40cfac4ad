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
    /// First seen within the period.
    pub new: &'static str,
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
    first_seen: "首次出现",
    last_seen: "最近出现",
    example: "最近示例",
    logged_by: "记录实例",
    last_errors: "最近的错误与警告",
    places: "出现位置",
    none_logged: "本实例的 error.log 中没有。",
    search_stopped: "只搜索了日志中最新的部分。",
};
