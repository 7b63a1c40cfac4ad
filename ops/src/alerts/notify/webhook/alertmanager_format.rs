//! What Alertmanager posts to a webhook, version 4: for receivers that understand it already.

use serde::Serialize;

use super::super::labels::{self, Pairs};
use crate::alerts::message::{Alert, Kind, Outgoing};

/// More are counted, not sent.
const MAX_ALERTS: usize = 50;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    version: &'static str,
    group_key: String,
    truncated_alerts: usize,
    status: &'static str,
    receiver: &'a str,
    group_labels: Pairs,
    common_labels: Pairs,
    common_annotations: Pairs,
    #[serde(rename = "externalURL")]
    external_url: String,
    alerts: Vec<Entry>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    status: &'static str,
    labels: Pairs,
    annotations: Pairs,
    starts_at: String,
    ends_at: String,
    #[serde(rename = "generatorURL")]
    generator_url: String,
    fingerprint: String,
}

/// What Go writes for a time that is not known.
const NO_END: &str = "0001-01-01T00:00:00Z";

/// Followers of a cause are left out, as Alertmanager leaves out what it inhibits.
pub(super) fn json(message: &Outgoing, channel: &str) -> Vec<u8> {
    let data = &message.data;
    let told = data
        .alerts
        .iter()
        .filter(|alert| alert.suppressed_by.is_none());
    let mut alerts: Vec<Entry> = told.map(|alert| entry(alert, message)).collect();
    if message.kind == Kind::ChannelTest {
        alerts = vec![test(message)];
    }
    let truncated_alerts = alerts.len().saturating_sub(MAX_ALERTS);
    alerts.truncate(MAX_ALERTS);
    let is_firing = alerts.iter().any(|alert| alert.status == FIRING);
    let payload = Payload {
        version: "4",
        group_key: format!("{{}}:{{service={:?}}}", data.service),
        truncated_alerts,
        status: if is_firing { FIRING } else { RESOLVED },
        receiver: channel,
        common_labels: common(alerts.iter().map(|alert| &alert.labels)),
        common_annotations: common(alerts.iter().map(|alert| &alert.annotations)),
        group_labels: labels::group_labels(data),
        external_url: labels::desk_url(data).unwrap_or_default(),
        alerts,
    };
    // All keys are strings.
    serde_json::to_vec(&payload).unwrap_or_default()
}

const FIRING: &str = "firing";
const RESOLVED: &str = "resolved";

fn entry(alert: &Alert, message: &Outgoing) -> Entry {
    let data = &message.data;
    let labels = labels::labels(alert, alert.severity, data);
    let ended = labels::ended_at(alert, message);
    Entry {
        status: ended.map_or(FIRING, |_| RESOLVED),
        annotations: labels::annotations(alert, data),
        starts_at: alert.since.rfc3339(),
        ends_at: ended.map_or_else(|| NO_END.to_owned(), |ended| ended.rfc3339()),
        generator_url: labels::generator_url(data).unwrap_or_default(),
        fingerprint: labels::fingerprint(&labels),
        labels,
    }
}

fn test(message: &Outgoing) -> Entry {
    let labels = labels::test_labels(&message.data);
    Entry {
        status: FIRING,
        annotations: labels::test_annotations(&message.data),
        starts_at: message.timestamp.rfc3339(),
        ends_at: NO_END.to_owned(),
        generator_url: String::new(),
        fingerprint: labels::fingerprint(&labels),
        labels,
    }
}

/// What all of them have in common.
fn common<'a>(mut all: impl Iterator<Item = &'a Pairs>) -> Pairs {
    let mut common = all.next().cloned().unwrap_or_default();
    for pairs in all {
        common.retain(|name, value| pairs.get(name) == Some(value));
    }
    common
}
