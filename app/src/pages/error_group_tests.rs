//! The pages of error groups.

use super::test_backend::{TestBackend, drawn_at};
use crate::cards::tests::words;
use crate::components::field::RefusedForm;
use crate::dto::{Code, ErrorCare, ErrorGroupPage, InstanceChoice, Range};
use crate::fixtures::errors;
use crate::view::viewer::Language;

const LIST: &str = "/admin/errors/";
const ONE: &str = "/admin/errors/{id}/";
const BACK: &str = "/admin/errors/5b1c7a90e2d34f18/";

fn drawn(backend: TestBackend, pattern: &str, address: &str) -> String {
    drawn_at(backend, Language::English, pattern, address)
}

fn of(group: fn(Range) -> Result<ErrorGroupPage, Code>) -> String {
    let backend = TestBackend {
        group,
        ..TestBackend::default()
    };
    drawn(backend, ONE, BACK)
}

/// Without the frame around it, and without what the chart says.
fn content(html: &str) -> String {
    let (_, drawn) = html.split_once("id=\"drawn\"").unwrap_or_default();
    let (_, drawn) = drawn.split_once('>').unwrap_or_default();
    let Some((before, rest)) = drawn.split_once("class=\"charts\"") else {
        return words(drawn);
    };
    let (_, after) = rest.split_once("<section").unwrap_or_default();
    words(&format!("{before}><section{after}"))
}

#[test]
fn error_groups_in_both_languages() {
    let faces = [Language::English, Language::ChineseSimplified].map(|language| {
        let list = drawn_at(
            TestBackend::default(),
            language,
            LIST,
            "/admin/errors/?show=all",
        );
        let one = drawn_at(TestBackend::default(), language, ONE, BACK);
        let (list, one) = (content(&list), content(&one));
        format!("--- {}\n{list}\n\n{one}\n\n", language.tag())
    });
    insta::assert_snapshot!(faces.concat());
}

#[test]
fn what_goes_on_stands_first_and_what_was_put_aside_is_a_link_away() {
    let html = drawn(TestBackend::default(), LIST, LIST);
    assert_eq!(html.matches("data-testid=\"error-group\"").count(), 3);
    let at = |text: &str| html.find(text);
    assert!(at("id=\"errors-ongoing\"") < at(BACK) && at(BACK) < at("id=\"errors-ended\""));
    assert!(!html.contains("no such table"));
    let all = "href=\"/admin/errors/?show=all\"";
    assert!(html.contains(all), "{html}");
    let html = drawn(TestBackend::default(), LIST, "/admin/errors/?show=all");
    assert_eq!(html.matches("data-testid=\"error-group\"").count(), 5);
    let at = |text: &str| html.find(text);
    assert!(at("id=\"errors-ended\"") < at("id=\"errors-resolved\""));
    assert!(at("id=\"errors-resolved\"") < at("no such table"));
    assert!(
        html.contains("name=\"show\" value=\"all\""),
        "kept by the choice"
    );
}

#[test]
fn a_group_that_is_back_says_since_when_and_in_which_version_and_takes_every_form() {
    let html = of(|period| Ok(errors::one(period)));
    let text = content(&html);
    assert!(
        text.contains("Back since\n2026-11-24 03:10:00 UTC"),
        "{text}"
    );
    assert!(text.contains("in version 1.5.0"), "{text}");
    for action in ["resolve", "reopen", "mute", "notes"] {
        let form = format!("method=\"post\" action=\"{BACK}{action}/\"");
        assert!(html.contains(&form), "{form}");
    }
    assert!(!html.contains("unmute/"));
    for hook in [
        "group-course",
        "group-facets",
        "group-example",
        "group-entries",
    ] {
        assert!(html.contains(&format!("data-testid=\"{hook}\"")), "{hook}");
    }
}

