//! What all pages for staff have in common: the data first, then a document made of it.

use std::future::Future;

use leptos::either::Either;
use leptos::prelude::*;
use serde::Serialize;

use super::error::refusal;
use super::shell::{Shell, shell};
use crate::address::page::Page;
use crate::api::FetchError;
use crate::assets::Assets;
use crate::components::state::State;
use crate::document::{First, WakeUp, frame};
use crate::view::viewer::{Refresh, Viewer};

/// What the server draws of a live page.
pub(super) struct Drawn {
    /// When it was measured, RFC 3339.
    pub generated_at: String,
    /// The page's path with the state that it is in: where the forms lead back to.
    pub here: String,
    /// For the tab's name and icon: the desk can be watched from another tab.
    pub state: Option<State>,
    pub view: AnyView,
}

/// The complete document of a page that refreshes itself. Expects in context: the `Viewer` and the
/// `Assets`, and the nonce of the response's policy.
///
/// It waits for the data before it renders anything: no `Suspense` has to be hydrated.
pub(super) fn served<T>(
    place: Page,
    fetch: impl Future<Output = Result<T, FetchError>> + Send + 'static,
    draw: fn(&Viewer, &T) -> Drawn,
) -> impl IntoView
where
    T: Send + 'static,
{
    served_as(fetch, move |viewer, data, assets, nonce| {
        document(place, viewer, draw(viewer, &data), assets, nonce)
    })
}

/// The same for a page that stays as it is: its script gets no more than `seed` takes out of the data.
pub(super) fn served_still<T, S, V>(
    place: Page,
    fetch: impl Future<Output = Result<T, FetchError>> + Send + 'static,
    seed: fn(&T) -> S,
    page: fn(&Viewer, T) -> V,
) -> impl IntoView
where
    T: Send + 'static,
    S: Serialize + Send + 'static,
    V: IntoView + 'static,
{
    served_as(fetch, move |viewer, data, assets, nonce| {
        let first = First {
            place,
            viewer: viewer.clone(),
            data: seed(&data),
        };
        framed(first, None, assets, nonce, page(viewer, data))
    })
}

fn served_as<T, V>(
    fetch: impl Future<Output = Result<T, FetchError>> + Send + 'static,
    document: impl FnOnce(&Viewer, T, &Assets, Option<String>) -> V + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    V: IntoView + 'static,
{
    let viewer = use_context::<Viewer>().unwrap_or_default();
    let assets = expect_context::<Assets>();
    let nonce = leptos::nonce::use_nonce().map(|nonce| nonce.to_string());
    Suspend::new(async move {
        match fetch.await {
            Ok(data) => Either::Left(document(&viewer, data, &assets, nonce)),
            // Seen only if a server forgets its own guard before this page.
            Err(_) => Either::Right(refusal(viewer.language, &assets)),
        }
    })
}

pub(super) fn document(
    place: Page,
    viewer: &Viewer,
    drawn: Drawn,
    assets: &Assets,
    nonce: Option<String>,
) -> impl IntoView + use<> {
    let data = Shell {
        place,
        here: drawn.here,
        generated_at: drawn.generated_at,
        state: drawn.state,
    };
    let page = shell(viewer, &data, drawn.view.to_html());
    let viewer = viewer.clone();
    let first = First {
        place,
        viewer,
        data,
    };
    framed(first, drawn.state, assets, nonce, page)
}

pub(super) fn framed<T, V>(
    first: First<T>,
    state: Option<State>,
    assets: &Assets,
    nonce: Option<String>,
    page: V,
) -> impl IntoView + use<T, V>
where
    T: Serialize,
    V: IntoView,
{
    let language = first.viewer.language;
    let title = first.place.title(language.messages());
    let refresh = if first.place.refreshes() {
        first.viewer.refresh
    } else {
        Refresh::Paused
    };
    let wake_up = WakeUp {
        nonce,
        refresh,
        first,
        state,
    };
    frame(language, title, assets, Some(wake_up), page)
}
