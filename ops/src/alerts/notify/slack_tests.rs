#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::super::fixtures::{answer, endpoint, json, pretty, texts};
use super::*;
use crate::alerts::message::fixtures::{OPENED, all, hostile, opened};
use crate::alerts::message::{Language, blocks};

const URL: &str = "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXX";

fn posted(blocks: &Blocks) -> Request {
    request(blocks, &endpoint(URL, ""))
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
fn a_long_title_stands_whole_below_the_header() {
    let mut message = opened(Language::English);
    message.data.incident.as_mut().unwrap().title = "x".repeat(170);
    let body = json(&posted(&blocks(&message.outgoing(OPENED))));
    let header = body["blocks"][0]["text"]["text"].as_str().unwrap();
    assert_eq!(
        (header.chars().count(), header.chars().last()),
        (150, Some('…'))
    );
    assert!(
        body["blocks"][1]["text"]["text"]
            .as_str()
            .unwrap()
            .contains(&"x".repeat(170))
    );
}

#[test]
fn only_ok_is_success() {
    let endpoint = endpoint(URL, "");
    let judged = |status, body: &str| judge(&answer(status, body), &endpoint);
    assert_eq!(judged(200, "ok"), Verdict::Delivered);
    for (status, body) in [
        (200, "<html>log in</html>"),
        (200, ""),
        (302, ""),
        (429, ""),
        (500, ""),
        (503, ""),
    ] {
        assert!(
            matches!(judged(status, body), Verdict::Retry { .. }),
            "{status} {body}"
        );
    }
    for (status, body) in [
        (400, "invalid_payload"),
        (403, "action_prohibited"),
        (404, "channel_not_found"),
        (410, "channel_is_archived"),
    ] {
        let reason = format!("HTTP {status}: {body}");
        assert_eq!(judged(status, body), Verdict::Refused { reason });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_breaks_the_limits_or_calls_anybody(message in hostile()) {
        let body = json(&posted(&blocks(&message.outgoing(OPENED))));
        let written = body["blocks"].as_array().unwrap();
        prop_assert!(written.len() <= 50);
        prop_assert!(texts(&body["blocks"]).iter().map(|text| text.chars().count()).sum::<usize>() <= 13_000);
        for block in written {
            let fields = block["fields"].as_array().map_or(&[][..], Vec::as_slice);
            prop_assert!(fields.len() <= 10);
            for text in fields.iter().chain([&block["text"]]) {
                let Some(shown) = text["text"].as_str() else { continue };
                let max = if block["type"] == "header" { 150 } else if fields.is_empty() { 3000 } else { 2000 };
                prop_assert!(!shown.is_empty() && shown.chars().count() <= max);
                // Slack reads markup only here.
                if text["type"] == "mrkdwn" {
                    prop_assert!(!shown.contains("<!") && !shown.contains("<@"), "{}", shown);
                }
            }
        }
        let fallback = body["text"].as_str().unwrap();
        prop_assert!(!fallback.contains(['<', '>']), "{}", fallback);
    }
}
