//! An alert as Alertmanager knows it: labels, which are what it is, and annotations, which are what is
//! known of it.
//!
//! A value, a time or a count is never a label: it would be another alert each time.

use std::collections::BTreeMap;

use url::Url;

use crate::alerts::message::{
    Alert, AlertState, Data, Kind, Message, Timestamp, cut, one_line, web_address,
};
use crate::alerts::severity::Severity;

pub(super) type Pairs = BTreeMap<&'static str, String>;

/// Characters of a label or an annotation.
const MAX_TEXT: usize = 500;

pub(super) fn labels(alert: &Alert, severity: Severity, data: &Data) -> Pairs {
    pairs([
        ("alertname", alert.rule.as_str()),
        ("service", &data.service),
        ("severity", severity.name()),
        ("subject", &alert.subject),
    ])
}

pub(super) fn annotations(alert: &Alert, data: &Data) -> Pairs {
    let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    let (value, threshold) = (number(alert.value), number(alert.threshold));
    let incident = data.incident.as_ref();
    pairs([
        ("summary", alert.summary.as_str()),
        ("title", incident.map_or("", |incident| &incident.title)),
        ("incident_id", incident.map_or("", |incident| &incident.id)),
        ("value", &value),
        ("threshold", &threshold),
        (
            "runbook_url",
            alert.runbook_url.as_deref().unwrap_or_default(),
        ),
    ])
}

/// The incident's page, if it has a public address: Alertmanager refuses all alerts of a request if
/// one of them has something else.
pub(super) fn generator_url(data: &Data) -> Option<String> {
    web_address(&data.incident.as_ref()?.url)
}

/// The desk's public address, if the incident has one.
pub(super) fn desk_url(data: &Data) -> Option<String> {
    let url = Url::parse(&data.incident.as_ref()?.url).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}

/// When it ended: with its incident at the latest, which a person may have closed.
pub(super) fn ended_at(alert: &Alert, message: &Message) -> Option<Timestamp> {
    let is_over = alert.state == AlertState::Ended || message.kind == Kind::Resolved;
    is_over.then(|| alert.ended_at.unwrap_or(message.timestamp).max(alert.since))
}

/// What all alerts of a message share.
pub(super) fn group_labels(data: &Data) -> Pairs {
    pairs([("service", data.service.as_str())])
}

/// Of a test of the channel.
pub(super) fn test_labels(data: &Data) -> Pairs {
    pairs([
        ("alertname", "ChannelTest"),
        ("service", &data.service),
        ("severity", Severity::Info.name()),
        ("instance", &data.instance),
    ])
}

pub(super) fn test_annotations(data: &Data) -> Pairs {
    let summary = data.language.pick(
        "This channel delivers; nothing is wrong.",
        "通道可用，仅为测试。",
    );
    pairs([("summary", summary)])
}

/// Empty ones are as good as absent, to Alertmanager, too.
fn pairs<const N: usize>(pairs: [(&'static str, &str); N]) -> Pairs {
    pairs
        .into_iter()
        .map(|(name, value)| (name, cut(&one_line(value), MAX_TEXT)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// As Prometheus computes it (`model.LabelSet.Fingerprint`): 64 bits of FNV-1a over names and values,
/// each followed by 0xff, in the names' order; 16 hexadecimal digits.
pub(super) fn fingerprint(labels: &Pairs) -> String {
    const OFFSET: u64 = 14_695_981_039_346_656_037;
    const PRIME: u64 = 1_099_511_628_211;
    let mut sum = OFFSET;
    for (name, value) in labels {
        for text in [name, value.as_str()] {
            for byte in text.bytes().chain([0xff]) {
                sum = (sum ^ u64::from(byte)).wrapping_mul(PRIME);
            }
        }
    }
    format!("{sum:016x}")
}
