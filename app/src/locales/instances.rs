//! What is said of instances, and of the choice between them, in each language.

use crate::dto::InstanceState;

pub struct InstanceTexts {
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
    /// Of cards that know no other instance.
    pub of_this_instance: &'static str,
}

pub const EN: InstanceTexts = InstanceTexts {
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
    of_this_instance: "This instance only.",
};

pub const ZH_CN: InstanceTexts = InstanceTexts {
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
    of_this_instance: "仅限当前实例。",
};
