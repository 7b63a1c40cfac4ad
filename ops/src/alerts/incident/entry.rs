//! [`Entry`]: something that happened in an incident, for its timeline and its report.

use serde::{Deserialize, Serialize};

use super::record::Incident;
use super::title::Title;
use crate::alerts::lifecycle::{EndKind, Transition, TransitionKind};
use crate::alerts::message::Language;
use crate::alerts::severity::Severity;
use crate::alerts::subject::Subject;
use crate::alerts::suppress::Suppression;

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub incident_id: String,
    /// In milliseconds since the Unix epoch.
    pub at_ms: i64,
    pub kind: EntryKind,
    /// Who did it; `None` for the desk itself.
    pub actor: Option<String>,
    pub detail: EntryDetail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    IncidentOpened,
    IncidentReopened,
    IncidentClosed,
    AlertFired,
    AlertEnded,
    Level,
    /// A consequence of another alert.
    Suppressed,
    /// Nobody is told: maintenance, quiet, a silence.
    Muted,
    NoData,
    Flapping,
    Acknowledged,
    Unacknowledged,
    Note,
    ClosedBy,
    NoticeSent,
    NoticeFailed,
}

/// What a sentence about it needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EntryDetail {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<EndKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppression: Option<Suppression>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Of a notice, as the webhook has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// What a person wrote, or a peer answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl EntryKind {
    pub const ALL: [Self; 16] = [
        Self::IncidentOpened,
        Self::IncidentReopened,
        Self::IncidentClosed,
        Self::AlertFired,
        Self::AlertEnded,
        Self::Level,
        Self::Suppressed,
        Self::Muted,
        Self::NoData,
        Self::Flapping,
        Self::Acknowledged,
        Self::Unacknowledged,
        Self::Note,
        Self::ClosedBy,
        Self::NoticeSent,
        Self::NoticeFailed,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::IncidentOpened => "incident_opened",
            Self::IncidentReopened => "incident_reopened",
            Self::IncidentClosed => "incident_closed",
            Self::AlertFired => "alert_fired",
            Self::AlertEnded => "alert_ended",
            Self::Level => "level",
            Self::Suppressed => "suppressed",
            Self::Muted => "muted",
            Self::NoData => "no_data",
            Self::Flapping => "flapping",
            Self::Acknowledged => "acknowledged",
            Self::Unacknowledged => "unacknowledged",
            Self::Note => "note",
            Self::ClosedBy => "closed_by",
            Self::NoticeSent => "notice_sent",
            Self::NoticeFailed => "notice_failed",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What transitions did to incidents, which were `before` and are `after`.
pub fn entries(before: &[Incident], after: &[&Incident], transitions: &[Transition]) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let earlier = |id: &str| before.iter().find(|it| it.id == id);
    for incident in after {
        let entry = |kind, at_ms| Entry {
            incident_id: incident.id.clone(),
            at_ms,
            kind,
            actor: None,
            detail: EntryDetail {
                title: Some(Title::of(incident)),
                severity: Some(incident.severity),
                ..EntryDetail::default()
            },
        };
        let of_incident = transitions.iter().filter(|transition| {
            let member = incident.member(&transition.rule, &transition.subject);
            member.is_some()
        });
        let from = found.len();
        for transition in of_incident {
            found.extend(of_transition(incident, transition));
        }
        let opened_ms = found
            .get(from)
            .map_or(incident.opened_ms, |first| first.at_ms);
        match (earlier(&incident.id), incident.closed_ms) {
            (None, _) => found.insert(from, entry(EntryKind::IncidentOpened, incident.opened_ms)),
            (Some(known), None) if known.closed_ms.is_some() => {
                found.insert(from, entry(EntryKind::IncidentReopened, opened_ms));
            }
            (Some(known), Some(closed_ms)) if known.closed_ms.is_none() => {
                found.push(entry(EntryKind::IncidentClosed, closed_ms));
            }
            (Some(_), _) => {}
        }
    }
    found
}

