//! What the cards about error groups and instances say, in each language.

use crate::dto::InstanceState;
use crate::format::grouped;

pub struct WatchTexts {
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

    pub instances: &'static str,
    pub state: fn(InstanceState) -> &'static str,
    pub answers_this: &'static str,
    pub share: &'static str,
    pub more_instances: fn(u64) -> String,
    /// With the word for a code: why others may be shown as they were.
    pub others_as_known: fn(&str) -> String,

    pub figures_of: &'static str,
    pub all_instances: &'static str,
    pub show: &'static str,
    pub only_of: fn(&str) -> String,
    pub show_all: &'static str,
    pub unknown: fn(&str) -> String,

    pub last_errors: &'static str,
    pub places: &'static str,
    pub none_logged: &'static str,
    pub search_stopped: &'static str,
    /// Of cards that know no other instance.
    pub of_this_instance: &'static str,
}

pub const EN: WatchTexts = WatchTexts {
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
    instances: "Instances",
    state: |state| match state {
        InstanceState::Live => "live",
        InstanceState::Silent => "silent",
        InstanceState::Stopped => "stopped",
        InstanceState::Unknown => "unknown",
    },
    answers_this: "you are here",
    share: "Share",
    more_instances: |more| match more {
        1 => "One more is not shown.".to_owned(),
        more => format!("{more} more are not shown."),
    },
    others_as_known: |code| {
        format!(
            "The monitoring store can't be reached ({code}): the other instances are shown as last known."
        )
    },
    figures_of: "Instance",
    all_instances: "All",
    show: "Show",
    only_of: |name| format!("Traffic and errors of {name} only."),
    show_all: "Show all instances",
    unknown: |name| {
        format!("No instance named {name} is known. These are the figures of all instances.")
    },
    last_errors: "Last errors and warnings",
    places: "Where",
    none_logged: "Nothing in error.log of this instance.",
    search_stopped: "Only the newest part of the log was searched.",
    of_this_instance: "This instance only.",
};

pub const ZH_CN: WatchTexts = WatchTexts {
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
    instances: "实例",
    state: |state| match state {
        InstanceState::Live => "在线",
        InstanceState::Silent => "失联",
        InstanceState::Stopped => "已停止",
        InstanceState::Unknown => "未知",
    },
    answers_this: "当前所在实例",
    share: "占比",
    more_instances: |more| format!("另有 {more} 个未显示。"),
    others_as_known: |code| format!("监控存储不可用（{code}）：其他实例显示为最近一次已知的状态。"),
    figures_of: "实例",
    all_instances: "全部",
    show: "显示",
    only_of: |name| format!("仅 {name} 的流量与错误。"),
    show_all: "显示全部实例",
    unknown: |name| format!("没有名为 {name} 的实例。以下为全部实例的数据。"),
    last_errors: "最近的错误与警告",
    places: "出现位置",
    none_logged: "本实例的 error.log 中没有。",
    search_stopped: "只搜索了日志中最新的部分。",
    of_this_instance: "仅限当前实例。",
};
