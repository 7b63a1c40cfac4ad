#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;
use serde_json::Value;

use super::super::fixtures::{answer, endpoint, json, pretty};
use super::*;
use crate::alerts::message::fixtures::{OPENED, all, hostile, opened, updated};
use crate::alerts::message::{EndedBy, IncidentState, Language};

const URL: &str = "http://user:pass@alertmanager.example:9093/prefix/";

fn posted(message: &Outgoing) -> Request {
    request(message, OPENED.plus_millis(30_000), &endpoint(URL, ""))
}

#[test]
fn every_kind_in_both_languages() {
    let told = all()
        .iter()
        .map(|message| pretty(&posted(message)))
        .collect::<Vec<_>>();
    insta::assert_snapshot!(told.join("\n\n"));
    let request = posted(&all()[0]);
    assert!(request.url.expose().ends_with(":9093/prefix/api/v2/alerts"));
}

#[test]
fn what_fires_stands_for_five_minutes_without_being_sent_again() {
    let body = json(&posted(&opened(Language::English).outgoing(OPENED)));
    assert_eq!(body.as_array().unwrap().len(), 1, "followers are not sent");
    assert_eq!(body[0]["endsAt"], "2026-11-28T12:06:35.250Z");
}

#[test]
fn a_raised_severity_ends_the_former_alert() {
    let body = json(&posted(&updated(Language::English).outgoing(OPENED)));
    let disks: Vec<&Value> = body
        .as_array()
        .unwrap()
        .iter()
        .filter(|alert| alert["labels"]["alertname"] == "disk")
        .collect();
    let shown = |alert: &Value| (alert["labels"]["severity"].clone(), alert["endsAt"].clone());
    assert_eq!(
        shown(disks[0]),
        ("critical".into(), "2026-11-28T12:06:35.250Z".into())
    );
    assert_eq!(
        shown(disks[1]),
        ("warning".into(), "2026-11-28T12:01:35.250Z".into())
    );
}

#[test]
fn what_a_person_closes_ends() {
    let mut message = opened(Language::English);
    message.kind = Kind::Resolved;
    message.timestamp = OPENED.plus_millis(20_000);
    let incident = message.data.incident.as_mut().unwrap();
    incident.state = IncidentState::Closed;
    incident.ended_by = Some(EndedBy::ClosedBy);
    let body = json(&posted(&message.outgoing(OPENED)));
    assert_eq!(body[0]["endsAt"], "2026-11-28T12:01:25.250Z");
}

#[test]
fn only_200_is_success() {
    let endpoint = endpoint(URL, "");
    let judged = |status| judge(&answer(status, "\"invalid\""), &endpoint);
    assert_eq!(judged(200), Verdict::Delivered);
    for status in [202, 302, 401, 404, 429, 500, 503] {
        assert!(matches!(judged(status), Verdict::Retry { .. }), "{status}");
    }
    for status in [400, 410, 422] {
        assert!(
            matches!(judged(status), Verdict::Refused { .. }),
            "{status}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn nothing_is_sent_that_it_would_refuse(message in hostile()) {
        for alert in json(&posted(&message.outgoing(OPENED))).as_array().unwrap() {
            let labels = alert["labels"].as_object().unwrap();
            prop_assert!(labels.contains_key("severity"));
            for (name, value) in labels {
                prop_assert!(name.bytes().all(|byte| byte.is_ascii_lowercase()));
                prop_assert!(!value.as_str().unwrap().is_empty());
            }
            let time = |name: &str| alert[name].as_str().unwrap().to_owned();
            prop_assert!(time("startsAt") <= time("endsAt"));
            let url = alert.get("generatorURL").map(|url| url.as_str().unwrap());
            prop_assert!(url.is_none_or(|url| url.starts_with("https://")));
        }
    }
}
