//! Pages of the desk that stay as they are: no scripts, forms and links only.

use leptos::prelude::*;

use crate::assets::Assets;
use crate::components::topbar::topbar;
use crate::document::{ASLEEP, frame};
use crate::instant::Instant;
use crate::look::Zone;
use crate::place::Place;
use crate::visit::Visit;

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
            <p class="note footnote">{t.times_in_utc}</p>
        </main>
    };
    frame(visit.language, place.title(t), assets, ASLEEP, body).to_html()
}

/// A time in UTC, since nobody here knows the reader's zone.
pub fn moment(text: &str) -> impl IntoView + use<> {
    let shown = Instant::parse(text).map_or_else(|| text.to_owned(), |it| Zone::Utc.show(it));
    view! { <time datetime=text.to_owned()>{shown}</time> }
}
