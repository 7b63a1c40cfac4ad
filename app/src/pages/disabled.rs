//! What stands in the place of a page until the setting is made that it requires.

use leptos::prelude::*;

use super::definition::{Configured, Drawing, PageDefinition};
use super::plain::{PlainView, plain_view};
use super::served::OpenNow;
use crate::assets::Assets;
use crate::components::notice::notice;
use crate::components::state::State;
use crate::view::viewer::Viewer;

impl PageDefinition {
    /// The complete document for `leptos_actix::render_app_async_with_context`; `None` of a page that
    /// a handler draws. A page that is disabled says what would enable it, and answers 200: the
    /// address is right, and many a proxy replaces the body of a 404 by its own.
    pub fn document(&'static self) -> Option<impl Fn() -> AnyView + Clone + Send + 'static> {
        let Drawing::Document(document) = self.drawing else {
            return None;
        };
        Some(move || {
            let configured = use_context::<Configured>().unwrap_or_default();
            match self.missing(&configured) {
                Some(variable) => disabled(self, variable, configured),
                None => document(),
            }
        })
    }
}

fn disabled(page: &'static PageDefinition, variable: &str, configured: Configured) -> AnyView {
    let viewer = use_context::<Viewer>().unwrap_or_default();
    let assets = expect_context::<Assets>();
    let t = viewer.language.messages();
    let sentence = (t.page_requires)(variable);
    let body = view! {
        <section class="card">{notice(State::Unknown, sentence, (), "page-disabled")}</section>
    };
    let around = PlainView {
        open: OpenNow::of_context(&viewer),
        viewer,
        configured,
    };
    plain_view(page, &around, &assets, body).into_any()
}
