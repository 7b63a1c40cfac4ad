//! `/admin/audit/`: who changed what, when, and from where. Plain HTML, by the page.

use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::plain::{PlainView, in_registry, plain};
use crate::address;
use crate::assets::Assets;
use crate::components::folding::{folding, head};
use crate::components::time::time;
use crate::dto::Code;
use crate::locales::AuditPage;
use crate::locales::pages as titles;
use crate::view::settings::ViewSettings;

pub static PAGE: PageDefinition = PageDefinition {
    path: "/admin/audit/",
    title: titles::AUDIT,
    summary: "Who changed what",
    menu: Menu::Shown,
    drawing: Drawing::Handler,
};

#[derive(Clone, Debug)]
pub struct AuditView {
    pub around: PlainView,
    /// The newest first; or why they can't be had.
    pub entries: Result<Vec<AuditRow>, Code>,
    /// What to ask for to see those before them.
    pub older: Option<i64>,
    /// Whether newer ones are left out.
    pub is_first: bool,
}

#[derive(Clone, Debug)]
pub struct AuditRow {
    /// RFC 3339.
    pub at: String,
    pub actor: String,
    pub action: String,
    pub object: String,
    pub object_id: String,
    pub detail: String,
    pub ip: Option<String>,
    pub request_id: Option<String>,
}

/// A complete document.
pub fn render_audit(audit: AuditView, assets: &Assets) -> String {
    let AuditView {
        around,
        entries,
        older,
        is_first,
    } = audit;
    let settings = ViewSettings::new(&around.viewer, None);
    let t = &settings.t.audit_page;
    let entries = match entries {
        Err(code) => in_registry(settings, code).into_any(),
        Ok(entries) if entries.is_empty() => view! { <p class="note">{t.none}</p> }.into_any(),
        Ok(entries) => {
            let rows: Vec<_> = entries
                .into_iter()
                .map(|entry| row(settings, entry))
                .collect();
            let heads = [t.when, t.who, t.what, t.from_where].map(head);
            folding(false, heads, rows).into_any()
        }
    };
    let body = view! {
        <section class="card wide" tabindex="0" role="region" aria-label=PAGE.title.text(around.viewer.language)>
            {entries}
            <p class="note">
                {(!is_first).then(|| view! { <a href=PAGE.path>{t.newest}</a> " " })}
                {older.map(|before| view! { <a href=format!("{}?before={before}", PAGE.path)>{t.older}</a> })}
            </p>
        </section>
    };
    plain(&PAGE, &around, assets, body)
}

fn in_words<'a>(t: &AuditPage, kept: &'a str) -> &'a str {
    let known = t.words.iter().find(|(word, _)| *word == kept);
    known.map_or(kept, |(_, said)| said)
}

fn row(settings: ViewSettings, entry: AuditRow) -> AnyView {
    let t = &settings.t.audit_page;
    let request = entry.request_id.map(|id| {
        let href = address::story(&id);
        view! { <br /> <a class="request-id" href=href>{id}</a> }
    });
    view! {
        <tr role="row" data-testid="audit-row">
            <td role="cell">{time(settings, &entry.at)}</td>
            <td role="cell" class="who">{entry.actor}</td>
            <td role="cell" class="whole">
                <strong>
                    {format!(
                        "{} {} {}",
                        in_words(t, &entry.action),
                        in_words(t, &entry.object),
                        entry.object_id,
                    )}
                </strong>
                " "
                {entry.detail}
            </td>
            <td role="cell" class="whole" data-name=t.from_where>{entry.ip.unwrap_or_default()} {request}</td>
        </tr>
    }.into_any()
}
