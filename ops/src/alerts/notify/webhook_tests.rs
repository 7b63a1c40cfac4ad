#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use proptest::prelude::*;

use super::super::fixtures::{answer, delivery, endpoint, json, pretty};
use super::*;
use crate::alerts::message::fixtures::{OPENED, all, hostile, opened, resolved};
use crate::alerts::message::{Language, Message, Timestamp};

const URL: &str = "https://hooks.example/in/token123456?key=abcdefgh";

/// The specification's own vector.
const VECTOR_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fn keys() -> Keys {
    Keys::parse(&Secret::new(VECTOR_SECRET)).unwrap()
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let mut headers = request.headers.iter();
    Some(headers.find(|header| header.0 == name)?.1.as_str())
}

fn own(message: &Outgoing, keys: &Keys) -> Request {
    request(
        message,
        delivery(),
        "default",
        Format::Own,
        &endpoint(URL, ""),
        keys,
    )
}

#[test]
fn the_published_vector_is_signed_as_published() {
    let delivery = Delivery {
        id: "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        at: Timestamp(1_649_367_553_000),
    };
    let body = br#"{"email":"test@example.com","username":"test_user"}"#.to_vec();
    let request = signed(body, delivery, &endpoint(URL, ""), &keys());
    assert_eq!(
        header(&request, "webhook-id"),
        Some("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk")
    );
    assert_eq!(header(&request, "webhook-timestamp"), Some("1649367553"));
    assert_eq!(
        header(&request, "webhook-signature"),
        Some("v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=")
    );
}

#[test]
fn without_a_secret_nothing_is_signed_and_with_two_both_are() {
    let message = opened(Language::English).outgoing(OPENED);
    assert_eq!(
        header(&own(&message, &Keys::default()), "webhook-signature"),
        None
    );
    let two = format!("{VECTOR_SECRET} whsec_{}", STANDARD.encode([7; 32]));
    let two = Keys::parse(&Secret::new(two)).unwrap();
    let request = own(&message, &two);
    let signatures: Vec<&str> = header(&request, "webhook-signature")
        .unwrap()
        .split(' ')
        .collect();
    let one = own(&message, &keys());
    assert_eq!(signatures[0], header(&one, "webhook-signature").unwrap());
    assert_eq!(signatures.len(), 2);
}

#[test]
fn a_secret_that_is_none_is_refused_and_a_right_one_is_not_shown() {
    let too_long = STANDARD.encode([0; 65]);
    for text in [
        "",
        "whsec_",
        "whsec_c2hvcnQ=",
        "no base64 at all!",
        &too_long,
    ] {
        assert_eq!(Keys::parse(&Secret::new(text)).unwrap_err(), KeyError);
    }
    assert_eq!(format!("{:?}", keys()), "Keys([***])");
}

#[test]
fn our_body_is_the_message() {
    for message in all() {
        let request = own(&message, &keys());
        let read: Message = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(read, *message);
    }
}

#[test]
fn alertmanagers_format() {
    let formats = [opened, resolved, crate::alerts::message::fixtures::test].map(|message| {
        let message = message(Language::English).outgoing(OPENED);
        let endpoint = endpoint(URL, "");
        let format = Format::Alertmanager;
        pretty(&request(
            &message,
            delivery(),
            "default",
            format,
            &endpoint,
            &keys(),
        ))
    });
    insta::assert_snapshot!(formats.join("\n\n"));
}

#[test]
fn fingerprints_are_those_of_prometheus() {
    // prometheus/common, model/signature_test.go.
    let labels = [("name", "garland, briggs"), ("fear", "love is not enough")];
    let labels = labels.map(|(name, value)| (name, value.to_owned()));
    let expected = format!("{:016x}", 5_799_056_148_416_392_346_u64);
    assert_eq!(super::super::labels::fingerprint(&labels.into()), expected);
}

#[test]
fn only_2xx_is_success() {
    let endpoint = endpoint(URL, "");
    let judged = |status| judge(&answer(status, "no"), &endpoint);
    for status in [200, 201, 204, 299] {
        assert_eq!(judged(status), Verdict::Delivered);
    }
    for status in [301, 302, 307, 401, 403, 404, 408, 429, 500, 502, 503, 504] {
        assert!(
            matches!(judged(status), Verdict::Retry { after: None, .. }),
            "{status}"
        );
    }
    for status in [400, 410, 413, 415, 422] {
        assert!(
            matches!(judged(status), Verdict::Refused { .. }),
            "{status}"
        );
    }
}

#[test]
fn retry_after_is_seconds_or_a_date_and_an_hour_at_most() {
    let after = |text| Answer::new(429, Some(text), b"", Timestamp(784_111_747_000)).retry_after;
    assert_eq!(after("30"), Some(Duration::from_secs(30)));
    assert_eq!(after("86400"), Some(Duration::from_secs(3600)));
    // RFC 9110's own example, half a minute before it.
    assert_eq!(
        after("Sun, 06 Nov 1994 08:49:37 GMT"),
        Some(Duration::from_secs(30))
    );
    assert_eq!(after("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
    assert_eq!(after("soon"), None);
    assert_eq!(after("-5"), None);
}

#[test]
fn an_answer_that_repeats_our_address_does_not_give_it_away() {
    let endpoint = endpoint(URL, VECTOR_SECRET);
    let body = format!(
        "POST {URL} failed: /in/token123456 and key=abcdefgh, {VECTOR_SECRET}\r\n\0{}",
        "long".repeat(100)
    );
    for status in [410, 500] {
        let told = format!("{:?}", judge(&answer(status, &body), &endpoint));
        for secret in ["token123456", "abcdefgh", "C2FVsBQI", "\\r", "\\0"] {
            assert!(!told.contains(secret), "{told}");
        }
        assert!(told.len() < 300, "{told}");
    }
}

#[test]
fn a_request_does_not_show_its_secrets() {
    let message = opened(Language::English).outgoing(OPENED);
    let shown = format!(
        "{:?} {:?}",
        own(&message, &keys()),
        endpoint(URL, VECTOR_SECRET)
    );
    for secret in ["token123456", "v1,", "whsec"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_the_texts_the_body_is_json_within_its_limit(message in hostile()) {
        let message = message.outgoing(OPENED);
        let request = own(&message, &keys());
        prop_assert!(request.body.len() <= MAX_BODY_BYTES);
        let read: Message = serde_json::from_slice(&request.body).unwrap();
        prop_assert_eq!(read.kind, message.kind);
        prop_assert_eq!(read.data.truncated, read != *message);
        let id = |message: &Message| message.data.incident.clone().map(|incident| incident.id);
        prop_assert_eq!(id(&read), id(&message));
    }

    #[test]
    fn alertmanagers_format_is_json_whatever_the_texts(message in hostile()) {
        let message = message.outgoing(OPENED);
        let format = Format::Alertmanager;
        let request = request(&message, delivery(), "default", format, &endpoint(URL, ""), &keys());
        let body = json(&request);
        let told = message.data.alerts.iter().filter(|alert| alert.suppressed_by.is_none()).count();
        let told = message.data.incident.as_ref().map_or(1, |_| told);
        let sent = body["alerts"].as_array().unwrap().len() as u64;
        prop_assert_eq!(sent + body["truncatedAlerts"].as_u64().unwrap(), told as u64);
    }
}
