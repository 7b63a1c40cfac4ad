#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use proptest::prelude::*;

use super::super::fixtures::{answer, delivery, endpoint, json};
use super::*;
use crate::alerts::message::blocks;
use crate::alerts::message::fixtures::{OPENED, all, hostile};

const URL: &str = "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef";

fn posted(blocks: &Blocks) -> Request {
    request(blocks, delivery(), &endpoint(URL, "SECdemo"))
}

#[test]
fn every_kind_in_both_languages() {
    let told = all().into_iter().map(|message| {
        let body = json(&posted(&blocks(&message)));
        assert_eq!(
            (&body["msgtype"], &body["at"]["isAtAll"]),
            (&"markdown".into(), &false.into())
        );
        let markdown = &body["markdown"];
        let part = |name: &str| markdown[name].as_str().unwrap().to_owned();
        format!("title: {}\n\n{}", part("title"), part("text"))
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n\n----\n"));
}

#[test]
fn the_secret_signs_the_address() {
    let sign = signature(1_599_360_473_000, "SECdemo");
    assert_eq!(sign, "tGWkA5eQOQNCNPDgphtxIoNLO%2B%2FgD8Lcb705KQoRzeY%3D");
    let blocks = blocks(&all()[0]);
    let signed = posted(&blocks);
    let begin = format!("{URL}&timestamp=1795867270000&sign=");
    assert!(signed.url.expose().starts_with(&begin));
    let unsigned = request(&blocks, delivery(), &endpoint(URL, ""));
    assert_eq!(unsigned.url.expose(), URL);
}

#[test]
fn a_200_is_no_success_by_itself() {
    let endpoint = endpoint(URL, "SECdemo");
    let judged = |status, body: &str| judge(&answer(status, body), &endpoint);
    assert_eq!(
        judged(200, r#"{"errcode":0,"errmsg":"ok"}"#),
        Verdict::Delivered
    );
    let Verdict::Retry { after, .. } = judged(200, r#"{"errcode":130101,"errmsg":"too fast"}"#)
    else {
        panic!("too fast is tried again");
    };
    assert_eq!(after, Some(Duration::from_secs(60)));
    for (status, body) in [
        (200, r#"{"errcode":-1}"#),
        (429, ""),
        (503, ""),
        (200, "<html>"),
        (302, ""),
    ] {
        assert!(
            matches!(judged(status, body), Verdict::Retry { .. }),
            "{status} {body}"
        );
    }
    for code in [310_000, 460_101, 101_002, 300_001] {
        let body = format!(r#"{{"errcode":{code},"errmsg":"no"}}"#);
        let Verdict::Refused { reason } = judged(200, &body) else {
            panic!("{code}")
        };
        assert!(reason.contains(&code.to_string()), "{reason}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_breaks_the_limit_or_becomes_markup(message in hostile()) {
        let blocks = blocks(&message.outgoing(OPENED));
        let request = posted(&blocks);
        prop_assert!(request.body.len() <= 20_000);
        let body = json(&request);
        let text = body["markdown"]["text"].as_str().unwrap();
        prop_assert!(!text.contains(['<', '`', '@', '~', '\\']), "{}", text);
        // The state's, and those of the links.
        prop_assert_eq!(text.matches('[').count(), 1 + blocks.links.len());
        for line in text.lines().filter(|line| !line.is_empty()) {
            let stars = line.matches('*').count();
            prop_assert!(stars == 0 || (stars == 4 && line.starts_with("**")), "{}", line);
        }
    }
}
