//! The live part of a page: what is around the drawing. The same on the server and in the browser.
//!
//! What is inside is drawn by the server alone, now and at each refresh; the browser puts the new
//! drawing into the place of the old one. So no card, no chart and none of their data is in the
//! WebAssembly, and there is one function that draws a page.

use leptos::html::Div;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::components::banner::banner;
use crate::components::menu::MenuItem;
use crate::components::state::State;
use crate::components::topbar::topbar;
use crate::document::mark_hydrated;
use crate::live::morph::morph_children;
use crate::live::refetch::{DRAWN_ID, Fresh, STATE, refetch, sign_of_life};
use crate::live::refresher::{Link, Live};
use crate::live::{chart_cursor, copying};
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

/// Travels inside the document, so that the browser's first render is the server's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shell {
    pub menu: Vec<MenuItem>,
    /// The page's path with the state that it is in: where the forms lead back to.
    pub here: String,
    /// When what is drawn was measured, RFC 3339.
    pub generated_at: String,
}

/// The element of a page that stays as it is in which it says that the server is silent, by its id.
pub const LOOKOUT_ID: &str = "lookout";

/// `state` is that of the tab. `drawn` is HTML, and empty in the browser, which has it on the page
/// already.
pub fn shell(
    viewer: &Viewer,
    title: &str,
    state: Option<State>,
    shell: &Shell,
    drawn: String,
) -> AnyView {
    let Shell {
        menu,
        here,
        generated_at,
    } = shell.clone();
    let live = Live::new(generated_at.clone());
    let refresh = RwSignal::new(viewer.refresh);
    let settings = ViewSettings::new(viewer, None);
    let place_of_drawing = NodeRef::<Div>::new();
    let now = RwSignal::new(state);
    let show = move |fresh: &Fresh| {
        if fresh.is_of_another_build(&document()) {
            // Fails nowhere that has an address.
            let _ = location().reload();
        } else if let Some(drawing) = place_of_drawing.get_untracked() {
            morph_children(&drawing, fresh.drawn());
            chart_cursor::restore();
            let state = fresh.drawn().get_attribute(STATE);
            now.set(state.and_then(|name| State::from_name(&name)));
        }
    };
    live.keep_fresh(refresh.into(), refetch, show);
    wake();
    name_tab(title.to_owned(), now.into(), live);

    view! {
        {topbar(viewer, title.to_owned(), &menu, here, Some(refresh))}
        <main id="content">
            {banner(settings, live, refresh.into())}
            <div
                id=DRAWN_ID
                node_ref=place_of_drawing
                data-generated-at=generated_at
                data-verdict=state.map(State::name)
                data-stale=move || (live.link.get() != Link::Live).then_some("")
                inner_html=drawn
            ></div>
        </main>
    }
    .into_any()
}

/// What a page that stays as it is wakes up to: it looks whether there is still a server, and says so
/// where there is none.
pub fn lookout(viewer: &Viewer, title: &str, state: Option<State>) -> impl IntoView + use<> {
    let live = Live::new(String::new());
    let refresh = Signal::stored(viewer.refresh);
    let settings = ViewSettings::new(viewer, None);
    live.keep_fresh(refresh, sign_of_life, |_| {});
    name_tab(title.to_owned(), Signal::stored(state), live);
    banner(settings, live, refresh)
}

/// Awake, that is: with the charts' cursor, and buttons that copy.
fn wake() {
    Effect::new(move |_: Option<()>| {
        chart_cursor::listen();
        copying::listen();
        mark_hydrated();
    });
}

/// And gives it its icon. Once the server is silent, how things are is not known any more.
fn name_tab(title: String, state: Signal<Option<State>>, live: Live) {
    Effect::new(move |_: Option<()>| {
        let state = match live.link.get() {
            Link::Live => state.get(),
            Link::Stale | Link::SignedOut | Link::Forbidden => Some(State::Unknown),
        };
        let symbol = state.map(|state| format!("{} ", state.symbol()));
        document().set_title(&format!(
            "{}{title} · agent-source-db",
            symbol.unwrap_or_default()
        ));
        let icon = document().query_selector("link[rel=icon]").ok().flatten();
        let name = format!("data-{}", state.unwrap_or(State::Ok).name());
        if let Some(icon) = icon
            && let Some(address) = icon.get_attribute(&name)
        {
            // It fails for no name that is one.
            let _ = icon.set_attribute("href", &address);
        }
    });
}
