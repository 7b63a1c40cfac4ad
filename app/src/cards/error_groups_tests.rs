//! The cards about error groups, instances and a route's last errors, as a reader sees them.

#![allow(clippy::indexing_slicing, reason = "tests")]

use leptos::prelude::*;

use super::error_groups::error_groups_card;
use super::instances::instances_card;
use super::last_errors::last_errors_card;
use super::tests::words;
use crate::components::instance_filter::instance_filter;
use crate::dto::{Code, Finding, InstanceChoice, LastErrors, Period, Range};
use crate::fixtures::diagnosis::missed;
use crate::fixtures::{error_groups, healthy, hostile, instances};
use crate::view::settings::ViewSettings;
use crate::view::viewer::{Language, Viewer};

fn html(language: Language, draw: impl FnOnce(ViewSettings) -> AnyView) -> String {
    Owner::new().with(|| {
        let viewer = Viewer {
            language,
            ..Viewer::default()
        };
        draw(ViewSettings::at(&viewer, &healthy().generated_at)).to_html()
    })
}

/// In both languages.
fn faces(draw: impl Fn(ViewSettings) -> AnyView) -> String {
    [Language::English, Language::ChineseSimplified]
        .map(|language| {
            format!(
                "--- {}\n{}\n\n",
                language.tag(),
                words(&html(language, &draw))
            )
        })
        .concat()
}

#[test]
fn error_groups_in_both_languages() {
    insta::assert_snapshot!(faces(|settings| {
        error_groups_card(settings, &error_groups(Range::default())).into_any()
    }));
}

#[test]
fn instances_in_both_languages() {
    insta::assert_snapshot!(faces(|settings| {
        let link = |name: &str| format!("?instance={name}");
        let missed = [missed("web-3:17")];
        instances_card(settings, &instances(Range::default()), &missed, link)
    }));
}

#[test]
fn a_silent_instance_that_others_stand_in_for_is_not_red() {
    let draw = |findings: &[Finding]| {
        html(Language::English, |settings| {
            instances_card(
                settings,
                &instances(Range::default()),
                findings,
                str::to_owned,
            )
        })
    };
    let red = "data-testid=\"instance-row\" data-state=\"error\"";
    assert!(draw(&[missed("web-3:17")]).contains(red));
    assert!(!draw(&[missed("web-9:17")]).contains(red));
}

#[test]
fn what_is_missing_is_told() {
    let mut groups = error_groups(Range::Last(Period::Week));
    groups.groups.clear();
    groups.error = Some(Code::Timeout);
    groups.dropped = 7;
    let mut list = instances(Range::Last(Period::Week));
    list.error = Some(Code::Unreachable);
    list.more_instances = 3;
    let draw = |settings: ViewSettings| {
        let errors = LastErrors {
            lines: Vec::new(),
            stopped_early: true,
            error: None,
        };
        view! {
            {error_groups_card(settings, &groups)}
            {instances_card(settings, &list, &[], str::to_owned)}
            {last_errors_card(settings, &errors)}
        }
        .into_any()
    };
    let text = words(&html(Language::English, draw));
    for told in [
        "only what this process knows",
        "7 errors are missing",
        "No errors in this period.",
        "the other instances are shown as last known",
        "3 more are not shown.",
        "Only the newest part of the log was searched.",
        "Nothing in error.log of this instance.",
    ] {
        assert!(text.contains(told), "{told} in {text}");
    }
}

#[test]
fn a_group_leads_to_its_story_and_its_page_and_says_whether_it_is_new() {
    let html = html(Language::English, |settings| {
        error_groups_card(settings, &error_groups(Range::default())).into_any()
    });
    for link in [
        "href=\"/admin/requests/01938f5e-9d2b-7a10-8c44-6b1d0e2f3a01/\"",
        "href=\"/admin/requests/9F3A61C0/\"",
        "id=\"group-5b1c7a90e2d34f18\"",
        "href=\"#group-5b1c7a90e2d34f18\"",
        "href=\"/admin/errors/5b1c7a90e2d34f18/\"",
    ] {
        assert!(html.contains(link), "{link}");
    }
    let rows: Vec<&str> = html.split("data-testid=\"error-group\"").collect();
    let is_new = |row: &str| row.contains(">new<");
    // The first one is known for days, and the second is none of a kind.
    let new: Vec<bool> = rows[1..].iter().map(|row| is_new(row)).collect();
    assert_eq!(new, [false, false, true]);
}

#[test]
fn what_is_put_aside_is_counted_and_not_among_the_failures() {
    let page = crate::fixtures::errors::full(Range::default());
    let html = html(Language::English, |settings| {
        error_groups_card(settings, &page.groups).into_any()
    });
    assert_eq!(html.matches("data-testid=\"error-group\"").count(), 3);
    assert!(!html.contains("no such table"));
    let text = words(&html);
    assert!(text.contains("54 errors of 5 kinds"), "{text}");
    assert!(text.contains("1 resolved and 1 muted not shown."), "{text}");
    assert!(html.contains("href=\"/admin/errors/?show=all\""), "{html}");
}

#[test]
fn somebody_elses_text_is_only_text() {
    let mut groups = error_groups(Range::default());
    for group in &mut groups.groups {
        group.message = "<script>alert(1)</script>".to_owned();
        group.place = "\u{202e}/<b>".to_owned();
    }
    let mut list = instances(Range::default());
    for instance in &mut list.instances {
        instance.name = "\"><img>".to_owned();
    }
    let names = ["\"><img>".to_owned()];
    let html = html(Language::English, |settings| {
        let errors = LastErrors {
            lines: vec![hostile()],
            ..LastErrors::default()
        };
        let choice = InstanceChoice::Unknown("<i>".to_owned());
        let all = "/all".to_owned();
        view! {
            {error_groups_card(settings, &groups)}
            {instances_card(settings, &list, &[], |_| "/".to_owned())}
            {last_errors_card(settings, &errors)}
            {instance_filter(settings, &choice, &names, "/".to_owned(), &[], all)}
        }
        .into_any()
    });
    for tag in ["<script", "<img", "<b>", "<i>", "\u{202e}"] {
        assert!(!html.contains(tag), "{tag}");
    }
}

#[test]
fn who_can_be_chosen_stands_in_a_form_and_nothing_where_there_is_no_choice() {
    let draw = |choice: InstanceChoice, names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        html(Language::English, |settings| {
            let kept = [("period", "7d".to_owned())];
            let all = "/page?period=7d".to_owned();
            instance_filter(settings, &choice, &names, "/page".to_owned(), &kept, all).into_any()
        })
    };
    assert!(!draw(InstanceChoice::All, &["one"]).contains("<form"));
    let all = draw(InstanceChoice::All, &["one", "two"]);
    assert!(
        all.contains("<input type=\"hidden\" name=\"period\" value=\"7d\""),
        "{all}"
    );
    assert_eq!(all.matches("<option").count(), 3);
    let one = draw(InstanceChoice::Instance("gone".to_owned()), &["one", "two"]);
    assert_eq!(one.matches("<option").count(), 4, "{one}");
    assert!(one.contains("value=\"gone\" selected"), "{one}");
    assert!(one.contains("href=\"/page?period=7d\""), "{one}");
    let unknown = draw(InstanceChoice::Unknown("nobody".to_owned()), &["one"]);
    assert!(
        unknown.contains("No instance named nobody is known."),
        "{unknown}"
    );
}
