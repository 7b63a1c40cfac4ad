//! Pages of the desk that stay as they are: no scripts, forms and links only.

use leptos::prelude::*;

use crate::assets::Assets;
use crate::components::card::missing;
use crate::components::time::zone_note;
use crate::components::topbar::topbar;
use crate::document::{ASLEEP, frame};
use crate::dto::Code;
use crate::look::Look;
use crate::place::Place;
use crate::visit::Visit;

/// What the registry's database holds, while it does not answer.
pub fn in_registry(look: Look, code: Code) -> impl IntoView {
    let t = look.t;
    view! {
        {missing(look, Some(code))}
        <p class="note">
            {t.kept_in_registry} " "
            <a href=Place::Database.path()>{Place::Database.title(t)}</a>
        </p>
    }
}

/// A complete document.
pub fn quiet(
    place: Place,
    visit: &Visit,
    assets: &Assets,
    body: impl IntoView + 'static,
) -> String {
    let t = visit.language.messages();
    let body = view! {
        {topbar(t, place, place.path().to_owned(), visit, None)}
        <main id="content">
            <div class="quiet">{body}</div>
            {zone_note(Look::new(visit, None))}
        </main>
    };
    frame(visit.language, place.title(t), assets, ASLEEP, body).to_html()
}
