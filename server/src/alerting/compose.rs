//! What is due to a channel, as the message that it gets.

use ops::alerts::incident::{Intent, IntentAlert, IntentKind};
use ops::alerts::lifecycle::EndKind;
use ops::alerts::message::{
    Acknowledgement, Alert, AlertState, Data, EndedBy, Evidence, Incident, IncidentState, Kind,
    Language, Message, Remark, Timestamp, Unit,
};
use ops::alerts::rule::Rule;
use ops::alerts::suppress::Suppression;
use ops::alerts::{Severity, expression, incident};

use super::setup::Setup;

/// What all messages of this process have in common.
pub struct Teller<'t> {
    pub instance: &'t str,
    pub setup: &'t Setup,
    /// The store is away: others may tell it, too.
    pub is_blind: bool,
}

/// Of messages, where neither the file nor anybody says otherwise.
pub fn language(setup: &Setup) -> Language {
    match setup.notify.language.as_deref() {
        Some("zh-CN") => Language::SimplifiedChinese,
        _ => Language::English,
    }
}

/// Where a page of the desk is reached from elsewhere; its path, if nobody has said that.
pub fn public(setup: &Setup, path: &str) -> String {
    format!("{}{path}", setup.public_url.as_deref().unwrap_or_default())
}

fn incident_path(id: &str) -> String {
    format!("/admin/incidents/{id}/")
}

/// `known` is the incident that the intent is about.
pub fn message(
    teller: &Teller<'_>,
    intent: &Intent,
    known: &incident::Incident,
    evidence: Evidence,
) -> Message {
    let language = language(teller.setup);
    let (kind, reopened, ended_by) = match intent.kind {
        IntentKind::Opened { reopened } => (Kind::Opened, reopened, None),
        IntentKind::Updated => (Kind::Updated, false, None),
        IntentKind::Reminder => (Kind::Reminder, false, None),
        IntentKind::Resolved { ended_by } => (Kind::Resolved, false, Some(end(ended_by))),
    };
    let closed = intent.closed_ms.filter(|_| kind == Kind::Resolved);
    let until = closed.unwrap_or(intent.at_ms);
    let lasted = Timestamp(until).seconds_since(Timestamp(intent.opened_ms));
    let acknowledged = known.acknowledged.as_ref().map(|it| Acknowledgement {
        by: it.by.clone(),
        reason: it.reason.clone(),
        at: Timestamp(it.at_ms),
    });
    Message {
        kind,
        timestamp: Timestamp(intent.at_ms),
        data: Data {
            service: crate::SERVICE_NAME.to_owned(),
            instance: teller.instance.to_owned(),
            version: crate::VERSION.to_owned(),
            language,
            incident: Some(Incident {
                id: intent.incident_id.clone(),
                title: intent.title.text(language),
                severity: intent.severity,
                state: match kind {
                    Kind::Resolved => IncidentState::Closed,
                    _ => IncidentState::Open,
                },
                opened_at: Timestamp(intent.opened_ms),
                closed_at: closed.map(Timestamp),
                duration_seconds: lasted,
                url: public(teller.setup, &incident_path(&intent.incident_id)),
                reopened,
                ended_by,
                acknowledged,
                notices: Some(intent.ordinal.saturating_sub(1)),
            }),
            alerts: intent
                .alerts
                .iter()
                .map(|alert| of_alert(teller.setup, alert, language))
                .collect(),
            evidence,
            remarks: remarks(teller, intent, kind),
            delayed_seconds: None,
            truncated: false,
        },
    }
}

/// A test of a channel.
pub fn test_message(teller: &Teller<'_>, now: Timestamp) -> Message {
    Message {
        kind: Kind::ChannelTest,
        timestamp: now,
        data: Data {
            service: crate::SERVICE_NAME.to_owned(),
            instance: teller.instance.to_owned(),
            version: crate::VERSION.to_owned(),
            language: language(teller.setup),
            incident: None,
            alerts: Vec::new(),
            evidence: Evidence::default(),
            remarks: Vec::new(),
            delayed_seconds: None,
            truncated: false,
        },
    }
}

