//! The log pages, each kind of answer as a browser without scripts gets it.

use leptos::prelude::*;

use super::logs::{LogsView, PAGE as LOGS, follow_from, logs};
use super::request::{PAGE as REQUEST, StoryView, request};
use super::served::{OpenNow, Surroundings, still_document};
use super::tests::assets;
use crate::address::log_query::LogForm;
use crate::cards::log_result::Searched;
use crate::document::{First, Hydrated};
use crate::dto::{BadQuery, LogLevelState, LogPage, LogQuery, RequestStory};
use crate::fixtures::logs::{ERROR_ID, REQUEST_ID};
use crate::live::tail_start::TailStart;
use crate::view::viewer::{Language, Refresh, Viewer};
use crate::view::zone::Zone;
use crate::{dto, fixtures};

type Answer = fn(LogQuery) -> LogPage;
type Asked = &'static [(&'static str, &'static str)];

fn viewer(language: Language) -> Viewer {
    Viewer {
        language,
        user: Some("ada".to_owned()),
        is_staff: true,
        rights: crate::view::viewer::Rights::All,
        refresh: Refresh::Every1s,
        zone: Zone::default(),
    }
}

fn surroundings(language: Language) -> Surroundings {
    Surroundings {
        viewer: viewer(language),
        assets: assets(),
        ..Surroundings::default()
    }
}

fn form(asked: &[(&str, &str)]) -> LogForm {
    let pairs: Vec<(String, String)> = asked
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    LogForm::from_pairs(&pairs, Zone::default())
}

fn view(answer: Answer, asked: &[(&str, &str)]) -> LogsView {
    let form = form(asked);
    LogsView {
        found: Ok(answer(fixtures::logs::query_of(&form))),
        form,
        level: fixtures::configured_level(),
        bad_directives: None,
        searched: Searched::default(),
    }
}

fn rendered(language: Language, view: LogsView) -> String {
    let around = surroundings(language);
    Owner::new().with(|| {
        let seed = follow_from(&view);
        let drawn = logs(&around.viewer, view);
        let (open, seed) = (OpenNow::default(), (Hydrated::Tail, seed));
        still_document(&LOGS, &around, &open, seed, drawn).to_html()
    })
}

fn logs_page(answer: Answer, asked: &[(&str, &str)]) -> String {
    rendered(Language::English, view(answer, asked))
}

fn request_page(language: Language, story: RequestStory) -> String {
    let view = StoryView {
        story,
        searched: Searched::default(),
    };
    let around = surroundings(language);
    Owner::new().with(|| {
        let drawn = request(&around.viewer, view);
        let (open, seed) = (OpenNow::default(), (Hydrated::Lookout, ()));
        still_document(&REQUEST, &around, &open, seed, drawn).to_html()
    })
}

/// What a reader sees of the page's own part, an element a line.
fn words(html: &str) -> String {
    let (_, main) = html.split_once("<main").unwrap_or_default();
    let mut text = String::new();
    let mut rest = main;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        if [
            "/dt", "/dd", "/th", "/td", "/tr", "/p", "/li", "/h2", "/title", "/time", "/summary",
            "/label", "/option", "/button",
        ]
        .contains(&tag)
        {
            text.push('\n');
        }
        rest = after;
    }
    let (_, text) = text.split_once('>').unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_search_in_both_languages() {
    let mut faces = String::new();
    for language in [Language::English, Language::ChineseSimplified] {
        let asked = [("text", "agent"), ("since", "1h"), ("status", "5xx")];
        let mut view = view(fixtures::logs::stopped_early, &asked);
        view.level = fixtures::logs::raised_level();
        for histogram in view
            .found
            .iter_mut()
            .filter_map(|page| page.histogram.as_mut())
        {
            histogram.buckets.truncate(4);
        }
        faces.push_str(&format!("--- {}\n", language.tag()));
        faces.push_str(&words(&rendered(language, view)));
        faces.push_str("\n\n");
    }
    insta::assert_snapshot!(faces);
}

#[test]
fn a_story_in_both_languages() {
    let mut faces = String::new();
    for (name, story) in [
        ("finished", fixtures::logs::story()),
        ("unfinished", fixtures::logs::unfinished_story()),
        ("nothing", fixtures::no_story("timeout".to_owned())),
    ] {
        for language in [Language::English, Language::ChineseSimplified] {
            faces.push_str(&format!("--- {name}, {}\n", language.tag()));
            faces.push_str(&words(&request_page(language, story.clone())));
            faces.push_str("\n\n");
        }
    }
    insta::assert_snapshot!(faces);
}

