#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::fixtures::*;
use super::*;

fn plain(blocks: &Blocks) -> String {
    let mut lines = vec![blocks.first_line()];
    let colon = blocks.language.colon();
    lines.extend(
        blocks
            .facts
            .iter()
            .map(|fact| format!("{}{colon}{}", fact.label, fact.value)),
    );
    for section in &blocks.sections {
        lines.push(format!("# {}", section.title));
        lines.extend(section.lines.iter().cloned());
    }
    lines.extend(
        blocks
            .links
            .iter()
            .map(|link| format!("{}{colon}{}", link.text, link.address)),
    );
    lines.extend(blocks.cut_note().map(ToOwned::to_owned));
    lines.join("\n")
}

#[test]
fn every_kind_is_told_in_both_languages() {
    let told: Vec<String> = all()
        .iter()
        .map(|message| plain(&blocks(message)))
        .collect();
    insta::assert_snapshot!(told.join("\n\n----\n"));
}

#[test]
fn the_json_is_what_a_webhooks_receiver_was_promised() {
    let told: Vec<String> = [opened, resolved, test]
        .into_iter()
        .map(|message| serde_json::to_string_pretty(&message(Language::English)).unwrap())
        .collect();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn what_is_stored_is_read_back() {
    for message in [opened, updated, reminder, resolved, test] {
        let message = message(Language::SimplifiedChinese);
        let stored = serde_json::to_string(&message).unwrap();
        assert_eq!(serde_json::from_str::<Message>(&stored).unwrap(), message);
    }
}

#[test]
fn a_late_message_says_how_late_it_is() {
    let message = opened(Language::English);
    let told = |millis| blocks(&message.clone().outgoing(OPENED.plus_millis(millis)));
    assert!(!plain(&told(60_999)).contains("Delayed"));
    let late = plain(&told(250_000));
    assert!(
        late.contains("Delayed by: 4 min 10 s (of 2026-11-28 12:01:05 UTC)"),
        "{late}"
    );
}

#[test]
fn an_end_that_is_no_recovery_is_not_called_one() {
    let first_word = |ended_by| {
        let mut message = resolved(Language::English);
        message.data.incident.as_mut().unwrap().ended_by = Some(ended_by);
        blocks(&message.outgoing(OPENED)).state
    };
    assert_eq!(first_word(EndedBy::Resolved), "[RESOLVED·critical]");
    assert_eq!(first_word(EndedBy::ClosedBy), "[CLOSED·critical]");
    assert_eq!(
        first_word(EndedBy::RuleRemoved),
        "[ENDED, RULE REMOVED·critical]"
    );
    assert_eq!(first_word(EndedBy::Expired), "[ENDED·critical]");
}

#[test]
fn all_notices_of_an_incident_have_the_same_title() {
    let titles = [opened, updated, reminder, resolved].map(|message| {
        let message = message(Language::English);
        blocks(&message.outgoing(OPENED)).title
    });
    assert_eq!(titles, [""; 4].map(|_| titles[0].clone()));
}

#[test]
fn without_a_public_address_the_path_is_told() {
    let mut message = opened(Language::English);
    message.data.incident.as_mut().unwrap().url = "/admin/incidents/7/".to_owned();
    let told = plain(&blocks(&message.outgoing(OPENED)));
    assert!(told.contains("In the desk: /admin/incidents/7/"), "{told}");
}

#[test]
fn secrets_within_texts_do_not_leave() {
    let mut message = opened(Language::English);
    let secrets = [
        "password=hunter2x9",
        "postgres://app:s3cr3tw0rd@db.example/registry",
        "Authorization: Bearer abcdefghijklmnop",
        "post to https://hooks.slack.com/services/T0000/B0000/XXXXSECRETXXXX failed",
        "https://open.feishu.cn/open-apis/bot/v2/hook/11112222-SECRET",
        "https://oapi.dingtalk.com/robot/send?access_token=deadbeefSECRET",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693axxxSECRET",
    ];
    for secret in secrets {
        message.data.alerts[0].summary = secret.to_owned();
        message.data.evidence.top_errors[0].message = secret.to_owned();
        message.data.incident.as_mut().unwrap().title = secret.to_owned();
        message.data.remarks = vec![Remark::Silenced {
            by: secret.to_owned(),
        }];
        let outgoing = message.clone().outgoing(OPENED);
        let told = plain(&blocks(&outgoing)) + &serde_json::to_string(&*outgoing).unwrap();
        for word in ["hunter2x9", "s3cr3tw0rd", "abcdefghijklmnop", "SECRET"] {
            assert!(!told.contains(word), "{told}");
        }
    }
}

#[test]
fn a_digest_has_a_line_for_each_message() {
    let messages: Vec<Outgoing> = all()
        .into_iter()
        .filter(|message| message.data.language == Language::English)
        .collect();
    insta::assert_snapshot!(plain(&digest(&messages).unwrap()));
    assert_eq!(digest(&[]), None);
}

#[test]
fn addresses_that_are_none_are_no_links() {
    assert_eq!(web_address("/admin/incidents/1/"), None);
    assert_eq!(web_address("javascript:alert(1)"), None);
    assert_eq!(web_address("https://ada:secret@a.example/"), None);
    assert_eq!(
        web_address(&format!("https://a.example/{}", "x".repeat(500))),
        None
    );
    let address = web_address("https://a.example/(x)|<y>\"*`@all?q=[z] 数").unwrap();
    assert!(
        !address.contains(|c| "()|<>\"*`@[] ".contains(c)),
        "{address}"
    );
}

fn is_one_harmless_line(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202e}'))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_cut_text_has_at_most_so_many_characters(text in hostile_text(), max in 1..200_usize) {
        let short = cut(&text, max);
        prop_assert!(short.chars().count() <= max);
        prop_assert_eq!(short == text, text.chars().count() <= max);
    }

    #[test]
    fn every_piece_is_one_harmless_line(message in hostile()) {
        let blocks = blocks(&message.outgoing(OPENED));
        let values = blocks.facts.iter().map(|fact| &fact.value);
        let lines = blocks.sections.iter().flat_map(|section| &section.lines);
        for text in values.chain(lines).chain([&blocks.title, &blocks.state]) {
            prop_assert!(is_one_harmless_line(text), "{:?}", text);
        }
        for link in &blocks.links {
            prop_assert!(link.address.starts_with("https://") && link.address.is_ascii());
        }
    }

    #[test]
    fn the_smallest_form_is_small_and_says_that_it_was_cut(message in hostile()) {
        let message = message.outgoing(OPENED);
        let whole = blocks(&message);
        let smallest = fit(&whole, Clone::clone, |_| false);
        prop_assert!(plain(&smallest).chars().count() <= 1500);
        prop_assert_eq!(smallest.was_cut, plain(&smallest) != plain(&whole) || smallest.was_cut);
        prop_assert!(smallest == whole || smallest.was_cut);
    }
}
