//! The frame of every page: a complete HTML document, and what a live one needs to hydrate.

use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub(crate) use server_side::{Hydration, NOT_HYDRATED, Tab, frame};

use crate::components::state::State;
use crate::view::viewer::Viewer;

/// What a live page was first made of. It travels inside the document, so that the browser renders
/// the very same page without asking again.
#[derive(Serialize, Deserialize)]
pub(crate) struct First<T> {
    pub hydrated: Hydrated,
    /// The page's name, in the reader's language.
    pub title: String,
    pub viewer: Viewer,
    /// How things are, in the tab's name and icon: the desk can be watched from another tab.
    pub state: Option<State>,
    pub data: T,
}

/// What of a page the browser hydrates; nothing of a page that carries no [`First`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Hydrated {
    /// All around what refreshes itself.
    Shell,
    /// It says no more than that the server is silent.
    Lookout,
    /// That, and new lines of a log.
    Tail,
}

const FIRST_ID: &str = "first";

#[cfg(feature = "ssr")]
mod server_side {
    use leptos::prelude::*;
    use serde::Serialize;

    use super::{FIRST_ID, First};
    use crate::assets::{Assets, ZONE_SCRIPT};
    use crate::components::state::State;
    use crate::view::viewer::{Language, Refresh};

    /// What the browser's tab says.
    pub struct Tab {
        pub title: &'static str,
        /// By its name and icon.
        pub state: Option<State>,
    }

    impl Tab {
        /// Of a page that knows nothing of how things are.
        pub fn named(title: &'static str) -> Self {
            Self { title, state: None }
        }
    }

    pub struct Hydration<T> {
        /// The one that the response's content security policy names.
        pub nonce: Option<String>,
        /// For browsers without scripts.
        pub refresh: Refresh,
        pub first: First<T>,
    }

    pub fn frame<Body: IntoView, T: Serialize>(
        language: Language,
        Tab { title, state }: Tab,
        assets: &Assets,
        hydration: Option<Hydration<T>>,
        body: Body,
    ) -> impl IntoView + use<Body, T> {
        let css = assets.css.clone();
        let is_timed = hydration.is_some().then_some("");
        let zone_script = hydration.as_ref().map(|hydration| {
            let nonce = hydration.nonce.clone();
            view! { <script nonce=nonce>{ZONE_SCRIPT}</script> }
        });
        let symbol = state.map(|state| format!("{} ", state.symbol()));
        let title = format!("{}{title} · agent-source-db", symbol.unwrap_or_default());
        let hydration = hydration.map(|hydration| elements(assets, hydration));
        view! {
            <!DOCTYPE html>
            <html lang=language.tag() data-timed=is_timed>
                <head>
                    <meta charset="utf-8" />
                    {zone_script}
                    <title>{title}</title>
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    {icon(assets, state)}
                    <link rel="stylesheet" href=css />
                    {hydration}
                </head>
                <body>{body}</body>
            </html>
        }
    }

    /// With those for the other states, for the script.
    fn icon(assets: &Assets, state: Option<State>) -> impl IntoView + use<> {
        let of = |state: State| match state {
            State::Ok => assets.icon.clone(),
            State::Warning => assets.icon_warning.clone(),
            State::Error => assets.icon_error.clone(),
            State::Unknown => assets.icon_unknown.clone(),
        };
        view! {
            <link
                rel="icon"
                type="image/svg+xml"
                href=of(state.unwrap_or(State::Ok))
                data-ok=of(State::Ok)
                data-warning=of(State::Warning)
                data-error=of(State::Error)
                data-unknown=of(State::Unknown)
            />
        }
    }

    /// A document that stays as it is.
    pub const NOT_HYDRATED: Option<Hydration<()>> = None;

    /// A script element of our own, not `HydrationScripts`: the files' names are hashed, and come
    /// from the server. The data is a block that no browser runs.
    fn elements<T: Serialize>(assets: &Assets, hydration: Hydration<T>) -> impl IntoView + use<T> {
        let Assets { js, wasm, .. } = assets.clone();
        let start = format!(
            "import init, {{ hydrate }} from {js:?};\
             init({{ module_or_path: {wasm:?} }}).then(() => hydrate());"
        );
        let reload = hydration.refresh.seconds().map(|seconds| {
            view! {
                <noscript>
                    <meta http-equiv="refresh" content=seconds.to_string() />
                </noscript>
            }
        });
        view! {
            <link rel="modulepreload" href=js />
            <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
            <script type="application/json" id=FIRST_ID>{data_block(&hydration.first)}</script>
            <script type="module" nonce=hydration.nonce>{start}</script>
            {reload}
        }
    }

    /// JSON that can stand in a script element: without `<` it can't end it. Empty if the data can't
    /// be written; the page then stays as it is.
    fn data_block<T: Serialize>(first: &First<T>) -> String {
        serde_json::to_string(first)
            .unwrap_or_default()
            .replace('<', "\\u003c")
    }
}

/// `None` without scripts' data, or of a kind that this build does not know.
#[cfg(feature = "hydrate")]
pub(crate) fn hydrated() -> Option<Hydrated> {
    #[derive(Deserialize)]
    struct At {
        hydrated: Hydrated,
    }
    data_block().map(|At { hydrated }| hydrated)
}

/// `None` if the document carries no data that this build understands.
#[cfg(feature = "hydrate")]
pub(crate) fn first<T: serde::de::DeserializeOwned>() -> Option<First<T>> {
    data_block()
}

#[cfg(feature = "hydrate")]
fn data_block<T: serde::de::DeserializeOwned>() -> Option<T> {
    let text = leptos::prelude::document()
        .get_element_by_id(FIRST_ID)?
        .text_content()?;
    serde_json::from_str(&text).ok()
}

/// Tells tests that the page is hydrated.
pub(crate) fn mark_hydrated() {
    // Nothing depends on it but a test's patience.
    let _ = leptos::prelude::document()
        .body()
        .map(|body| body.set_attribute("data-hydrated", ""));
}