#[test]
fn each_way_of_finding_nothing_has_its_own_look() {
    let text: Asked = &[("text", "needle")];
    let pages: [(Answer, Asked, &str, &str); 5] = [
        (fixtures::no_lines, text, "logs-no-match", "unknown"),
        (
            fixtures::logs::nothing_written,
            &[],
            "logs-empty",
            "unknown",
        ),
        (fixtures::logs::unreadable, &[], "logs-unreadable", "error"),
        (
            fixtures::logs::nothing_so_far,
            text,
            "stopped-early",
            "warning",
        ),
        (
            fixtures::no_lines,
            &[("before", "p1")],
            "logs-nothing-older",
            "unknown",
        ),
    ];
    for (answer, asked, notice, state) in pages {
        let html = logs_page(answer, asked);
        let shown = format!("data-state=\"{state}\" data-testid=\"{notice}\"");
        assert!(html.contains(&shown), "{notice}: {html}");
        assert_eq!(html.matches("class=\"notice\"").count(), 1, "{notice}");
        assert!(
            !html.contains("data-state=\"ok\""),
            "{notice}: nothing is called well"
        );
    }
}

#[test]
fn a_mistake_stands_beside_its_field() {
    let view = LogsView {
        form: form(&[("since", "soon"), ("text", "disk")]),
        found: Err(fixtures::logs::bad_since()),
        level: fixtures::configured_level(),
        bad_directives: None,
        searched: Searched::default(),
    };
    let html = rendered(Language::English, view);
    let (_, field) = html.split_once("id=\"filter-since\"").unwrap_or_default();
    let (field, _) = field.split_once("</div>").unwrap_or_default();
    assert!(field.contains("value=\"soon\""), "{field}");
    assert!(field.contains("aria-invalid=\"true\" aria-describedby=\"mistake-since\""));
    assert!(field.contains("id=\"mistake-since\" role=\"alert\""));
    assert!(
        html.contains("<details open class=\"log-filter-more\"")
            || html.contains("log-filter-more\" open")
    );
    assert!(html.contains("value=\"disk\""), "the rest stays as it was");
    assert!(html.contains("data-state=\"unknown\" data-testid=\"logs-not-searched\""));
}

#[test]
fn a_mistake_in_what_has_no_field_is_told_too() {
    let view = LogsView {
        form: form(&[("before", "nowhere")]),
        found: Err(BadQuery {
            field: "before".to_owned(),
            message: "no such position".to_owned(),
        }),
        level: fixtures::configured_level(),
        bad_directives: None,
        searched: Searched::default(),
    };
    assert!(rendered(Language::English, view).contains("no such position"));
}

#[test]
fn every_value_of_an_opened_line_leads_on() {
    let html = logs_page(fixtures::logs::full, &[("since", "1h"), ("before", "p901")]);
    for href in [
        "/admin/logs/?since=1h&amp;route=/api/agentcards/",
        "/admin/logs/?since=1h&amp;status=500",
        "/admin/logs/?since=1h&amp;field=ip:203.0.113.7",
        "/admin/logs/?since=1h&amp;field=error:query%20%22agent_cards.list%22%20failed",
        "/admin/logs/?since=2026-11-24T03:21:31.120Z&amp;until=2026-11-24T03:23:31.120Z",
        &format!("/admin/requests/{ERROR_ID}/"),
        &format!("/admin/requests/{REQUEST_ID}/"),
    ] {
        assert!(html.contains(&format!("href=\"{href}\"")), "{href}: {html}");
    }
}

#[test]
fn pages_are_walked_by_links() {
    let newest = logs_page(fixtures::logs::full, &[("file", "error")]);
    assert!(newest.contains("href=\"/admin/logs/?file=error&amp;before=p894\" rel=\"next\""));
    assert!(!newest.contains("data-testid=\"newest\""));

    let older = logs_page(
        fixtures::logs::full,
        &[("file", "error"), ("before", "p894")],
    );
    assert!(older.contains("href=\"/admin/logs/?file=error\" data-testid=\"newest\""));
    assert!(older.contains("href=\"/api/ops/logs/download/?file=error\""));

    let early = logs_page(fixtures::logs::stopped_early, &[]);
    assert!(early.contains("Searched 310 MiB of 480 MiB, 6 matches so far."));
    assert!(early.contains("href=\"/admin/logs/?before=p894\" rel=\"next\" data-testid=\"go-on\""));
}

#[test]
fn a_bar_leads_to_its_own_lines() {
    let html = logs_page(fixtures::logs::full, &[("level", "INFO")]);
    let href =
        "/admin/logs/?level=INFO&amp;since=2026-11-24T02:13:00Z&amp;until=2026-11-24T02:14:00Z";
    // Once drawn, and once in the table for the keyboard.
    assert_eq!(html.matches(&format!("href=\"{href}\"")).count(), 2);
    assert_eq!(
        html.matches("class=\"histogram-bar\"").count(),
        47,
        "one bucket is empty"
    );
    assert!(!html.contains("data-complete=\"false\""));
    let early = logs_page(fixtures::logs::stopped_early, &[]);
    assert!(early.contains("data-complete=\"false\"") && early.contains("Counted in part"));
}

