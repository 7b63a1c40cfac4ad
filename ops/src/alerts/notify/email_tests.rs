#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::super::fixtures::{NOTICE, endpoint};
use super::*;
use crate::alerts::message::fixtures::{OPENED, all, hostile, hostile_text, opened, resolved};
use crate::alerts::message::{Language, blocks};

fn place(first: Option<&'static str>) -> Place<'static> {
    Place {
        id: NOTICE,
        created: OPENED,
        first,
        domain: "desk.example",
    }
}

#[test]
fn every_kind_in_both_languages() {
    let told = all().into_iter().map(|message| {
        let mail = mail(&blocks(&message), place(None));
        format!("Subject: {}\n\n{}", mail.subject, mail.text)
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n----\n"));
}

#[test]
fn the_html_says_the_same() {
    let told = Language::ALL.map(|language| {
        let message = opened(language).outgoing(OPENED);
        mail(&blocks(&message), place(None)).html
    });
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn later_mails_of_an_incident_name_the_first() {
    let header = |mail: &Mail, name: &str| {
        let mut headers = mail.headers.iter();
        Some(headers.find(|header| header.0 == name)?.1.clone())
    };
    let first = opened(Language::English).outgoing(OPENED);
    let first = mail(&blocks(&first), place(None));
    assert_eq!(
        header(&first, "Message-ID").unwrap(),
        format!("<{NOTICE}@desk.example>")
    );
    assert_eq!(header(&first, "In-Reply-To"), None);
    assert_eq!(header(&first, "Auto-Submitted").unwrap(), "auto-generated");

    let last = resolved(Language::English).outgoing(OPENED);
    let last = mail(&blocks(&last), place(Some("019ac9f4-first")));
    for name in ["In-Reply-To", "References"] {
        assert_eq!(
            header(&last, name).unwrap(),
            "<019ac9f4-first@desk.example>"
        );
    }
    // Programs that go by the subject keep them together, too.
    let stem = |mail: &Mail| mail.subject.split_once("] ").unwrap().1.to_owned();
    assert_eq!(stem(&first), stem(&last));
}

#[test]
fn the_class_of_the_answer_decides() {
    let endpoint = endpoint("smtps://app:s3cr3tw0rd@mail.example:465", "");
    assert_eq!(judge(250, "ok", &endpoint), Verdict::Delivered);
    for code in [421, 450, 451, 452, 0, 354] {
        assert!(
            matches!(judge(code, "later", &endpoint), Verdict::Retry { .. }),
            "{code}"
        );
    }
    let refused = judge(550, "no such user; s3cr3tw0rd", &endpoint);
    let reason = "SMTP 550: no such user; ***".to_owned();
    assert_eq!(refused, Verdict::Refused { reason });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_becomes_markup_or_a_header(message in hostile()) {
        let mail = mail(&blocks(&message.outgoing(OPENED)), place(None));
        prop_assert!(mail.html.len() <= MAX_HTML_BYTES);
        prop_assert!(!mail.subject.chars().any(char::is_control));
        let tags: Vec<&str> = mail.html.split('<').skip(1).collect();
        let ours = [
            "!DOCTYPE", "html", "head", "meta", "title", "body", "h1", "h2", "table", "tr", "th", "td",
            "ul", "li", "p", "a ", "/",
        ];
        for tag in &tags {
            prop_assert!(ours.iter().any(|name| tag.starts_with(name)), "<{}", tag);
        }
        prop_assert_eq!(mail.html.matches("<li>").count(), mail.html.matches("</li>").count());
        prop_assert!(mail.html.ends_with("</body>\n</html>\n"));
    }

    #[test]
    fn an_id_is_one_whatever_it_is_made_of(id in hostile_text(), domain in hostile_text()) {
        let place = Place { id: &id, created: OPENED, first: Some(&domain), domain: &domain };
        for (_, value) in headers(place) {
            prop_assert!(value.bytes().all(|byte| byte.is_ascii_graphic()), "{}", value);
            prop_assert!(value.len() < 250);
        }
    }
}
