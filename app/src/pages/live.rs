//! What all live pages have in common on the server: the data first, then a document that carries it.

use std::future::Future;

use leptos::either::Either;
use leptos::prelude::*;
use serde::Serialize;

use super::error::refusal;
use crate::api::FetchError;
use crate::assets::Assets;
use crate::document::{First, WakeUp, frame};
use crate::place::Place;
use crate::visit::{Refresh, Visit};

/// The complete document of a live page. Expects in context: the `Visit` and the `Assets`, and the
/// nonce of the response's policy.
///
/// It waits for the data before it renders anything, and the browser gets that in the document: no
/// `Suspense` has to be hydrated, which alone would add a tenth to the WebAssembly.
pub(super) fn served<T, V>(
    place: Place,
    fetch: impl Future<Output = Result<T, FetchError>> + Send + 'static,
    page: fn(Visit, T) -> V,
) -> impl IntoView
where
    T: Clone + Serialize + Send + 'static,
    V: IntoView + 'static,
{
    let visit = use_context::<Visit>().unwrap_or_default();
    let assets = expect_context::<Assets>();
    let nonce = leptos::nonce::use_nonce().map(|nonce| nonce.to_string());
    Suspend::new(async move {
        match fetch.await {
            Ok(data) => Either::Left(document(First { place, visit, data }, &assets, nonce, page)),
            // Seen only if a server forgets its own guard before this page.
            Err(_) => Either::Right(refusal(visit.language, &assets)),
        }
    })
}

/// The same for a page that stays as it is: its script gets no more than `seed` takes out of the data.
pub(super) fn served_still<T, S, V>(
    place: Place,
    fetch: impl Future<Output = Result<T, FetchError>> + Send + 'static,
    seed: fn(&T) -> S,
    page: fn(Visit, T) -> V,
) -> impl IntoView
where
    T: Send + 'static,
    S: Serialize + Send + 'static,
    V: IntoView + 'static,
{
    let visit = use_context::<Visit>().unwrap_or_default();
    let assets = expect_context::<Assets>();
    let nonce = leptos::nonce::use_nonce().map(|nonce| nonce.to_string());
    Suspend::new(async move {
        match fetch.await {
            Ok(data) => {
                let first = First {
                    place,
                    visit: visit.clone(),
                    data: seed(&data),
                };
                Either::Left(framed(first, &assets, nonce, page(visit, data)))
            }
            Err(_) => Either::Right(refusal(visit.language, &assets)),
        }
    })
}

pub(super) fn document<T, V>(
    first: First<T>,
    assets: &Assets,
    nonce: Option<String>,
    page: fn(Visit, T) -> V,
) -> impl IntoView + use<T, V>
where
    T: Clone + Serialize,
    V: IntoView,
{
    let page = page(first.visit.clone(), first.data.clone());
    framed(first, assets, nonce, page)
}

pub(super) fn framed<T, V>(
    first: First<T>,
    assets: &Assets,
    nonce: Option<String>,
    page: V,
) -> impl IntoView + use<T, V>
where
    T: Serialize,
    V: IntoView,
{
    let language = first.visit.language;
    let title = first.place.title(language.messages());
    let refresh = if first.place.refreshes() {
        first.visit.refresh
    } else {
        Refresh::Paused
    };
    let wake_up = WakeUp {
        nonce,
        refresh,
        first,
    };
    frame(language, title, assets, Some(wake_up), page)
}
