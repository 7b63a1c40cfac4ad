//! The pages of alerts and of the timeline.

use super::test_backend::{TestBackend, drawn_at};
use crate::cards::tests::words;
use crate::components::field::RefusedForm;
use crate::dto::{BadQuery, TimelineKind};
use crate::fixtures::{alerts, timeline};
use crate::view::viewer::Language;

const ALERTS: &str = "/admin/alerts/";
const TIMELINE: &str = "/admin/timeline/";
const TRY: &str = "/admin/alerts/?rule=disk&since=7d&try=%5B%5Brule%5D%5D%0D%0Aname+%3D+%22disk%22";
const LANGUAGES: [Language; 2] = [Language::English, Language::ChineseSimplified];

fn page(backend: TestBackend, pattern: &str, address: &str) -> String {
    drawn_at(backend, Language::English, pattern, address)
}

fn rules(address: &str) -> String {
    page(TestBackend::default(), ALERTS, address)
}

fn content(html: &str) -> String {
    let (_, drawn) = html.split_once("id=\"drawn\"").unwrap_or_default();
    let (_, drawn) = drawn.split_once('>').unwrap_or_default();
    words(drawn)
}

/// From what stands there on, some of it.
fn after<'a>(html: &'a str, part: &str) -> &'a str {
    let (_, rest) = html.split_once(part).unwrap_or_default();
    rest.get(..rest.floor_char_boundary(6_000)).unwrap_or(rest)
}

/// Everything, and what is said once nothing works.
#[test]
fn alerts_in_both_languages() {
    let mut faces = String::new();
    for language in LANGUAGES {
        for (name, report) in [("full", alerts::full()), ("broken", alerts::broken())] {
            let backend = TestBackend {
                alerts: report,
                ..TestBackend::default()
            };
            let text = content(&drawn_at(backend, language, ALERTS, ALERTS));
            faces.push_str(&format!("--- {name}, {}\n{text}\n\n", language.tag()));
        }
    }
    insta::assert_snapshot!(faces);
}

#[test]
fn the_worst_rule_comes_first_and_those_switched_off_are_folded_away() {
    let html = rules(ALERTS);
    assert_eq!(html.matches("data-testid=\"alert-rule\"").count(), 6);
    let at = |name: &str| html.find(&format!("id=\"rule-{name}\""));
    let order = [
        "disk",
        "slow-p95",
        "http-errors",
        "readiness",
        "certificate",
    ]
    .map(at);
    assert!(
        order.iter().all(Option::is_some) && order.is_sorted(),
        "{order:?}"
    );
    assert!(html.contains("<details id=\"rules-disabled\""), "{html}");
    // What fires is not folded; what needs nobody is a line.
    assert!(html.contains("<article id=\"rule-disk\""), "{html}");
    assert!(html.contains("<details id=\"rule-readiness\""), "{html}");
    let text = content(&html);
    for told in [
        "unknown · too few samples",
        "85.2 % / 80 %",
        "1.2 s / 1.0 s",
        "would detect within 45 s",
        "disk/log",
    ] {
        assert!(text.contains(told), "{told} in {text}");
    }
}

#[test]
fn another_threshold_is_tried_in_the_address_and_its_outcome_marked() {
    let html = rules(TRY);
    assert_eq!(html.matches("data-testid=\"rule-outcome\"").count(), 1);
    let trial = after(&html, "id=\"try-disk\"");
    let (opening, _) = trial.split_once('>').unwrap_or_default();
    assert!(opening.contains(" open"), "{opening}");
    assert!(
        trial.contains(">[[rule]]\r\nname = &quot;disk&quot;</textarea>"),
        "{trial}"
    );
    assert!(trial.contains("value=\"7d\" selected"), "{trial}");
    let text = words(trial);
    assert!(text.contains("It would have fired 2 times."), "{text}");
    assert!(text.contains("2016 evaluations, 14 of them could say nothing."));
    assert_eq!(trial.matches("class=\"strip-mark\"").count(), 2);
    // Four days before the end of seven, for six hours and a half.
    assert!(trial.contains("<rect x=\"467\" width=\"39\""), "{trial}");
    assert_eq!(trial.matches("data-testid=\"trial-episode\"").count(), 2);
    assert!(text.contains("still now"), "{text}");
    // On the charts of what the rule looks at, too: two beginnings and an end.
    let (_, charts) = html
        .split_once("data-testid=\"trial-charts\"")
        .unwrap_or_default();
    assert!(charts.contains("id=\"chart-log-disk\""), "{charts}");
    assert!(charts.contains("Would have fired"), "{charts}");
}

