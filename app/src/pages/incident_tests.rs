//! The pages of incidents, and what every page says of those that are open.

use super::test_backend::{TestBackend, drawn_at};
use crate::cards::tests::words;
use crate::components::field::RefusedForm;
use crate::dto::{Code, IncidentReport, Incidents, SilenceMatchers};
use crate::fixtures::{alerts, incidents};
use crate::view::viewer::Language;

const LIST: &str = "/admin/incidents/";
const ONE: &str = "/admin/incidents/{id}/";
const DATABASE: &str = "/admin/incidents/01938f5e-9d2b-7a10-8c44-6b1d0e2f3a4c/";
const LANGUAGES: [Language; 2] = [Language::English, Language::ChineseSimplified];

fn list(incidents: Incidents, address: &str) -> String {
    let backend = TestBackend {
        incidents,
        ..TestBackend::default()
    };
    drawn_at(backend, Language::English, LIST, address)
}

fn one(address: &str) -> String {
    drawn_at(TestBackend::default(), Language::English, ONE, address)
}

fn of(report: IncidentReport) -> String {
    let address = crate::address::incident(&report.incident.id);
    let backend = TestBackend {
        incident: Ok(report),
        ..TestBackend::default()
    };
    drawn_at(backend, Language::English, ONE, &address)
}

/// Without the frame around it.
fn content(html: &str) -> String {
    let (_, drawn) = html.split_once("id=\"drawn\"").unwrap_or_default();
    let (_, drawn) = drawn.split_once('>').unwrap_or_default();
    words(drawn)
}

/// An element's opening tag, by something that stands in it.
fn tag<'a>(html: &'a str, part: &str) -> &'a str {
    let tags = html.split('<').filter_map(|rest| rest.split('>').next());
    tags.into_iter()
        .find(|tag| tag.contains(part))
        .unwrap_or_default()
}

#[test]
fn incidents_in_both_languages() {
    let faces = LANGUAGES.map(|language| {
        let list = drawn_at(TestBackend::default(), language, LIST, LIST);
        format!("--- {}\n{}\n\n", language.tag(), content(&list))
    });
    insta::assert_snapshot!(faces.concat());
}

#[test]
fn an_incident_in_both_languages() {
    // What its charts say is tested with them.
    let backend = || TestBackend {
        incident: Ok(IncidentReport {
            incident: incidents::disk(),
            ..incidents::report()
        }),
        ..TestBackend::default()
    };
    let address = crate::address::incident(&incidents::disk().id);
    let faces = LANGUAGES.map(|language| {
        let html = drawn_at(backend(), language, ONE, &address);
        let (before, rest) = html.split_once("card-charts").unwrap_or_default();
        let (_, after) = rest.split_once("card-incident-notices").unwrap_or_default();
        let text = content(&format!("{before}><section {after}"));
        format!("--- {}\n{text}\n\n", language.tag())
    });
    insta::assert_snapshot!(faces.concat());
}

#[test]
fn what_is_open_stands_before_what_is_over_and_the_last_leads_on() {
    let html = list(incidents::full(), LIST);
    assert_eq!(html.matches("data-testid=\"incident-row\"").count(), 4);
    assert_eq!(html.matches("data-testid=\"incident-title\"").count(), 4);
    let at = |text: &str| html.find(text);
    assert!(at(">Open</h2>") < at(">2026-11-23</h2>"));
    assert!(at(">2026-11-23</h2>").is_some() && at(">2026-11-23</h2>") < at(">2026-11-21</h2>"));
    let older = "href=\"/admin/incidents/?before=01938a00-3333-7a10-8c44-6b1d0e2f3a4f\"";
    assert!(html.contains(older), "{html}");
    assert!(!list(incidents::quiet(), LIST).contains("incidents-older"));
}

#[test]
fn silence_says_since_when_and_only_where_it_is_known() {
    let quiet = content(&list(incidents::quiet(), LIST));
    assert!(quiet.contains("No incident is open."), "{quiet}");
    assert!(
        quiet.contains("Quiet since 2026-11-23 17:02:30 UTC · 10 h ago"),
        "{quiet}"
    );
    let none = content(&list(incidents::none(), LIST));
    assert!(none.contains("No incident on record.") && !none.contains("Quiet since"));

    let away = content(&list(incidents::away(), LIST));
    assert!(away.contains("(connection refused)"), "{away}");
    let old = content(&list(incidents::none(), "/admin/incidents/?before=x"));
    assert!(old.contains("There are no older incidents."), "{old}");
    for text in [away, old] {
        let claims = text.contains("No incident");
        assert!(!claims, "nobody knows whether one is open: {text}");
    }
}

#[test]
fn an_incident_has_every_hook_and_every_form() {
    let html = one(DATABASE);
    for hook in [
        "incident-title",
        "incident-acknowledge",
        "incident-timeline",
        "incident-evidence",
        "incident-charts",
        "incident-report",
    ] {
        assert!(html.contains(&format!("data-testid=\"{hook}\"")), "{hook}");
    }
    for action in ["acknowledge/", "notes/", "silence/", "close/"] {
        let action = format!("method=\"post\" action=\"{DATABASE}{action}\"");
        assert!(html.contains(&action), "{action}");
    }
    assert!(!html.contains("http-equiv"), "half a note would be lost");
}

