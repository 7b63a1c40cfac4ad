#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use proptest::prelude::*;

use super::super::fixtures::{answer, endpoint, json};
use super::*;
use crate::alerts::message::fixtures::{OPENED, all, hostile};
use crate::alerts::message::{blocks, digest};

const URL: &str =
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa";

fn posted(blocks: &Blocks) -> String {
    let body = json(&request(blocks, &endpoint(URL, "")));
    assert_eq!(body["msgtype"], "markdown");
    body["markdown"]["content"].as_str().unwrap().to_owned()
}

#[test]
fn every_kind_in_both_languages() {
    let told = all()
        .iter()
        .map(|message| posted(&blocks(message)))
        .collect::<Vec<_>>();
    insta::assert_snapshot!(told.join("\n\n----\n"));
}

#[test]
fn a_200_is_no_success_by_itself() {
    let endpoint = endpoint(URL, "");
    let judged = |status, body: &str| judge(&answer(status, body), &endpoint);
    assert_eq!(
        judged(200, r#"{"errcode":0,"errmsg":"ok"}"#),
        Verdict::Delivered
    );
    for (status, body) in [
        (200, r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#),
        (200, r#"{"errcode":-1,"errmsg":"system busy"}"#),
        (429, ""),
        (500, ""),
        (200, ""),
    ] {
        assert!(
            matches!(judged(status, body), Verdict::Retry { .. }),
            "{status} {body}"
        );
    }
    let body = r#"{"errcode":93000,"errmsg":"invalid webhook url, key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"}"#;
    let Verdict::Refused { reason } = judged(200, body) else {
        panic!("{body}")
    };
    assert!(
        reason.contains("93000") && !reason.contains("693a91f6"),
        "{reason}"
    );
}

#[test]
fn a_digest_of_hundreds_fits_and_says_that_it_was_cut() {
    let messages: Vec<_> = (0..40).flat_map(|_| all()).collect();
    let text = posted(&digest(&messages).unwrap());
    assert!(text.len() <= 4096 && text.contains("400"), "{text}");
    assert!(text.contains("消息过长"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_breaks_the_limit_or_becomes_markup(message in hostile()) {
        let blocks = blocks(&message.outgoing(OPENED));
        let text = posted(&blocks);
        prop_assert!(text.len() <= 4096, "{} bytes", text.len());
        // Ours: the colour of the state, and the links.
        prop_assert_eq!(text.matches('<').count(), 2);
        prop_assert!(text.starts_with("**<font color=\""));
        prop_assert_eq!(text.matches('[').count(), 1 + blocks.links.len());
        prop_assert!(!text.contains(['`', '@', '~', '\\']), "{}", text);
        for line in text.lines().filter(|line| !line.is_empty()) {
            let stars = line.matches('*').count();
            prop_assert!(stars == 0 || (stars == 4 && line.starts_with("**")), "{}", line);
        }
    }
}