fn of_transition(incident: &Incident, transition: &Transition) -> Option<Entry> {
    let member = incident.member(&transition.rule, &transition.subject)?;
    let mut detail = EntryDetail {
        title: Some(Title {
            rule: transition.rule.clone(),
            subject: transition.subject.clone(),
        }),
        severity: Some(member.severity),
        ..EntryDetail::default()
    };
    let kind = match transition.kind {
        TransitionKind::Opened => match &member.opened_while {
            Some(suppression @ Suppression::Dependency { .. }) => {
                detail.suppression = Some(suppression.clone());
                EntryKind::Suppressed
            }
            Some(suppression) => {
                detail.suppression = Some(suppression.clone());
                EntryKind::Muted
            }
            None => EntryKind::AlertFired,
        },
        TransitionKind::LevelUp { .. } => EntryKind::Level,
        TransitionKind::DataLost { .. } => EntryKind::NoData,
        TransitionKind::Ended { end } => {
            detail.end = Some(end);
            EntryKind::AlertEnded
        }
        TransitionKind::FlappingStarted { changes } => {
            detail.changes = Some(changes);
            EntryKind::Flapping
        }
        TransitionKind::FlappingEnded => EntryKind::Flapping,
    };
    Some(Entry {
        incident_id: incident.id.clone(),
        at_ms: transition.at_ms,
        kind,
        actor: None,
        detail,
    })
}

impl EntryDetail {
    /// One sentence; of a note its own text.
    pub fn sentence(&self, kind: EntryKind, language: Language) -> String {
        let title = self.title.as_ref().map(|title| title.text(language));
        let title = title.unwrap_or_default();
        let severity = self.severity.map(Severity::name).unwrap_or_default();
        let text = self.text.as_deref().unwrap_or_default();
        let channel = self.channel.as_deref().unwrap_or_default();
        let notice = self.notice.as_deref().unwrap_or_default();
        let why = self.suppression.as_ref().map(|it| why(it, language));
        let why = why.unwrap_or_default();
        match language {
            Language::English => match kind {
                EntryKind::IncidentOpened => format!("Incident opened: {title} ({severity})"),
                EntryKind::IncidentReopened => format!("Incident reopened: {title}"),
                EntryKind::IncidentClosed => "Incident closed".to_owned(),
                EntryKind::AlertFired => format!("{title}: fires ({severity})"),
                EntryKind::AlertEnded => format!("{title}: {}", ended(self.end, language)),
                EntryKind::Level => format!("{title}: now {severity}"),
                EntryKind::Suppressed | EntryKind::Muted => {
                    format!("{title}: fires ({severity}), not told: {why}")
                }
                EntryKind::NoData => format!("{title}: its figures are missing; it stays as it is"),
                EntryKind::Flapping => match self.changes {
                    Some(changes) => format!("{title}: flapping ({changes} changes)"),
                    None => format!("{title}: steady again"),
                },
                EntryKind::Acknowledged => format!("Taken: {text}"),
                EntryKind::Unacknowledged => "Given back".to_owned(),
                EntryKind::Note => text.to_owned(),
                EntryKind::ClosedBy => format!("Closed by hand: {text}"),
                EntryKind::NoticeSent => format!("{channel} was told ({notice})"),
                EntryKind::NoticeFailed => format!("{channel} was not told ({notice}): {text}"),
            },
            Language::SimplifiedChinese => match kind {
                EntryKind::IncidentOpened => {
                    format!("事件开始：{title}（{}）", level(self.severity))
                }
                EntryKind::IncidentReopened => format!("事件再次发生：{title}"),
                EntryKind::IncidentClosed => "事件结束".to_owned(),
                EntryKind::AlertFired => format!("{title}：触发（{}）", level(self.severity)),
                EntryKind::AlertEnded => format!("{title}：{}", ended(self.end, language)),
                EntryKind::Level => format!("{title}：升级为{}", level(self.severity)),
                EntryKind::Suppressed | EntryKind::Muted => {
                    format!("{title}：触发（{}），未通知：{why}", level(self.severity))
                }
                EntryKind::NoData => format!("{title}：数据缺失，状态保持不变"),
                EntryKind::Flapping => match self.changes {
                    Some(changes) => format!("{title}：抖动（{changes} 次变化）"),
                    None => format!("{title}：已恢复稳定"),
                },
                EntryKind::Acknowledged => format!("已认领：{text}"),
                EntryKind::Unacknowledged => "取消认领".to_owned(),
                EntryKind::Note => text.to_owned(),
                EntryKind::ClosedBy => format!("人工关闭：{text}"),
                EntryKind::NoticeSent => format!("已通知 {channel}（{notice}）"),
                EntryKind::NoticeFailed => format!("未能通知 {channel}（{notice}）：{text}"),
            },
        }
    }
}

