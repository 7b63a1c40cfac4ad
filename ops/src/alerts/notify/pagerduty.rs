//! PagerDuty's Events API v2
//! (<https://developer.pagerduty.com/docs/events-api-v2-overview>). The routing key is the endpoint's
//! secret and stands in the body.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::answer::{Answer, Verdict};
use super::request::Request;
use super::secret::{Endpoint, Secret};
use crate::alerts::message::{
    Blocks, Data, Kind, Outgoing, blocks, cut, fit, one_line, web_address,
};
use crate::alerts::severity::Severity;

/// Characters.
const MAX_SUMMARY: usize = 1024;
const MAX_KEY: usize = 255;
const MAX_NAME: usize = 255;

/// 512 KB are the limit.
const MAX_BODY_BYTES: usize = 400_000;

pub fn request(message: &Outgoing, endpoint: &Endpoint) -> Request {
    let write = |blocks: &Blocks| event(message, blocks, endpoint).to_string().into_bytes();
    let body = fit(&blocks(message), write, |body| body.len() <= MAX_BODY_BYTES);
    Request::json(endpoint.url.clone(), body)
}

fn event(message: &Outgoing, blocks: &Blocks, endpoint: &Endpoint) -> Value {
    let data = &message.data;
    let cause = data.alerts.first();
    let severity = data
        .incident
        .as_ref()
        .map_or(Severity::Info, |incident| incident.severity);
    let action = match message.kind {
        Kind::Opened | Kind::Updated | Kind::Reminder | Kind::ChannelTest => "trigger",
        Kind::Resolved => "resolve",
    };
    let links = blocks.links.iter();
    let links = links.map(|link| json!({"href": link.address, "text": link.text}));
    let mut event = json!({
        "routing_key": endpoint.secret.as_ref().map(Secret::expose),
        "event_action": action,
        "dedup_key": dedup_key(data),
        "payload": {
            "summary": cut(&blocks.first_line(), MAX_SUMMARY),
            "source": name(&data.instance),
            "severity": severity.name(),
            "timestamp": message.timestamp.rfc3339(),
            "component": cause.map(|alert| name(&alert.subject)),
            "group": name(&data.service),
            "class": cause.map(|alert| name(&alert.rule)),
            "custom_details": details(blocks),
        },
        "links": links.collect::<Vec<_>>(),
        "client": name(&data.service),
    });
    let page = data
        .incident
        .as_ref()
        .and_then(|incident| web_address(&incident.url));
    if let (Some(page), Some(event)) = (page, event.as_object_mut()) {
        event.insert("client_url".to_owned(), page.into());
    }
    event
}

/// An empty one is refused where one is needed.
fn name(text: &str) -> String {
    let text = cut(&one_line(text), MAX_NAME);
    if text.is_empty() {
        "–".to_owned()
    } else {
        text
    }
}

/// Of the cause, not of the incident: whatever was forgotten in between, the end finds what it ends.
fn dedup_key(data: &Data) -> String {
    let key = match (data.alerts.first(), &data.incident) {
        (Some(cause), _) => format!("{}/{}/{}", data.service, cause.rule, cause.subject),
        (None, Some(incident)) => format!("{}/{}", data.service, incident.id),
        (None, None) => format!("{}/channel-test", data.service),
    };
    let key = one_line(&key);
    if key.chars().count() <= MAX_KEY {
        return key;
    }
    let digest = Sha256::digest(key.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn details(blocks: &Blocks) -> Value {
    let mut details = Map::new();
    for fact in &blocks.facts {
        details.insert(fact.label.to_owned(), fact.value.clone().into());
    }
    for section in &blocks.sections {
        details.insert(section.title.to_owned(), section.lines.clone().into());
    }
    if let Some(note) = blocks.cut_note() {
        details.insert(
            blocks.language.pick("Shortened", "已截断").to_owned(),
            note.into(),
        );
    }
    details.into()
}

/// Success is 202.
pub fn judge(answer: &Answer<'_>, endpoint: &Endpoint) -> Verdict {
    match answer.status {
        202 => Verdict::Delivered,
        _ if answer.is_peers_trouble() => answer.retry(endpoint),
        200..=399 => answer.retry(endpoint),
        _ => answer.refused(endpoint),
    }
}

#[cfg(test)]
#[path = "pagerduty_tests.rs"]
mod tests;
