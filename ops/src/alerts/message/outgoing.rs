//! [`Outgoing`]: a message that may be sent.

use std::borrow::Cow;
use std::ops::Deref;

use crate::log::redact;

use super::shape::{Alert, Evidence, Incident, Message, Remark};
use super::timestamp::Timestamp;

/// Below this a message is not late.
const MAX_UNTOLD_DELAY_SECONDS: u64 = 60;

/// A message without secrets, which knows how late it is. Only [`Message::outgoing`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing(Message);

impl Deref for Outgoing {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.0
    }
}

impl Message {
    /// As it is sent at `now`: secrets within its texts are hidden, and it says how late it is if that
    /// is more than a minute.
    pub fn outgoing(mut self, now: Timestamp) -> Outgoing {
        let delay = now.seconds_since(self.timestamp);
        let data = &mut self.data;
        data.delayed_seconds = (delay > MAX_UNTOLD_DELAY_SECONDS).then_some(delay);
        for text in [&mut data.service, &mut data.instance, &mut data.version] {
            clean(text);
        }
        if let Some(incident) = &mut data.incident {
            clean_incident(incident);
        }
        data.alerts.iter_mut().for_each(clean_alert);
        clean_evidence(&mut data.evidence);
        for remark in &mut data.remarks {
            match remark {
                Remark::Silenced { by: text }
                | Remark::Maintenance { name: text }
                | Remark::NoData { rule: text, .. } => clean(text),
                Remark::DeskAway { .. }
                | Remark::Flapping { .. }
                | Remark::FlappingEnded
                | Remark::BeginningUntold
                | Remark::StoreUnreachable => {}
            }
        }
        Outgoing(self)
    }
}

fn clean_incident(incident: &mut Incident) {
    for text in [&mut incident.id, &mut incident.title, &mut incident.url] {
        clean(text);
    }
    if let Some(acknowledged) = &mut incident.acknowledged {
        clean(&mut acknowledged.by);
        clean(&mut acknowledged.reason);
    }
}

fn clean_alert(alert: &mut Alert) {
    for text in [&mut alert.rule, &mut alert.subject, &mut alert.summary] {
        clean(text);
    }
    for text in [&mut alert.runbook_url, &mut alert.suppressed_by] {
        text.iter_mut().for_each(clean);
    }
}

fn clean_evidence(evidence: &mut Evidence) {
    for change in &mut evidence.changes {
        clean(&mut change.kind);
        clean(&mut change.title);
        change.instance.iter_mut().for_each(clean);
    }
    for error in &mut evidence.top_errors {
        clean(&mut error.message);
        clean(&mut error.url);
        error.route.iter_mut().for_each(clean);
        error.request_id.iter_mut().for_each(clean);
    }
    if let Some(slowest) = &mut evidence.slowest_route {
        clean(&mut slowest.method);
        clean(&mut slowest.route);
    }
    if let Some(database) = &mut evidence.database {
        clean(&mut database.vendor);
        clean(&mut database.connection);
        database.error.iter_mut().for_each(clean);
    }
    for disk in &mut evidence.disks {
        clean(&mut disk.name);
    }
}

fn clean(text: &mut String) {
    let hidden = without_secrets(text);
    if let Cow::Owned(hidden) = hidden {
        *text = hidden;
    }
}

/// Addresses of chat services whose path is the secret, up to where it begins.
const SECRET_PATHS: [&str; 5] = [
    "hooks.slack.com/services/",
    "hooks.slack.com/workflows/",
    "hooks.slack.com/triggers/",
    "/open-apis/bot/v2/hook/",
    "/open-apis/bot/hook/",
];

/// What the log hides, and the addresses of chat services.
pub(in crate::alerts) fn without_secrets(text: &str) -> Cow<'_, str> {
    let mut hidden = redact(text);
    for path in SECRET_PATHS {
        if hidden.contains(path) {
            hidden = Cow::Owned(hide_behind(&hidden, path));
        }
    }
    hidden
}

fn hide_behind(text: &str, path: &str) -> String {
    let mut parts = text.split(path);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part
            .find(|c: char| c.is_whitespace() || "\"'<>),;".contains(c))
            .unwrap_or(part.len());
        out.push_str(path);
        out.push_str("***");
        out.push_str(part.get(end..).unwrap_or_default());
    }
    out
}