#[test]
fn what_is_tried_is_text_even_if_it_would_end_its_field() {
    let html =
        rules("/admin/alerts/?rule=disk&since=7d&try=%3C/textarea%3E%3Cscript%3Ealert(1)&x=");
    let trial = after(&html, "id=\"try-disk\"");
    assert!(
        trial.contains(">&lt;/textarea&gt;&lt;script&gt;alert(1)</textarea>"),
        "{trial}"
    );
}

#[test]
fn what_cannot_be_tried_says_why_and_never_that_it_would_not_have_fired() {
    let tried = |preview| {
        let backend = TestBackend {
            preview,
            ..TestBackend::default()
        };
        let html = page(backend, ALERTS, TRY);
        words(after(&html, "data-testid=\"rule-outcome\""))
    };
    let bad = BadQuery {
        field: "try".to_owned(),
        message: "line 2: <b>no such signal".to_owned(),
    };
    let refused = tried(Err(bad));
    assert!(
        refused.contains("line 2: &lt;b&gt;no such signal"),
        "{refused}"
    );
    let lost = tried(Ok(alerts::unreplayable()));
    assert!(lost.contains("log_lines_dropped is not kept"), "{lost}");
    let mut blind = alerts::preview();
    blind.unknown = blind.evaluations;
    blind.episodes.clear();
    let blind = tried(Ok(blind));
    assert!(blind.contains("Nothing is known of that time"), "{blind}");
    for text in [refused, lost, blind] {
        assert!(!text.contains("would not have fired"), "{text}");
    }
    let mut calm = alerts::preview();
    calm.episodes.clear();
    assert!(tried(Ok(calm)).contains("It would not have fired."));
}

#[test]
fn a_test_of_a_channel_is_told_beside_it() {
    let html = rules("/admin/alerts/?tested=mail&delivered=false&answer=550+no+such+%3Cb%3Euser");
    assert_eq!(html.matches("data-testid=\"channel-row\"").count(), 2);
    assert_eq!(html.matches("data-testid=\"channel-tested\"").count(), 1);
    let mail = words(after(&html, "id=\"channel-mail\""));
    assert!(mail.contains("The test was not delivered."), "{mail}");
    assert!(mail.contains("550 no such &lt;b&gt;user"), "{mail}");
    let good = rules("/admin/alerts/?tested=pager&delivered=true&answer=ok");
    assert!(content(&good).contains("The test was delivered."));
}

#[test]
fn who_is_told_of_nothing_is_said_plainly() {
    let backend = TestBackend {
        alerts: alerts::broken(),
        ..TestBackend::default()
    };
    let html = page(backend, ALERTS, ALERTS);
    let text = content(&html);
    for told in [
        "No channel is set up: nobody is told of anything.",
        "ALERT_WEBHOOK_URL",
        "ALERTS_FILE",
        "Rules have not been evaluated for 5 s",
        "(connection refused)",
        "Nobody is told of anything. All of it is written down.",
        "moving the database",
    ] {
        assert!(text.contains(told), "{told} in {text}");
    }
    assert!(html.contains("action=\"/admin/alerts/quiet/end/\""));
}