fn of_alert(setup: &Setup, alert: &IntentAlert, language: Language) -> Alert {
    let rule = setup.rules.iter().find(|rule| rule.name == alert.rule);
    let measure = alert.measure;
    let title = incident::Title {
        rule: alert.rule.clone(),
        subject: alert.subject.clone(),
    };
    Alert {
        rule: alert.rule.clone(),
        subject: alert.subject.to_string(),
        state: match alert.ended {
            Some(_) => AlertState::Ended,
            None => AlertState::Firing,
        },
        severity: alert.severity,
        value: measure.map(|measure| measure.value),
        threshold: measure.and_then(|measure| measure.threshold),
        samples: measure.and_then(|measure| measure.samples),
        since: Timestamp(alert.since_ms),
        ended_at: alert.ended.map(|ended| Timestamp(ended.at_ms)),
        summary: summary(rule, &title, language),
        runbook_url: rule.and_then(|rule| runbook_url(setup, rule)),
        suppressed_by: match &alert.suppressed_by {
            Some(Suppression::Dependency { rule }) => Some(rule.clone()),
            _ => None,
        },
        unit: measure.map(|measure| unit(measure.unit)),
        peak: alert.peak,
        previous_severity: previous(rule, alert.severity),
    }
}

/// What the alert was before it became what it is: the receiver may have to end that.
fn previous(rule: Option<&Rule>, severity: Severity) -> Option<Severity> {
    rule.map(|rule| rule.severity)
        .filter(|base| *base < severity)
}

/// What an alert of a rule says, in a sentence.
pub fn summary(rule: Option<&Rule>, title: &incident::Title, language: Language) -> String {
    let title = title.text(language);
    // What a rule of the file is about nobody but its author can say.
    let is_own = rule.is_some_and(|rule| title.starts_with(rule.name.as_str()));
    let description = rule.and_then(|rule| rule.description.clone());
    description.filter(|_| is_own).unwrap_or(title)
}

/// The name of a runbook that comes with the service is a part of its page of alerts.
pub fn runbook_url(setup: &Setup, rule: &Rule) -> Option<String> {
    let runbook = rule.runbook.as_deref()?;
    if runbook.starts_with("https://") || runbook.starts_with("http://") {
        return Some(runbook.to_owned());
    }
    Some(public(setup, &format!("/admin/alerts/#rule-{}", rule.name)))
}

fn remarks(teller: &Teller<'_>, intent: &Intent, kind: Kind) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut add = |remark: Remark| {
        if !remarks.contains(&remark) {
            remarks.push(remark);
        }
    };
    for alert in &intent.alerts {
        let then = match kind {
            Kind::Resolved => &alert.ended_while,
            _ => &alert.opened_while,
        };
        match then {
            Some(Suppression::Silence { who, .. }) if kind == Kind::Resolved => {
                add(Remark::Silenced { by: who.clone() });
            }
            Some(Suppression::Maintenance { window, .. }) if kind == Kind::Opened => {
                add(Remark::Maintenance {
                    name: window.clone(),
                });
            }
            Some(Suppression::Quiet { who, .. }) if kind == Kind::Opened => {
                add(Remark::Maintenance { name: who.clone() });
            }
            _ => {}
        }
        if kind == Kind::Resolved
            && let Some(away) = alert.away
        {
            add(Remark::DeskAway {
                from: Timestamp(away.from_ms),
                to: Timestamp(away.to_ms),
            });
        }
        if alert.data_lost.is_some() && alert.ended.is_none() {
            add(Remark::NoData {
                rule: alert.rule.clone(),
                since: Timestamp(intent.at_ms),
            });
        }
    }
    if teller.is_blind {
        add(Remark::StoreUnreachable);
    }
    remarks
}

fn end(end: EndKind) -> EndedBy {
    match end {
        EndKind::Resolved => EndedBy::Resolved,
        EndKind::RuleRemoved => EndedBy::RuleRemoved,
        EndKind::ClosedBy => EndedBy::ClosedBy,
        EndKind::Expired => EndedBy::Expired,
    }
}

fn unit(unit: expression::Unit) -> Unit {
    match unit {
        expression::Unit::Share => Unit::Share,
        expression::Unit::Time => Unit::Milliseconds,
        expression::Unit::Bytes => Unit::Bytes,
        expression::Unit::Count | expression::Unit::Flag => Unit::Count,
    }
}