#[test]
fn what_cannot_be_followed_has_no_place_for_it() {
    let has_place = |asked: &[(&str, &str)], answer: Answer| {
        logs_page(answer, asked).contains("id=\"followed-lines\"")
    };
    assert!(has_place(&[("level", "ERROR")], fixtures::logs::full));
    assert!(has_place(&[("text", "x")], fixtures::no_lines));
    assert!(!has_place(&[("before", "p9")], fixtures::logs::full));
    assert!(!has_place(&[("until", "1h")], fixtures::logs::full));
    assert!(!has_place(&[], fixtures::logs::unreadable));
}

#[test]
fn matches_are_marked_and_markup_is_not_obeyed() {
    let html = logs_page(fixtures::logs::full, &[("text", "<SCRIPT>")]);
    assert!(html.contains("bad name <mark>&lt;script&gt;</mark>alert(1)&lt;/script&gt;"));
    let (_, main) = html.split_once("<main").unwrap_or_default();
    assert!(!main.contains(['\u{1b}', '\u{202e}']));
    assert!(!main.contains("<script") && !main.contains("<img"));
}

#[test]
fn a_line_of_a_hundred_thousand_letters_is_short_in_the_list_and_whole_when_opened() {
    fn huge(query: LogQuery) -> LogPage {
        let mut page = fixtures::logs::full(query);
        page.lines.truncate(1);
        for found in &mut page.lines {
            let text = format!("{}needle", "x".repeat(100_000));
            let message = serde_json::Value::String(text);
            found.line.insert("message".to_owned(), message);
        }
        page
    }
    let html = logs_page(huge, &[("text", "needle")]);
    let (_, summary) = html.split_once("class=\"log-message\"").unwrap_or_default();
    let (summary, detail) = summary.split_once("</summary>").unwrap_or_default();
    assert!(summary.len() < 2_000 && summary.contains("<mark>needle</mark>"));
    assert!(detail.contains(&"x".repeat(100_000)));
    assert!(detail.contains("<dd tabindex=\"0\" class=\"long\">"));
}

#[test]
fn a_changed_level_says_until_when_and_by_whom() {
    let with = |level: LogLevelState| {
        let mut view = view(fixtures::logs::full, &[("file", "db")]);
        view.level = level;
        rendered(Language::English, view)
    };
    let changed = with(fixtures::logs::raised_level());
    assert!(
        changed.contains("by ada") && changed.contains("datetime=\"2026-11-24T03:37:40.000Z\"")
    );
    assert!(changed.contains("Back to info now"));
    let configured = with(fixtures::configured_level());
    assert!(configured.contains("as configured") && !configured.contains("Back to"));
    assert!(configured.contains("name=\"next\" value=\"/admin/logs/?file=db\""));
}

#[test]
fn log_pages_stay_as_they_are_while_they_are_read() {
    for html in [
        logs_page(fixtures::logs::full, &[]),
        request_page(Language::English, fixtures::logs::story()),
    ] {
        assert!(!html.contains("http-equiv"), "no reloading");
        assert!(!html.contains("data-testid=\"refresh-interval\""));
        assert!(html.contains("action=\"/admin/find/\""), "the search box");
    }
}

#[test]
fn a_long_wait_stands_out_in_a_story() {
    let html = request_page(Language::English, fixtures::logs::story());
    assert_eq!(html.matches("data-testid=\"long-gap\"").count(), 1);
    assert!(html.contains("5.0 s without a line") && html.contains("+1.25 ms"));
}

#[test]
fn the_script_gets_what_it_goes_on_from_and_no_line() {
    let html = logs_page(fixtures::logs::full, &[("text", "</script>")]);
    let (_, block) = html.split_once("id=\"first\">").unwrap_or_default();
    let (block, _) = block.split_once("</script>").unwrap_or_default();
    let first: Result<First<Option<TailStart>>, _> = serde_json::from_str(block);
    let from = first.ok().and_then(|first| first.data);
    let from = from.map(|from| (from.query.text, from.newest));
    assert_eq!(
        from,
        Some((Some("</script>".to_owned()), Some("p900".to_owned())))
    );
    assert!(!block.contains("the request failed"));
}

#[test]
fn nothing_offends_the_content_security_policy() {
    for html in [
        logs_page(fixtures::logs::full, &[]),
        request_page(Language::English, fixtures::logs::story()),
    ] {
        for tag in html.split('<').filter_map(|rest| rest.split('>').next()) {
            assert!(
                !tag.contains(" style=") && !tag.contains(" onsubmit"),
                "{tag}"
            );
        }
    }
}

#[test]
fn names_of_files_and_levels_are_those_of_the_wire() {
    for file in dto::LogName::ALL {
        let wire = serde_json::to_value(file).ok();
        assert_eq!(wire, Some(serde_json::Value::from(file.name())));
    }
    for level in dto::Level::ALL {
        let wire = serde_json::to_value(level).ok();
        assert_eq!(wire, Some(serde_json::Value::from(level.name())));
    }
}
