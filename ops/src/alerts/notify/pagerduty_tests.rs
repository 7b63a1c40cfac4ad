#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use proptest::prelude::*;

use super::super::fixtures::{answer, endpoint, json, pretty};
use super::*;
use crate::alerts::message::fixtures::{OPENED, all, hostile, opened, resolved};
use crate::alerts::message::{Language, Message};

const URL: &str = "https://events.pagerduty.com/v2/enqueue";
const KEY: &str = "samplekeyhere0123456789abcdef0123";

fn posted(message: &Outgoing) -> Request {
    request(message, &endpoint(URL, KEY))
}

#[test]
fn every_kind_in_both_languages() {
    let told = all()
        .iter()
        .map(|message| pretty(&posted(message)))
        .collect::<Vec<_>>();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn the_end_has_the_key_of_the_beginning_whatever_the_incidents_id() {
    let mut first = opened(Language::English);
    let mut last = resolved(Language::English);
    last.data.alerts = first.data.alerts.clone();
    last.data.incident.as_mut().unwrap().id = "another".to_owned();
    let key = |message: Message| json(&posted(&message.outgoing(OPENED)))["dedup_key"].clone();
    assert_eq!(key(first.clone()), "agent-source-db/database/service");
    assert_eq!(key(first.clone()), key(last.clone()));

    let long = "x".repeat(300);
    first.data.alerts[0].subject.clone_from(&long);
    last.data.alerts[0].subject.clone_from(&long);
    assert_eq!(key(first.clone()).as_str().unwrap().len(), 64);
    assert_eq!(key(first), key(last));
}

#[test]
fn only_202_is_success() {
    let endpoint = endpoint(URL, KEY);
    let judged = |status, body: &str| judge(&answer(status, body), &endpoint);
    assert_eq!(judged(202, r#"{"status":"success"}"#), Verdict::Delivered);
    for status in [200, 302, 429, 500, 503] {
        assert!(
            matches!(judged(status, ""), Verdict::Retry { .. }),
            "{status}"
        );
    }
    let body = format!(r#"{{"status":"invalid event","errors":["{KEY} is no key"]}}"#);
    let Verdict::Refused { reason } = judged(400, &body) else {
        panic!("{body}")
    };
    assert!(
        reason.contains("invalid event") && !reason.contains("samplekey"),
        "{reason}"
    );
}

#[test]
fn the_key_is_not_shown() {
    let request = posted(&opened(Language::English).outgoing(OPENED));
    assert_eq!(json(&request)["routing_key"], KEY);
    assert!(!format!("{request:?}").contains(KEY));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_breaks_the_limits(message in hostile()) {
        let request = posted(&message.outgoing(OPENED));
        prop_assert!(request.body.len() <= 512_000);
        let event = json(&request);
        let length = |value: &Value| value.as_str().unwrap().chars().count();
        prop_assert!((1..=255).contains(&length(&event["dedup_key"])));
        prop_assert!((1..=1024).contains(&length(&event["payload"]["summary"])));
        prop_assert!((1..=255).contains(&length(&event["payload"]["source"])));
    }
}
