//! The state and the severity of an incident, in words.

use super::language::Language;
use super::shape::{EndedBy, Incident, Kind};
use crate::alerts::severity::Severity;

pub(super) fn severity(severity: Severity, language: Language) -> &'static str {
    match severity {
        Severity::Info => language.pick("info", "提示"),
        Severity::Warning => language.pick("warning", "警告"),
        Severity::Critical => language.pick("critical", "严重"),
    }
}

/// `[FIRING·critical]`
pub(super) fn state(kind: Kind, incident: Option<&Incident>, language: Language) -> String {
    let Some(incident) = incident else {
        return language.pick("[TEST]", "[测试]").to_owned();
    };
    let word = match (kind, incident.ended_by) {
        (Kind::Opened, _) if incident.reopened => language.pick("FIRING AGAIN", "再次告警"),
        (Kind::Opened, _) => language.pick("FIRING", "告警"),
        (Kind::Updated, _) => language.pick("FIRING, UPDATED", "告警更新"),
        (Kind::Reminder, _) => language.pick("STILL FIRING", "持续告警"),
        (Kind::Resolved, None | Some(EndedBy::Resolved)) => language.pick("RESOLVED", "已恢复"),
        (Kind::Resolved, Some(EndedBy::ClosedBy)) => language.pick("CLOSED", "已关闭"),
        (Kind::Resolved, Some(EndedBy::RuleRemoved)) => {
            language.pick("ENDED, RULE REMOVED", "已结束，规则已删除")
        }
        (Kind::Resolved, Some(EndedBy::Expired)) => language.pick("ENDED", "已结束"),
        (Kind::ChannelTest, _) => language.pick("TEST", "测试"),
    };
    format!("[{word}·{}]", severity(incident.severity, language))
}
