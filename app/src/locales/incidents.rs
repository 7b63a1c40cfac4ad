//! What is said of incidents, in each language.

use crate::dto::Severity;
use crate::view::viewer::Rights;

pub struct IncidentTexts {
    pub severity: fn(Severity) -> &'static str,
    /// Above the first line of every page, for those who listen.
    pub open_incidents: &'static str,
    /// What the reader may not do now.
    pub limits: fn(Rights) -> Option<&'static str>,
    pub open_for: fn(&str) -> String,
    pub lasted: fn(&str) -> String,
    pub taken_by: fn(&str) -> String,
    pub was_taken_by: fn(&str) -> String,
    pub nobody: &'static str,
    pub nobody_took_it: &'static str,
    pub more: fn(usize) -> String,
    /// Followed by a time.
    pub since: &'static str,
    pub open: &'static str,
    pub closed: &'static str,
    pub none_open: &'static str,
    /// Followed by a time.
    pub quiet_since: &'static str,
    pub none_on_record: &'static str,
    pub none_hint: &'static str,
    pub none_older: &'static str,
    pub older: &'static str,
    pub newest: &'static str,
    /// The store is out of reach, with the word for its code.
    pub only_this_process: fn(&str) -> String,
    /// Between a cause and what follows from it, for those who listen.
    pub leads_to: &'static str,
}

pub const EN: IncidentTexts = IncidentTexts {
    severity: |severity| match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    },
    open_incidents: "Open incidents",
    limits: |rights| match rights {
        Rights::All => None,
        Rights::Watch => Some(
            "The database of users does not answer: until it does you can read, acknowledge and silence, and nothing else.",
        ),
        Rights::Read => Some(
            "Neither the database of users nor the desk's own store answers: until one does you can only read.",
        ),
        Rights::AccessCode => Some("You came in by an access code: you can only read."),
    },
    open_for: |duration| format!("for {duration}"),
    lasted: |duration| format!("lasted {duration}"),
    taken_by: |name| format!("{name} is on it"),
    was_taken_by: |name| format!("{name} took it"),
    nobody: "nobody is on it",
    nobody_took_it: "nobody took it",
    more: |more| format!("and {more} more"),
    since: "since",
    open: "Open",
    closed: "Closed",
    none_open: "No incident is open.",
    quiet_since: "Quiet since",
    none_on_record: "No incident on record.",
    none_hint: "When a rule fires, what is known of it, and who has taken it, will stand here.",
    none_older: "There are no older incidents.",
    older: "Older",
    newest: "Newest",
    only_this_process: |code| {
        format!(
            "The monitoring store can't be reached ({code}): these are the incidents that this process knows of."
        )
    },
    leads_to: "leads to",
};

pub const ZH_CN: IncidentTexts = IncidentTexts {
    severity: |severity| match severity {
        Severity::Info => "提示",
        Severity::Warning => "警告",
        Severity::Critical => "严重",
    },
    open_incidents: "未关闭的事件",
    limits: |rights| match rights {
        Rights::All => None,
        Rights::Watch => Some("用户数据库没有响应：在其恢复之前，您只能查看、认领和静默。"),
        Rights::Read => Some("用户数据库和监控存储均无响应：在其中之一恢复之前，您只能查看。"),
        Rights::AccessCode => Some("您是通过访问码登录的，只能查看。"),
    },
    open_for: |duration| format!("已持续 {duration}"),
    lasted: |duration| format!("持续 {duration}"),
    taken_by: |name| format!("{name} 处理中"),
    was_taken_by: |name| format!("由 {name} 处理"),
    nobody: "无人认领",
    nobody_took_it: "无人认领",
    more: |more| format!("另有 {more} 个"),
    since: "始于",
    open: "未关闭",
    closed: "已关闭",
    none_open: "当前没有未关闭的事件。",
    quiet_since: "平静始于",
    none_on_record: "没有事件记录。",
    none_hint: "规则触发后，相关信息以及由谁处理会显示在这里。",
    none_older: "没有更早的事件。",
    older: "更早",
    newest: "最新",
    only_this_process: |code| format!("监控存储不可用（{code}）：以下仅为当前进程所知的事件。"),
    leads_to: "导致",
};
