//! `/admin/audit/`: who changed what, when, and from where. Plain HTML, by the page.

use leptos::prelude::*;

use super::quiet::quiet;
use crate::assets::Assets;
use crate::components::time::time;
use crate::look::Look;
use crate::place::Place;
use crate::visit::Visit;

#[derive(Clone, Debug)]
pub struct AuditView {
    pub visit: Visit,
    /// The newest first.
    pub entries: Vec<AuditRow>,
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
    pub detail: String,
    pub ip: Option<String>,
    pub request_id: Option<String>,
}

/// A complete document.
pub fn render_audit(audit: AuditView, assets: &Assets) -> String {
    let AuditView {
        visit,
        entries,
        older,
        is_first,
    } = audit;
    let messages = visit.language.messages();
    let t = &messages.audit_page;
    let is_empty = entries.is_empty();
    let look = Look::new(&visit, None);
    let rows: Vec<_> = entries.into_iter().map(|entry| row(look, entry)).collect();
    let body = view! {
        <section class="card wide" tabindex="0" role="region" aria-label=Place::Audit.title(messages)>
            {is_empty.then(|| view! { <p class="note">{t.none}</p> })}
            {(!is_empty).then(|| view! {
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{t.when}</th>
                            <th scope="col">{t.who}</th>
                            <th scope="col">{t.what}</th>
                            <th scope="col">{t.from_where}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            })}
            <p class="note">
                {(!is_first).then(|| view! { <a href=Place::Audit.path()>{t.newest}</a> " " })}
                {older.map(|before| view! { <a href=format!("{}?before={before}", Place::Audit.path())>{t.older}</a> })}
            </p>
        </section>
    };
    quiet(Place::Audit, &visit, assets, body)
}

fn row(look: Look, entry: AuditRow) -> impl IntoView {
    let request = entry
        .request_id
        .map(|id| view! { <br /> <small><code>{id}</code></small> });
    view! {
        <tr data-testid="audit-row">
            <td>{time(look, &entry.at)}</td>
            <td>{entry.actor}</td>
            <td>
                <strong>{format!("{} {}", entry.action, entry.object)}</strong>
                " "
                {entry.detail}
            </td>
            <td>{entry.ip.unwrap_or_default()} {request}</td>
        </tr>
    }
}
