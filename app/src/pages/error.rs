//! What a reader sees instead of a page: plain HTML that names the status and how to find the cause,
//! never the cause itself.

use leptos::prelude::*;

use crate::address::story;
use crate::assets::Assets;
use crate::components::facts::fact;
use crate::document::{NOT_HYDRATED, Tab, frame};
use crate::view::viewer::Language;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorView {
    pub language: Language,
    /// The HTTP status.
    pub status: u16,
    /// Only of errors that were logged under it.
    pub error_id: Option<String>,
    pub request_id: Option<String>,
}

/// A complete document.
pub fn render_error(error: &ErrorView, assets: &Assets) -> String {
    document(error, assets).to_html()
}

/// Where a page must not be shown.
pub(super) fn refusal(language: Language, assets: &Assets) -> impl IntoView + use<> {
    let error = ErrorView {
        language,
        status: 403,
        error_id: None,
        request_id: None,
    };
    document(&error, assets)
}

fn document(error: &ErrorView, assets: &Assets) -> impl IntoView + use<> {
    let ErrorView {
        language,
        status,
        error_id,
        request_id,
    } = error.clone();
    let t = &language.messages().error_page;
    let [title, hint] = match status {
        401 | 403 => t.forbidden,
        404 => t.not_found,
        405 => t.method_not_allowed,
        429 => t.too_many_requests,
        400..500 => t.bad_request,
        503 => t.unavailable,
        _ => t.internal,
    };
    // On the desk, behind the door, an id leads to what happened.
    let error_id = error_id.map(|id| {
        let story = story(&id);
        fact(
            t.error_id,
            view! {
                <a href=story>
                    <code data-testid="error-id">{id}</code>
                </a>
            },
        )
    });
    let request_id = request_id.map(|id| {
        let story = story(&id);
        fact(
            t.request_id,
            view! {
                <a href=story>
                    <code>{id}</code>
                </a>
            },
        )
    });
    let body = view! {
        <main class="sheet">
            <p class="status-code">{status.to_string()}</p>
            <h1>{title}</h1>
            <p>{hint}</p>
            <dl class="facts">{error_id} {request_id}</dl>
            <p>
                <a href="/admin/">{t.to_the_desk}</a>
            </p>
        </main>
    };
    frame(language, Tab::named(title), assets, NOT_HYDRATED, body)
}
