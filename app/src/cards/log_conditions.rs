//! What narrows the list at the moment, each to be taken back with one click.

use leptos::either::Either;
use leptos::prelude::*;

use crate::address::log_query::LogForm;
use crate::address::page::Page;
use crate::components::text::foreign;
use crate::components::time::time;
use crate::view::settings::ViewSettings;

pub fn log_conditions(settings: ViewSettings, form: &LogForm) -> Option<impl IntoView + use<>> {
    let t = &settings.t.log_page;
    // The file is a choice, not a condition; a page's position is left by its own link.
    let conditions: Vec<_> = form
        .given()
        .filter(|(name, _)| !["file", "before"].contains(name))
        .map(|(name, value)| condition(settings, form, name, value))
        .collect();
    (!conditions.is_empty()).then(|| {
        let all = match form.get("file") {
            "" => Page::Logs.path().to_owned(),
            file => format!("{}?file={file}", Page::Logs.path()),
        };
        view! {
            <ul class="conditions" aria-label=t.active_filters data-testid="conditions">
                {conditions}
                <li>
                    <a href=all>{t.clear_filters}</a>
                </li>
            </ul>
        }
    })
}

fn condition(settings: ViewSettings, form: &LogForm, name: &str, value: &str) -> AnyView {
    let t = &settings.t.log_page;
    let word = (t.condition)(name);
    let shown = match name {
        "since" | "until" => Either::Left(time(settings, value)),
        _ => Either::Right(foreign(value)),
    };
    view! {
        <li>
            <a
                class="condition"
                href=form.without(name).address()
                aria-label=(t.remove_filter)(&format!("{word}: {value}"))
            >
                <span class="note">{word}</span>
                " "
                {shown}
                <span aria-hidden="true">" ✕"</span>
            </a>
        </li>
    }
    .into_any()
}