#[test]
fn each_standing_has_the_way_back_out_of_it() {
    let with = |care| {
        let backend = TestBackend {
            group: match care {
                ErrorCare::Muted => |period| {
                    let mut page = errors::one(period);
                    page.report.group.care = ErrorCare::Muted;
                    Ok(page)
                },
                _ => |period| {
                    let mut page = errors::one(period);
                    page.report.group.care = ErrorCare::Resolved;
                    Ok(page)
                },
            },
            ..TestBackend::default()
        };
        drawn(backend, ONE, BACK)
    };
    let is_there = |html: &str, action: &str| html.contains(&format!("{BACK}{action}/\""));
    let muted = with(ErrorCare::Muted);
    assert!(is_there(&muted, "unmute") && is_there(&muted, "resolve"));
    assert!(!is_there(&muted, "mute"));
    let resolved = with(ErrorCare::Resolved);
    assert!(is_there(&resolved, "reopen") && is_there(&resolved, "mute"));
    assert!(!is_there(&resolved, "resolve"));
}

#[test]
fn what_was_refused_is_said_beside_its_field_with_what_was_typed() {
    let backend = TestBackend {
        refused: Some(RefusedForm {
            form: "notes".to_owned(),
            field: "text".to_owned(),
            sent: vec![("text".to_owned(), "<b>too much</b>".to_owned())],
        }),
        ..TestBackend::default()
    };
    let html = drawn(backend, ONE, "/admin/errors/5b1c7a90e2d34f18/notes/");
    assert!(html.contains("id=\"notes-text-mistake\""), "{html}");
    assert!(html.contains("&lt;b&gt;too much&lt;/b&gt;"));
    assert_eq!(html.matches("data-testid=\"field-error\"").count(), 1);
    // The form is open, and the others are not.
    let note = html.split("id=\"noting\"").nth(1).unwrap_or_default();
    assert!(note.starts_with(" open"), "{note:.40}");
}

#[test]
fn an_example_leads_to_the_one_before_and_the_one_after() {
    let html = of(|period| Ok(errors::one(period)));
    let example = html.split("id=\"example\"").nth(1).unwrap_or_default();
    assert!(example.contains("href=\"/admin/requests/newest/\""));
    assert!(example.contains("/admin/logs/?file=error&amp;since=2026-11-24T03:19:31.120Z"));
    assert!(example.contains("1 of 3 newest") && !example.contains("Later →"));
    let (before, _) = example.split_once("← Earlier").unwrap_or_default();
    let earlier = before.rsplit("href=\"").next().unwrap_or_default();
    let earlier = earlier.split('"').next().unwrap_or_default();
    let earlier = earlier.replace("&amp;", "&");
    let html = drawn(TestBackend::default(), ONE, &earlier);
    let example = html.split("id=\"example\"").nth(1).unwrap_or_default();
    assert!(
        example.contains("href=\"/admin/requests/between/\""),
        "{earlier}"
    );
    assert!(example.contains("← Earlier") && example.contains("Later →"));
}

#[test]
fn what_is_not_known_is_said() {
    let missing = drawn(TestBackend::default(), ONE, "/admin/errors/0000/");
    assert!(missing.contains("data-testid=\"error-group-missing\""));
    let away = content(&of(|_| Err(Code::Unreachable)));
    assert!(away.contains("Not available: unreachable"), "{away}");
    let alone = content(&of(|period| {
        let mut page = errors::one(period);
        page.report.error = Some(Code::Timeout);
        page.report.examples.clear();
        page.report.entries.clear();
        page.report.facets.clear();
        page.report.looked_at.lines = 0;
        Ok(page)
    }));
    for told in [
        "only what this process knows",
        "error.log of web-1 has no line of it in this period.",
        "Its line stands in the log of",
        "Nobody has said anything about it yet.",
    ] {
        assert!(alone.contains(told), "{told} in {alone}");
    }
    let elsewhere = content(&of(|period| {
        let mut page = errors::one(period);
        page.report.instance = Some("web-2:17".to_owned());
        page.choice = InstanceChoice::Instance("web-2:17".to_owned());
        Ok(page)
    }));
    assert!(
        elsewhere.contains("in the log files of web-2:17"),
        "{elsewhere}"
    );
}
