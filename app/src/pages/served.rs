//! What all pages for staff have in common: the data first, then a document made of it.

use std::future::Future;

use leptos::either::Either;
use leptos::prelude::*;
use serde::Serialize;

use super::definition::{Configured, PageDefinition};
use super::error::refusal;
use super::load::{LoadError, RefusedAt, staff_backend};
use super::menu_items;
use super::shell::{LOOKOUT_ID, Shell, lookout, shell};
use crate::address::Address;
use crate::assets::Assets;
use crate::backend::SharedBackend;
use crate::cards::first_line::{first_line, tab_state};
use crate::components::ranges::refused_range;
use crate::components::state::State;
use crate::components::time::zone_note;
use crate::components::topbar::topbar;
use crate::document::{First, Hydrated, Hydration, Tab, frame};
use crate::dto::OpenIncident;
use crate::view::settings::ViewSettings;
use crate::view::viewer::{Refresh, Viewer};

/// What the server draws of a page that refreshes itself.
pub(super) struct Drawn {
    /// When it was measured, RFC 3339.
    pub generated_at: String,
    /// The page's path with the state that it is in: where the forms lead back to.
    pub here: String,
    /// For the tab's name and icon, unless what is open is worse.
    pub state: Option<State>,
    pub reload: Reload,
    /// What the page says before all else.
    pub verdict: Option<AnyView>,
    pub view: AnyView,
}

/// How a page becomes fresh where no script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reload {
    /// At the reader's pace.
    ByItself,
    /// It has forms that take text: half of it typed, it would be lost.
    ByHand,
}

/// What the server draws of a page that stays as it is.
pub(super) struct DrawnStill {
    /// As in [`Drawn`].
    pub here: String,
    pub view: AnyView,
}

/// What every page is drawn with.
#[derive(Default)]
pub(super) struct Surroundings {
    pub viewer: Viewer,
    pub assets: Assets,
    pub configured: Configured,
    pub address: Address,
    /// The one that the response's content security policy names.
    pub nonce: Option<String>,
}

impl Surroundings {
    fn of_context() -> Self {
        Self {
            viewer: use_context().unwrap_or_default(),
            assets: expect_context(),
            configured: use_context().unwrap_or_default(),
            address: use_context().unwrap_or_default(),
            nonce: leptos::nonce::use_nonce().map(|nonce| nonce.to_string()),
        }
    }
}

/// Which incidents are open while the page is drawn.
#[derive(Clone, Debug, Default)]
pub struct OpenNow {
    pub incidents: Vec<OpenIncident>,
    /// RFC 3339.
    pub at: String,
}

impl OpenNow {
    fn of(backend: &SharedBackend, viewer: &Viewer) -> Self {
        Self {
            incidents: backend.open_incidents(viewer.language),
            at: backend.now(),
        }
    }

    /// Nothing for those who may not see the desk, and where no backend is in context.
    pub(super) fn of_context(viewer: &Viewer) -> Self {
        let is_staff = viewer.user.is_some() && viewer.is_staff;
        let backend = use_context::<SharedBackend>().filter(|_| is_staff);
        backend.map_or_else(Self::default, |backend| Self::of(&backend, viewer))
    }

    pub(super) fn line(&self, viewer: &Viewer, verdict: Option<AnyView>) -> impl IntoView + use<> {
        let settings = ViewSettings::at(viewer, &self.at);
        first_line(settings, &self.incidents, verdict, viewer.rights)
    }
}

/// The complete document of a page that refreshes itself.
pub(super) fn served<T: Send + 'static>(
    page: &'static PageDefinition,
    load: impl Future<Output = Result<T, LoadError>> + Send + 'static,
    draw: impl FnOnce(&Viewer, &T) -> Drawn + Send + 'static,
) -> AnyView {
    served_as(load, move |around, open, data| {
        document(page, around, open, draw(&around.viewer, &data))
    })
}

