//! What all pages for staff have in common: the data first, then a document made of it.

use std::future::Future;

use leptos::either::Either;
use leptos::prelude::*;
use serde::Serialize;

use super::definition::{Configured, PageDefinition};
use super::error::refusal;
use super::load::LoadError;
use super::menu_items;
use super::shell::{LOOKOUT_ID, Shell, lookout, shell};
use crate::assets::Assets;
use crate::components::state::State;
use crate::components::topbar::topbar;
use crate::document::{First, WakeUp, Wakes, frame};
use crate::view::viewer::{Refresh, Viewer};

/// What the server draws of a page that refreshes itself.
pub(super) struct Drawn {
    /// When it was measured, RFC 3339.
    pub generated_at: String,
    /// The page's path with the state that it is in: where the forms lead back to.
    pub here: String,
    /// For the tab's name and icon: the desk can be watched from another tab.
    pub state: Option<State>,
    pub view: AnyView,
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
    /// The one that the response's content security policy names.
    pub nonce: Option<String>,
}

impl Surroundings {
    fn of_context() -> Self {
        Self {
            viewer: use_context().unwrap_or_default(),
            assets: expect_context(),
            configured: use_context().unwrap_or_default(),
            nonce: leptos::nonce::use_nonce().map(|nonce| nonce.to_string()),
        }
    }
}

/// The complete document of a page that refreshes itself.
pub(super) fn served<T: Send + 'static>(
    page: &'static PageDefinition,
    load: impl Future<Output = Result<T, LoadError>> + Send + 'static,
    draw: fn(&Viewer, &T) -> Drawn,
) -> AnyView {
    served_as(load, move |around, data| {
        document(page, around, draw(&around.viewer, &data))
    })
}

/// The same for a page that stays as it is: its script gets no more than `seed` takes out of the data.
pub(super) fn served_still<T, S>(
    page: &'static PageDefinition,
    wakes: Wakes,
    load: impl Future<Output = Result<T, LoadError>> + Send + 'static,
    seed: fn(&T) -> S,
    draw: fn(&Viewer, T) -> DrawnStill,
) -> AnyView
where
    T: Send + 'static,
    S: Serialize + Send + 'static,
{
    served_as(load, move |around, data| {
        let seed = seed(&data);
        still_document(page, around, wakes, seed, draw(&around.viewer, data))
    })
}

/// It waits for the data before it draws anything: no `Suspense` has to be hydrated.
fn served_as<T, V>(
    load: impl Future<Output = Result<T, LoadError>> + Send + 'static,
    document: impl FnOnce(&Surroundings, T) -> V + Send + 'static,
) -> AnyView
where
    T: Send + 'static,
    V: IntoView + 'static,
{
    let around = Surroundings::of_context();
    let drawn = Suspend::new(async move {
        match load.await {
            Ok(data) => Either::Left(document(&around, data)),
            // Seen only if a server forgets its own guard before this page.
            Err(_) => Either::Right(refusal(around.viewer.language, &around.assets)),
        }
    });
    drawn.into_any()
}

pub(super) fn document(
    page: &'static PageDefinition,
    around: &Surroundings,
    drawn: Drawn,
) -> impl IntoView + use<> {
    let viewer = around.viewer.clone();
    let data = Shell {
        menu: menu_items(page, &viewer, &around.configured),
        here: drawn.here,
        generated_at: drawn.generated_at,
        state: drawn.state,
    };
    let title = page.title.text(viewer.language);
    let view = shell(&viewer, title, &data, drawn.view.to_html());
    let wake_up = WakeUp {
        nonce: around.nonce.clone(),
        refresh: viewer.refresh,
        first: First {
            wakes: Wakes::Shell,
            title: title.to_owned(),
            viewer,
            data,
        },
        state: drawn.state,
    };
    frame(
        around.viewer.language,
        title,
        &around.assets,
        Some(wake_up),
        view,
    )
}

pub(super) fn still_document<S: Serialize>(
    page: &'static PageDefinition,
    around: &Surroundings,
    wakes: Wakes,
    seed: S,
    drawn: DrawnStill,
) -> impl IntoView + use<S> {
    let viewer = &around.viewer;
    let title = page.title.text(viewer.language);
    let items = menu_items(page, viewer, &around.configured);
    let view = view! {
        {topbar(viewer, title.to_owned(), &items, drawn.here, None)}
        <main id="content" class="stack">
            <div id=LOOKOUT_ID class="lookout">
                {lookout(viewer, title)}
            </div>
            {drawn.view}
        </main>
    };
    let wake_up = WakeUp {
        nonce: around.nonce.clone(),
        refresh: Refresh::Paused,
        first: First {
            wakes,
            title: title.to_owned(),
            viewer: viewer.clone(),
            data: seed,
        },
        state: None,
    };
    frame(viewer.language, title, &around.assets, Some(wake_up), view)
}
