//! Pages of the desk that stay as they are: no scripts, forms and links only.

use leptos::prelude::*;

use crate::address::page::Page;
use crate::assets::Assets;
use crate::components::card::missing;
use crate::components::time::zone_note;
use crate::components::topbar::topbar;
use crate::document::{ASLEEP, frame};
use crate::dto::Code;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

/// What the registry's database holds, while it does not answer.
pub fn in_registry(settings: ViewSettings, code: Code) -> impl IntoView {
    let t = settings.t;
    view! {
        {missing(settings, Some(code))}
        <p class="note">
            {t.kept_in_registry} " "
            <a href=Page::Database.path()>{Page::Database.title(t)}</a>
        </p>
    }
}

/// A complete document.
pub fn plain(
    place: Page,
    viewer: &Viewer,
    assets: &Assets,
    body: impl IntoView + 'static,
) -> String {
    let t = viewer.language.messages();
    let body = view! {
        {topbar(t, place, place.path().to_owned(), viewer, None)}
        <main id="content">
            <div class="plain">{body}</div>
            {zone_note(ViewSettings::new(viewer, None))}
        </main>
    };
    frame(viewer.language, place.title(t), assets, ASLEEP, body).to_html()
}