/// The same for a page that stays as it is: its script gets no more than `seed` takes out of the data.
pub(super) fn served_still<T, S>(
    page: &'static PageDefinition,
    hydrated: Hydrated,
    load: impl Future<Output = Result<T, LoadError>> + Send + 'static,
    seed: fn(&T) -> S,
    draw: fn(&Viewer, T) -> DrawnStill,
) -> AnyView
where
    T: Send + 'static,
    S: Serialize + Send + 'static,
{
    served_as(load, move |around, open, data| {
        let seed = seed(&data);
        let drawn = draw(&around.viewer, data);
        still_document(page, around, open, (hydrated, seed), drawn)
    })
}

/// It waits for the data before it draws anything: no `Suspense` has to be hydrated.
fn served_as<T, V>(
    load: impl Future<Output = Result<T, LoadError>> + Send + 'static,
    document: impl FnOnce(&Surroundings, &OpenNow, T) -> V + Send + 'static,
) -> AnyView
where
    T: Send + 'static,
    V: IntoView + 'static,
{
    let around = Surroundings::of_context();
    let backend = staff_backend();
    let drawn = Suspend::new(async move {
        match (load.await, backend) {
            (Ok(data), Ok(backend)) => {
                let open = OpenNow::of(&backend, &around.viewer);
                Either::Left(document(&around, &open, data))
            }
            // Seen only if a server forgets its own guard before this page.
            (Err(_), _) | (_, Err(_)) => {
                Either::Right(refusal(around.viewer.language, &around.assets))
            }
        }
    });
    drawn.into_any()
}

/// In the place of what was asked for over a range that is none. `path` is the page's.
pub(super) fn refused(viewer: &Viewer, refused: &RefusedAt, path: &str) -> Drawn {
    let settings = ViewSettings::at(viewer, &refused.now);
    let view = view! {
        {refused_range(settings, &refused.range, path)}
        {zone_note(settings)}
    };
    Drawn {
        generated_at: refused.now.clone(),
        here: path.to_owned(),
        state: None,
        reload: Reload::ByHand,
        verdict: None,
        view: view.into_any(),
    }
}

pub(super) fn document(
    page: &'static PageDefinition,
    around: &Surroundings,
    open: &OpenNow,
    drawn: Drawn,
) -> impl IntoView + use<> {
    let viewer = around.viewer.clone();
    let data = Shell {
        menu: menu_items(page, &viewer, &around.configured, &around.address.kept()),
        here: drawn.here,
        generated_at: drawn.generated_at,
    };
    let title = page.title.text(viewer.language);
    let state = tab_state(drawn.state, &open.incidents);
    let line = open.line(&viewer, drawn.verdict);
    let html = view! { {line} {drawn.view} }.to_html();
    let view = shell(&viewer, title, state, &data, html);
    let hydration = Hydration {
        nonce: around.nonce.clone(),
        refresh: match drawn.reload {
            Reload::ByItself => viewer.refresh,
            Reload::ByHand => Refresh::Paused,
        },
        first: First {
            hydrated: Hydrated::Shell,
            title: title.to_owned(),
            viewer,
            state,
            data,
        },
    };
    frame(
        around.viewer.language,
        Tab { title, state },
        &around.assets,
        Some(hydration),
        view,
    )
}

pub(super) fn still_document<S: Serialize>(
    page: &'static PageDefinition,
    around: &Surroundings,
    open: &OpenNow,
    (hydrated, seed): (Hydrated, S),
    drawn: DrawnStill,
) -> impl IntoView + use<S> {
    let viewer = &around.viewer;
    let title = page.title.text(viewer.language);
    let items = menu_items(page, viewer, &around.configured, &around.address.kept());
    let state = tab_state(None, &open.incidents);
    let view = view! {
        {topbar(viewer, title.to_owned(), &items, drawn.here, None)}
        <main id="content" class="stack">
            <div id=LOOKOUT_ID class="lookout">
                {lookout(viewer, title, state)}
            </div>
            {open.line(viewer, None)}
            {drawn.view}
        </main>
    };
    let hydration = Hydration {
        nonce: around.nonce.clone(),
        refresh: Refresh::Paused,
        first: First {
            hydrated,
            title: title.to_owned(),
            viewer: viewer.clone(),
            state,
            data: seed,
        },
    };
    let tab = Tab { title, state };
    frame(viewer.language, tab, &around.assets, Some(hydration), view)
}
