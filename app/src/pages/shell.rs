//! The live part of a page: what is around the drawing. The same on the server and in the browser.
//!
//! What is inside is drawn by the server alone, now and at each refresh; the browser puts the new
//! drawing into the place of the old one. So no card, no chart and none of their data is in the
//! WebAssembly, and there is one function that draws a page.

use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use crate::chart_cursor;
use crate::components::banner::banner;
use crate::components::topbar::topbar;
use crate::document::mark_hydrated;
use crate::live::{Link, Live};
use crate::look::Look;
use crate::morph::morph_children;
use crate::place::Place;
use crate::refetch::{DRAWN_ID, Fresh, SYMBOL, refetch};
use crate::remembered::remember_zone;
use crate::visit::Visit;

/// Travels inside the document, so that the browser's first render is the server's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shell {
    pub place: Place,
    /// The page's path with the state that it is in: where the forms lead back to.
    pub here: String,
    /// When what is drawn was measured, RFC 3339.
    pub generated_at: String,
    /// How things are, in the tab's name: the desk can be watched from another tab.
    pub symbol: Option<String>,
}

/// `drawn` is HTML, and empty in the browser, which has it on the page already.
pub fn shell(visit: &Visit, shell: &Shell, drawn: String) -> impl IntoView + use<> {
    let Shell {
        place,
        here,
        generated_at,
        symbol,
    } = shell.clone();
    let live = Live::new(generated_at.clone());
    let refresh = RwSignal::new(visit.refresh);
    let look = Look::new(visit, None);
    let place_of_drawing = NodeRef::<Div>::new();
    let now = RwSignal::new(symbol.clone());
    let show = move |fresh: &Fresh| {
        if fresh.is_of_another_build(&document()) {
            // Fails nowhere that has an address.
            let _ = location().reload();
        } else if let Some(drawing) = place_of_drawing.get_untracked() {
            morph_children(&drawing, fresh.drawn());
            chart_cursor::restore();
            now.set(fresh.drawn().get_attribute(SYMBOL));
        }
    };
    live.keep_fresh(refresh.into(), refetch, show);
    wake(live, show);
    name_tab(place.title(look.t), now, live);

    view! {
        {topbar(look.t, place, here, visit, Some(refresh))}
        <main id="content">
            {move || banner(look, live.link.get(), &live.generated_at.get())}
            <div
                id=DRAWN_ID
                node_ref=place_of_drawing
                data-generated-at=generated_at
                data-symbol=symbol
                data-stale=move || (live.link.get() != Link::Live).then_some("")
                inner_html=drawn
            ></div>
        </main>
    }
}

/// Awake, that is: with the reader's zone on the page, and the charts' cursor.
fn wake(live: Live, show: impl Fn(&Fresh) + Copy + 'static) {
    Effect::new(move |_: Option<()>| {
        chart_cursor::listen();
        if remember_zone() {
            // The server did not know where the reader is.
            spawn_local(async move {
                live.accept(refetch().await, show);
                mark_hydrated();
            });
        } else {
            mark_hydrated();
        }
    });
}

/// On a page that has no state, its title alone.
fn name_tab(title: &'static str, symbol: RwSignal<Option<String>>, live: Live) {
    Effect::new(move |_: Option<()>| {
        let symbol = symbol.get().map(|symbol| match live.link.get() {
            Link::Live => symbol,
            // Nobody knows any more.
            Link::Stale | Link::SignedOut | Link::Forbidden => "?".to_owned(),
        });
        if let Some(symbol) = symbol {
            document().set_title(&format!("{symbol} {title}"));
        }
    });
}
