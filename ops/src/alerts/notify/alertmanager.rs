//! Alertmanager's API v2: it groups, silences and routes by itself.
//!
//! An alert that is not sent again is announced as *resolved* once its `endsAt` has passed. So the
//! sender repeats what fires every [`RESEND_EVERY`], and what has ended for [`RESEND_ENDED_FOR`] after
//! its end, since Alertmanager may have restarted meanwhile. A follower of a cause is not sent.

use std::time::Duration;

use serde::Serialize;

use super::answer::{Answer, Verdict};
use super::labels::{self, Pairs};
use super::request::Request;
use super::secret::{Endpoint, Secret};
use crate::alerts::message::{Alert, Kind, Outgoing, Timestamp};
use crate::alerts::severity::Severity;

pub const RESEND_EVERY: Duration = Duration::from_secs(60);
pub const RESEND_ENDED_FOR: Duration = Duration::from_secs(15 * 60);

/// So long an alert stands without being sent again.
const VALID_MS: i64 = 5 * 60 * 1000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Posted {
    labels: Pairs,
    annotations: Pairs,
    starts_at: String,
    ends_at: String,
    #[serde(rename = "generatorURL", skip_serializing_if = "Option::is_none")]
    generator_url: Option<String>,
}

/// All alerts of the message, as they stand at `at`.
pub fn request(message: &Outgoing, at: Timestamp, endpoint: &Endpoint) -> Request {
    let told = message.data.alerts.iter();
    let told = told.filter(|alert| alert.suppressed_by.is_none());
    let mut alerts: Vec<Posted> = told.flat_map(|alert| posted(alert, message, at)).collect();
    if message.kind == Kind::ChannelTest {
        alerts = vec![test(message, at)];
    }
    let base = endpoint.url.expose().trim_end_matches('/');
    let url = Secret::new(format!("{base}/api/v2/alerts"));
    // All keys are strings.
    Request::json(url, serde_json::to_vec(&alerts).unwrap_or_default())
}

/// The alert; and, because its severity is part of what it is, the end of the one that it was.
fn posted(alert: &Alert, message: &Outgoing, at: Timestamp) -> Vec<Posted> {
    let ended = labels::ended_at(alert, message);
    let ends = ended.unwrap_or_else(|| at.plus_millis(VALID_MS).max(alert.since));
    let before = alert
        .previous_severity
        .filter(|before| *before != alert.severity);
    let before = before.map(|before| entry(alert, before, message, at.max(alert.since)));
    let now = entry(alert, alert.severity, message, ends);
    [Some(now), before].into_iter().flatten().collect()
}

fn entry(alert: &Alert, severity: Severity, message: &Outgoing, ends: Timestamp) -> Posted {
    let data = &message.data;
    Posted {
        labels: labels::labels(alert, severity, data),
        annotations: labels::annotations(alert, data),
        starts_at: alert.since.rfc3339(),
        ends_at: ends.rfc3339(),
        generator_url: labels::generator_url(data),
    }
}

fn test(message: &Outgoing, at: Timestamp) -> Posted {
    Posted {
        labels: labels::test_labels(&message.data),
        annotations: labels::test_annotations(&message.data),
        starts_at: at.rfc3339(),
        ends_at: at.plus_millis(VALID_MS).rfc3339(),
        generator_url: None,
    }
}

/// Success is 200. A body that is refused once is refused always.
pub fn judge(answer: &Answer<'_>, endpoint: &Endpoint) -> Verdict {
    match answer.status {
        200 => Verdict::Delivered,
        400 | 410 | 413 | 415 | 422 => answer.refused(endpoint),
        _ => answer.retry(endpoint),
    }
}

#[cfg(test)]
#[path = "alertmanager_tests.rs"]
mod tests;
