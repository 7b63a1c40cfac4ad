//! What the cards about error groups and instances say, in each language.

use crate::dto::InstanceState;

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
    groups: "Errors by what they are",
    no_groups: "No errors in this period.",
    errors_of_kinds: |errors, kinds| match (errors, kinds) {
        (1, _) => "1 error".to_owned(),
        (errors, 1) => format!("{errors} errors of one kind"),
        (errors, kinds) => format!("{errors} errors of {kinds} kinds"),
    },
    other: "Others, of more kinds than are told apart",
    more_groups: |more| match more {
        1 => "One more kind is not shown.".to_owned(),
        more => format!("{more} more kinds are not shown."),
    },
    dropped: |errors| format!("{errors} errors are missing: they waited for the store too long."),
    new: "new",
    first_seen: "First seen",
    last_seen: "Last seen",
    example: "Last one",
    logged_by: "In the log of",
    instances: "Instances",
    state: |state| match state {
        InstanceState::Live => "live",
        InstanceState::Silent => "silent",
        InstanceState::Stopped => "stopped",
        InstanceState::Unknown => "unknown",
    },
    answers_this: "answers this page",
    share: "Share",
    more_instances: |more| match more {
        1 => "One more is not shown.".to_owned(),
        more => format!("{more} more are not shown."),
    },
    others_as_known: |code| {
        format!(
            "The desk's store is out of reach ({code}): the others are shown as they were known last."
        )
    },
    figures_of: "Figures of",
    all_instances: "all instances",
    show: "Show",
    only_of: |name| format!("Traffic and errors of {name} only."),
    show_all: "Show all instances",
    unknown: |name| {
        format!("No instance named {name} is known. These are the figures of all instances.")
    },
    last_errors: "Last errors and warnings",
    places: "Where",
    none_logged: "Nothing in this instance's error.log.",
    search_stopped: "Only the newest part of the log was searched.",
    of_this_instance: "Of the instance that answers this page.",
};

pub const ZH_CN: WatchTexts = WatchTexts {
    groups: "错误归类",
    no_groups: "此时段没有错误。",
    errors_of_kinds: |errors, kinds| format!("{errors} 个错误，{kinds} 类"),
    other: "其他：种类过多，不再细分",
    more_groups: |more| format!("另有 {more} 类未显示。"),
    dropped: |errors| format!("缺少 {errors} 个错误：等待存储的时间过长。"),
    new: "新",
    first_seen: "首次出现",
    last_seen: "最近出现",
    example: "最近一条",
    logged_by: "所在日志",
    instances: "实例",
    state: |state| match state {
        InstanceState::Live => "在线",
        InstanceState::Silent => "失联",
        InstanceState::Stopped => "已停止",
        InstanceState::Unknown => "未知",
    },
    answers_this: "本页由其提供",
    share: "占比",
    more_instances: |more| format!("另有 {more} 个未显示。"),
    others_as_known: |code| {
        format!("运维台自己的存储不可用（{code}）：其他实例为最近一次所知的状态。")
    },
    figures_of: "数据来自",
    all_instances: "全部实例",
    show: "显示",
    only_of: |name| format!("仅 {name} 的流量与错误。"),
    show_all: "显示全部实例",
    unknown: |name| format!("没有名为 {name} 的实例。以下为全部实例的数据。"),
    last_errors: "最近的错误与警告",
    places: "出现位置",
    none_logged: "本实例的 error.log 中没有。",
    search_stopped: "只搜索了日志中最新的部分。",
    of_this_instance: "仅限提供本页的实例。",
};
