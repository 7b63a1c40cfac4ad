//! Pages of the desk that stay as they are: no scripts, forms and links only.

use leptos::prelude::*;

use super::definition::{Configured, PageDefinition};
use super::menu_items;
use super::served::OpenNow;
use crate::address::page::Page;
use crate::assets::Assets;
use crate::cards::first_line::tab_state;
use crate::components::card::missing;
use crate::components::time::zone_note;
use crate::components::topbar::topbar;
use crate::document::{NOT_HYDRATED, Tab, frame};
use crate::dto::Code;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

/// What the registry's database holds, while it does not answer.
pub fn in_registry(settings: ViewSettings, code: Code) -> AnyView {
    let t = settings.t;
    view! {
        {missing(settings, Some(code))}
        <p class="note">
            {t.kept_in_registry} " "
            <a href=Page::Database.path()>{t.database}</a>
        </p>
    }
    .into_any()
}

/// Who looks at such a page, and what is around it.
#[derive(Clone, Debug)]
pub struct PlainView {
    pub viewer: Viewer,
    pub configured: Configured,
    pub open: OpenNow,
}

/// A complete document.
pub fn plain(
    page: &'static PageDefinition,
    around: &PlainView,
    assets: &Assets,
    body: impl IntoView + 'static,
) -> String {
    plain_view(page, around, assets, body).to_html()
}

/// The same before it is text.
pub fn plain_view<V: IntoView + 'static>(
    page: &'static PageDefinition,
    around: &PlainView,
    assets: &Assets,
    body: V,
) -> impl IntoView + use<V> {
    let PlainView {
        viewer,
        configured,
        open,
    } = around;
    let title = page.title.text(viewer.language);
    let items = menu_items(page, viewer, configured, &[]);
    let body = view! {
        {topbar(viewer, title.to_owned(), &items, page.path.to_owned(), None)}
        <main id="content">
            {open.line(viewer, None)}
            <div class="plain">{body}</div>
            {zone_note(ViewSettings::new(viewer, None))}
        </main>
    };
    let tab = Tab {
        title,
        state: tab_state(None, &open.incidents),
    };
    frame(viewer.language, tab, assets, NOT_HYDRATED, body)
}
