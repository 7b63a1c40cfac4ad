//! The cards of `/admin/database/` in each kind of day and in both languages.

use leptos::prelude::*;

use super::findings::findings_card;
use super::inside::{activity_cards, inside_card};
use super::named_queries::named_queries_card;
use super::tests::words;
use crate::dto::{DatabaseReport, StoreReport};
use crate::fixtures::database::{calm, empty, troubled};
use crate::view::settings::ViewSettings;
use crate::view::viewer::{Language, Viewer};

fn faces(card: fn(ViewSettings, &StoreReport) -> AnyView) -> String {
    let days: [(&str, DatabaseReport); 3] = [
        ("calm", calm()),
        ("troubled", troubled()),
        ("empty", empty()),
    ];
    let mut faces = String::new();
    for (day, report) in days {
        for language in [Language::English, Language::ChineseSimplified] {
            for store in &report.stores {
                let html = Owner::new().with(|| {
                    let viewer = Viewer {
                        language,
                        ..Viewer::default()
                    };
                    card(ViewSettings::at(&viewer, &report.generated_at), store).to_html()
                });
                let (tag, role) = (language.tag(), store.role.name());
                faces.push_str(&format!("--- {day}, {role}, {tag}\n{}\n\n", words(&html)));
            }
        }
    }
    faces
}

#[test]
fn findings() {
    insta::assert_snapshot!(faces(
        |settings, store| findings_card(settings, store).into_any()
    ));
}

#[test]
fn inside() {
    insta::assert_snapshot!(faces(
        |settings, store| inside_card(settings, store).into_any()
    ));
}

#[test]
fn activity() {
    insta::assert_snapshot!(faces(
        |settings, store| activity_cards(settings, store).into_any()
    ));
}

#[test]
fn named_queries() {
    insta::assert_snapshot!(faces(|settings, store| {
        named_queries_card(settings, store, "2026-11-23T20:12:09.000Z").into_any()
    }));
}