fn level(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Critical) => "严重",
        Some(Severity::Warning) => "警告",
        Some(Severity::Info) => "提示",
        None => "",
    }
}

fn ended(end: Option<EndKind>, language: Language) -> &'static str {
    let (english, chinese) = match end {
        None | Some(EndKind::Resolved) => ("resolved", "已恢复"),
        Some(EndKind::RuleRemoved) => ("ended, its rule was removed", "已结束（规则被移除）"),
        Some(EndKind::ClosedBy) => ("closed by hand", "被人工关闭"),
        Some(EndKind::Expired) => ("ended, nothing more was seen", "已结束（未再出现）"),
    };
    match language {
        Language::English => english,
        Language::SimplifiedChinese => chinese,
    }
}

fn why(suppression: &Suppression, language: Language) -> String {
    let cause = |rule: &str| {
        let title = Title {
            rule: rule.to_owned(),
            subject: Subject::default(),
        };
        title.text(language)
    };
    match (suppression, language) {
        (Suppression::Disabled, Language::English) => "its rule is off".to_owned(),
        (Suppression::Disabled, Language::SimplifiedChinese) => "规则已停用".to_owned(),
        (Suppression::Dependency { rule }, Language::English) => {
            format!("a consequence of \"{}\"", cause(rule))
        }
        (Suppression::Dependency { rule }, Language::SimplifiedChinese) => {
            format!("由“{}”引起", cause(rule))
        }
        (Suppression::Maintenance { window, .. }, Language::English) => {
            format!("maintenance {window}")
        }
        (Suppression::Maintenance { window, .. }, Language::SimplifiedChinese) => {
            format!("维护窗口 {window}")
        }
        (Suppression::Quiet { who, .. }, Language::English) => format!("quiet, by {who}"),
        (Suppression::Quiet { who, .. }, Language::SimplifiedChinese) => format!("免打扰（{who}）"),
        (Suppression::Silence { who, .. }, Language::English) => format!("silenced by {who}"),
        (Suppression::Silence { who, .. }, Language::SimplifiedChinese) => format!("被 {who} 静默"),
        (Suppression::Flapping, Language::English) => "flapping".to_owned(),
        (Suppression::Flapping, Language::SimplifiedChinese) => "抖动".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_names_of_their_own_and_sentences_in_both_languages() {
        let detail = EntryDetail {
            title: Some(Title {
                rule: "database".to_owned(),
                subject: Subject::default(),
            }),
            severity: Some(Severity::Critical),
            text: Some("on it".to_owned()),
            channel: Some("webhook".to_owned()),
            notice: Some("incident.opened".to_owned()),
            suppression: Some(Suppression::Dependency {
                rule: "database".to_owned(),
            }),
            ..EntryDetail::default()
        };
        for kind in EntryKind::ALL {
            assert_eq!(EntryKind::from_name(kind.name()), Some(kind));
            for language in [Language::English, Language::SimplifiedChinese] {
                assert!(!detail.sentence(kind, language).is_empty(), "{kind:?}");
            }
        }
        let fired = detail.sentence(EntryKind::AlertFired, Language::English);
        assert_eq!(fired, "Database is unavailable: fires (critical)");
    }
}