#[test]
fn silences_can_be_made_and_ended_and_a_refused_one_is_said_beside_its_field() {
    let html = rules(ALERTS);
    assert_eq!(html.matches("data-testid=\"silence-row\"").count(), 3);
    assert_eq!(
        html.matches("action=\"/admin/alerts/silences/end/\"")
            .count(),
        2
    );
    assert_eq!(html.matches("aria-invalid").count(), 0);
    let refused = |form: &str, field: &str, sent: &[(&str, &str)]| {
        let sent = sent.iter();
        let backend = TestBackend {
            refused: Some(RefusedForm {
                form: form.to_owned(),
                field: field.to_owned(),
                sent: sent
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect(),
            }),
            ..TestBackend::default()
        };
        page(backend, ALERTS, &format!("{ALERTS}{form}/"))
    };
    let silence = refused(
        "silences",
        "duration",
        &[
            ("subject", "logs"),
            ("severity", "warning"),
            ("reason", "known"),
        ],
    );
    let form = after(&silence, "id=\"new-silence\"");
    let (opening, _) = form.split_once('>').unwrap_or_default();
    assert!(opening.contains(" open"), "{opening}");
    assert!(
        form.contains("aria-describedby=\"silences-duration-mistake\""),
        "{form}"
    );
    for kept in [
        "value=\"logs\"",
        "value=\"known\"",
        "value=\"warning\" selected",
    ] {
        assert!(form.contains(kept), "{kept} in {form}");
    }
    let minutes = refused("quiet", "minutes", &[("minutes", "0")]);
    assert!(minutes.contains("id=\"quiet-minutes-mistake\""));
}

#[test]
fn timeline_in_both_languages() {
    let faces = LANGUAGES.map(|language| {
        let html = drawn_at(TestBackend::default(), language, TIMELINE, TIMELINE);
        format!("--- {}\n{}\n\n", language.tag(), content(&html))
    });
    insta::assert_snapshot!(faces.concat());
}

#[test]
fn the_timeline_shows_the_kinds_that_are_chosen() {
    let rows = |html: &str| html.matches("data-testid=\"timeline-row\"").count();
    let all = page(TestBackend::default(), TIMELINE, TIMELINE);
    assert_eq!(rows(&all), TimelineKind::ALL.len());
    assert!(all.contains("data-testid=\"timeline-cut\""));
    assert!(all.contains("href=\"/admin/incidents/01938f5e/\""));

    let address = "/admin/timeline/?since=7d&kind=start&kind=deploy";
    let some = page(TestBackend::default(), TIMELINE, address);
    assert_eq!(rows(&some), 2);
    assert!(
        some.contains("name=\"kind\" value=\"deploy\" checked"),
        "{some}"
    );
    assert!(some.contains("value=\"7d\" selected"));
    // The forms of the top bar lead back to the same view.
    assert!(some.contains("value=\"/admin/timeline/?since=7d&amp;kind=start&amp;kind=deploy\""));
}

#[test]
fn an_empty_timeline_says_why_and_a_wrong_question_is_answered() {
    let empty = || TestBackend {
        timeline: |_| Ok(timeline::empty()),
        ..TestBackend::default()
    };
    let nothing = content(&page(empty(), TIMELINE, TIMELINE));
    assert!(
        nothing.contains("Nothing changed in this time."),
        "{nothing}"
    );
    assert!(nothing.contains("(timed out)"), "{nothing}");
    let none = content(&page(empty(), TIMELINE, "/admin/timeline/?kind=note"));
    assert!(none.contains("Nothing of these kinds"), "{none}");
    let wrong = TestBackend {
        timeline: |_| {
            Err(BadQuery {
                field: "since".to_owned(),
                message: "`<b>soon` is no time".to_owned(),
            })
        },
        ..TestBackend::default()
    };
    let wrong = content(&page(wrong, TIMELINE, "/admin/timeline/?since=%3Cb%3Esoon"));
    assert!(
        wrong.contains("since: `&lt;b&gt;soon` is no time"),
        "{wrong}"
    );
}
