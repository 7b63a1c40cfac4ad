//! The newest lines of `error.log`, each to be opened to all its fields.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use super::error_rows::{Row, plain, rows};
use super::line_fields::{Links, line_fields};
use crate::components::card::{card, empty, missing};
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::{age, time};
use crate::dto::Status;
use crate::look::Look;

/// Takes the signal, not the value: rows that are on the page stay the same elements across
/// refreshes, or an opened one would fall shut.
pub fn errors_card(look: Look, status: RwSignal<Status>) -> impl IntoView {
    let t = look.t;
    let note = move || {
        status.with(|status| match &status.recent_errors {
            None => EitherOf3::A(missing(look, status.recent_errors_error)),
            Some(lines) if lines.is_empty() => EitherOf3::B(empty(t.no_errors)),
            Some(_) => EitherOf3::C(()),
        })
    };
    let lines =
        move || status.with(|status| rows(status.recent_errors.as_deref().unwrap_or_default()));
    let body = view! {
        <div data-testid="recent-errors">
            {note}
            <div class="error-rows">
                <For each=lines key=|row| row.key.clone() children=move |row| error_row(look, &row) />
            </div>
        </div>
    };
    card("errors", t.recent_errors, body)
}

/// Native disclosure: opens by click and by keyboard, with or without scripts. The fragment points
/// into the closed part, so a browser that follows a link to it opens the row.
fn error_row(look: Look, row: &Row) -> impl IntoView + use<> {
    let t = look.t;
    let text = |name: &str| row.line.get(name).map(plain).unwrap_or_default();
    let (timestamp, level, message) = (text("timestamp"), text("level"), text("message"));
    let state = if level == "WARNING" {
        State::Warning
    } else {
        State::Error
    };
    let message = if message.is_empty() {
        Either::Left(t.no_message)
    } else {
        Either::Right(foreign(&message))
    };
    let id = format!("error-{}", row.key);
    view! {
        <details class="error-row" data-testid="error-row">
            <summary>
                <span class="error-level">{badge(state, foreign(&level))}</span>
                <span class="error-message">{message}</span>
                <span class="error-time note">{time(look, &timestamp)}</span>
                <span class="error-age note">{age(look, &timestamp)}</span>
            </summary>
            <div class="error-detail" data-testid="error-detail" id=id.clone()>
                {line_fields(look, &row.line, Links::Stories)}
                <a class="note" href=format!("#{id}")>{t.link_to_this}</a>
            </div>
        </details>
    }
}
