//! The menu, and a page in it that waits for a setting.

use leptos::prelude::*;

use super::{Configured, Menu, PAGES, PageDefinition, items_of, menu_items, system_status};
use crate::assets::Assets;
use crate::components::menu::{MenuState, menu};
use crate::fixtures::pages::REQUIRING;
use crate::view::viewer::{Language, Viewer};

const VARIABLE: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

fn viewer(language: Language) -> Viewer {
    Viewer {
        language,
        ..Viewer::default()
    }
}

fn drawn(language: Language, configured: &Configured) -> String {
    let pages: [&'static PageDefinition; 2] = [&system_status::PAGE, &REQUIRING];
    let items = items_of(
        &pages,
        &system_status::PAGE,
        &viewer(language),
        configured,
        &[],
    );
    Owner::new().with(|| menu(language.messages(), &items).to_html())
}

#[test]
fn the_menu_has_each_page_that_is_about_all_things_and_marks_the_open_one() {
    let items = menu_items(
        &system_status::PAGE,
        &viewer(Language::English),
        &Configured::default(),
        &[],
    );
    let shown = PAGES
        .iter()
        .filter(|page| page.menu != Menu::Hidden)
        .count();
    assert_eq!(items.len(), shown);
    let current = items.iter().filter(|item| item.state == MenuState::Current);
    let current: Vec<&str> = current.map(|item| item.path.as_str()).collect();
    assert_eq!(current, [system_status::PAGE.path]);
}

#[test]
fn no_two_pages_have_the_same_address() {
    let mut paths: Vec<&str> = PAGES.iter().map(|page| page.path).collect();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), PAGES.len());
}

#[test]
fn a_page_that_waits_for_a_variable_is_no_link_and_names_it() {
    for (language, words) in [
        (
            Language::English,
            "Traces <small>set OTEL_EXPORTER_OTLP_ENDPOINT to enable</small>",
        ),
        (
            Language::ChineseSimplified,
            "链路追踪 <small>设置 OTEL_EXPORTER_OTLP_ENDPOINT 后启用</small>",
        ),
    ] {
        let html = drawn(language, &Configured::default());
        let html = html.replace("<!>", "");
        assert!(html.contains(words), "{html}");
        assert!(
            html.contains("<span role=\"link\" aria-disabled=\"true\">"),
            "{html}"
        );
        assert!(!html.contains(REQUIRING.path), "{html}");
    }
}

#[test]
fn a_page_whose_variable_is_set_is_a_link_as_any_other() {
    let html = drawn(Language::English, &Configured(vec![VARIABLE]));
    assert!(html.contains("<a href=\"/admin/traces/\">"), "{html}");
    assert!(!html.contains("aria-disabled"), "{html}");
}

#[test]
fn a_disabled_page_says_at_its_address_what_would_enable_it() {
    let at_its_address = |configured: Configured| {
        Owner::new().with(|| {
            provide_context(viewer(Language::English));
            provide_context(Assets::default());
            provide_context(configured);
            REQUIRING.document().map(|document| document().to_html())
        })
    };
    let disabled = at_its_address(Configured::default()).unwrap_or_default();
    assert!(disabled.starts_with("<!DOCTYPE html>"), "{disabled}");
    let sentence = "Set OTEL_EXPORTER_OTLP_ENDPOINT and restart the service to enable it.";
    assert!(disabled.contains(sentence), "{disabled}");
    assert!(
        disabled.contains("<h1>Traces</h1>") && !disabled.contains("<script"),
        "{disabled}"
    );
    let enabled = at_its_address(Configured(vec![VARIABLE]));
    assert_eq!(enabled.as_deref(), Some("traces"));
}
