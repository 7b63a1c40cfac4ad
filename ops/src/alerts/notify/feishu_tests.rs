#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use proptest::prelude::*;

use super::super::fixtures::{answer, delivery, endpoint, json, pretty};
use super::*;
use crate::alerts::message::blocks;
use crate::alerts::message::fixtures::{OPENED, all, hostile};

const URL: &str =
    "https://open.feishu.cn/open-apis/bot/v2/hook/11112222-3333-4444-5555-666677778888";

fn posted(blocks: &Blocks) -> Request {
    request(blocks, delivery(), &endpoint(URL, "demo"))
}

#[test]
fn every_kind_in_both_languages() {
    let told = all()
        .iter()
        .map(|message| pretty(&posted(&blocks(message))))
        .collect::<Vec<_>>();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn time_and_secret_are_the_signatures_key() {
    let sign = signature("1599360473", "demo");
    assert_eq!(sign, "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=");
    let blocks = blocks(&all()[0]);
    let unsigned = json(&request(&blocks, delivery(), &endpoint(URL, "")));
    assert_eq!(unsigned.get("sign").or(unsigned.get("timestamp")), None);
    assert_eq!(json(&posted(&blocks))["timestamp"], "1795867270");
}

#[test]
fn a_200_is_no_success_by_itself() {
    let endpoint = endpoint(URL, "demo");
    let judged = |status, body: &str| judge(&answer(status, body), &endpoint);
    let success =
        r#"{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}"#;
    assert_eq!(judged(200, success), Verdict::Delivered);
    assert_eq!(judged(200, r#"{"StatusCode":0}"#), Verdict::Delivered);
    for (status, body) in [
        (200, r#"{"code":11232,"msg":"frequency limited"}"#),
        (400, r#"{"code":11232}"#),
        (429, "{}"),
        (502, "<html>"),
        (200, "<html>log in</html>"),
        (200, r#"{"code":"0"}"#),
    ] {
        assert!(
            matches!(judged(status, body), Verdict::Retry { .. }),
            "{status} {body}"
        );
    }
    for body in [
        r#"{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}"#,
        r#"{"code":19022,"msg":"Ip Not Allowed"}"#,
        r#"{"code":19024,"msg":"Key Words Not Found"}"#,
        r#"{"code":9499,"msg":"Bad Request"}"#,
    ] {
        let Verdict::Refused { reason } = judged(200, body) else {
            panic!("{body}")
        };
        assert!(reason.contains("code"), "{reason}");
    }
    assert!(matches!(judged(404, "not found"), Verdict::Refused { .. }));
}

#[test]
fn full_and_half_hours_are_avoided_by_chance() {
    let twelve = Timestamp(1_795_867_200_000);
    let later = |millis, share| {
        let at = twelve.plus_millis(millis);
        away_from_half_hours(at, share).0 - at.0
    };
    assert_eq!(
        (later(0, 0.0), later(0, 0.5), later(1_800_000, 1.0)),
        (0, 10_000, 20_000)
    );
    assert_eq!(
        (later(10_000, 1.0), later(-1, 1.0), later(900_000, 1.0)),
        (0, 0, 0)
    );
}

/// The contents of all `lark_md`, which Feishu reads as markup.
fn markup(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(object) if object.get("tag") == Some(&"lark_md".into()) => {
            vec![object["content"].as_str().unwrap()]
        }
        Value::Object(object) => object.values().flat_map(markup).collect(),
        Value::Array(list) => list.iter().flat_map(markup).collect(),
        _ => Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_breaks_the_limit_or_calls_anybody(message in hostile()) {
        let request = posted(&blocks(&message.outgoing(OPENED)));
        prop_assert!(request.body.len() <= 20_000);
        let body = json(&request);
        for text in markup(&body) {
            prop_assert!(text.starts_with("**") && !text.contains('<'), "{}", text);
        }
    }
}