#[test]
fn what_is_taken_can_be_given_back_and_what_is_over_only_noted() {
    let taken = of(IncidentReport {
        incident: incidents::disk(),
        ..incidents::report()
    });
    assert!(taken.contains("unacknowledge/\"") && !taken.contains("incident-acknowledge"));
    assert!(content(&taken).contains("old log files go to the archive at noon"));

    let over = of(incidents::closed_report());
    assert!(over.contains("notes/\""));
    for gone in ["acknowledge/\"", "close/\"", "/silences/\""] {
        assert!(!over.contains(gone), "{gone}");
    }
    let text = content(&over);
    assert!(
        text.contains("(timed out)") && text.contains("Not captured."),
        "{text}"
    );
}

#[test]
fn a_refused_form_says_so_beside_its_field() {
    let refused = |form: &str, field: &str, typed: &str| {
        let backend = TestBackend {
            refused: Some(RefusedForm {
                form: form.to_owned(),
                field: field.to_owned(),
                sent: vec![(field.to_owned(), typed.to_owned())],
            }),
            ..TestBackend::default()
        };
        let address = format!("{DATABASE}{form}/");
        drawn_at(backend, Language::English, ONE, &address)
    };
    let closing = refused("close", "reason", "too \"long\"");
    assert!(!tag(&closing, "id=\"acknowledge-reason\"").contains("aria-invalid"));
    let reason = tag(&closing, "id=\"close-reason\"");
    assert!(reason.contains("aria-describedby=\"close-reason-mistake\""));
    assert!(
        reason.contains("value=\"too &quot;long&quot;\""),
        "{reason}"
    );
    assert!(closing.contains("id=\"close-reason-mistake\""));
    assert!(tag(&closing, "id=\"closing\"").contains(" open"));
    assert!(!tag(&closing, "id=\"silencing\"").contains(" open"));
    assert!(!tag(&closing, "id=\"notes-text\"").contains("aria-invalid"));

    let empty = refused("notes", "text", "");
    assert!(tag(&empty, "id=\"notes-text\"").contains("aria-invalid=\"true\""));
    assert!(!tag(&empty, "id=\"closing\"").contains(" open"));
    assert_eq!(one(DATABASE).matches("aria-invalid").count(), 0);
}

#[test]
fn evidence_leads_to_the_log_line_and_to_the_request() {
    let html = one(DATABASE);
    for link in [
        "href=\"/admin/logs/?file=error&amp;text=refused\"",
        "href=\"/admin/requests/01938f5e-9d2b-7a10-8c44-6b1d0e2f3a4c/\"",
        "href=\"/admin/routes/GET/api/agentcards/%7Bid%7D/\"",
        "href=\"/admin/database/\"",
    ] {
        assert!(html.contains(link), "{link}");
    }
}

#[test]
fn what_people_and_errors_say_is_text() {
    let mut report = incidents::report();
    report.incident.title = "<script>x</script>\u{202e}".to_owned();
    if let Some(evidence) = &mut report.evidence {
        for error in &mut evidence.top_errors {
            error.url = "javascript:alert(1)".to_owned();
        }
    }
    let html = of(report);
    let (_, html) = html.split_once("id=\"drawn\"").unwrap_or_default();
    for hostile in ["<script", "<i>oops", "javascript:", "\u{202e}"] {
        assert!(!html.contains(hostile), "{hostile}");
    }
    assert!(html.contains("<em>primary</em>"), "a note is Markdown");
}

#[test]
fn an_incident_that_nobody_knows_says_so_and_one_that_cannot_be_had_says_why() {
    let missing = one("/admin/incidents/gone/");
    assert!(content(&missing).contains("There is no incident with this id."));
    let backend = TestBackend {
        incident: Err(Code::Unreachable),
        ..TestBackend::default()
    };
    let away = drawn_at(backend, Language::English, ONE, DATABASE);
    assert!(content(&away).contains("Not available: unreachable"));
}

#[test]
fn every_page_names_what_is_open_and_its_tab_is_as_bad() {
    for pattern in ["/admin/routes/", "/admin/system-status/", LIST] {
        let backend = TestBackend {
            open: incidents::open(),
            ..TestBackend::default()
        };
        let html = drawn_at(backend, Language::English, pattern, pattern);
        assert!(html.contains("<title>✕ "), "{pattern}");
        assert!(html.contains("data-verdict=\"error\""), "{pattern}");
        assert_eq!(html.matches("data-testid=\"verdict\"").count(), 1);
        let (_, line) = html
            .split_once("data-testid=\"verdict\"")
            .unwrap_or_default();
        let line = line.get(..2000).unwrap_or(line);
        assert!(
            line.contains("Database is unavailable"),
            "{pattern}: {line}"
        );
    }
    let calm = drawn_at(
        TestBackend::default(),
        Language::English,
        "/admin/routes/",
        "/admin/routes/",
    );
    assert!(!calm.contains("data-testid=\"verdict\"") && calm.contains("<title>Routes"));
}

#[test]
fn who_silenced_it_stands_at_the_top_while_that_holds() {
    let silenced_by = |rule: &str, is_active| {
        let mut report = alerts::full();
        for silence in &mut report.silences {
            silence.is_active = is_active;
            silence.matchers = SilenceMatchers {
                rule: Some(rule.to_owned()),
                ..SilenceMatchers::default()
            };
        }
        let backend = TestBackend {
            alerts: report,
            ..TestBackend::default()
        };
        let html = drawn_at(backend, Language::English, ONE, DATABASE);
        html.contains("data-testid=\"incident-silenced\"")
    };
    assert!(silenced_by("database", true));
    // As a consequence it is one of the incident's, too.
    assert!(silenced_by("http-errors", true));
    assert!(!silenced_by("database", false));
    assert!(!silenced_by("disk", true));
}
