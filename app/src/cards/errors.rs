//! The newest lines of `error.log`, each to be opened to all its fields.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use super::error_rows::{Row, rows};
use super::failure::Failure;
use super::line_fields::{Links, line_fields};
use super::line_text::plain;
use crate::components::card::{card, empty, missing};
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::{age, time};
use crate::dto::{Code, LogLine};
use crate::view::settings::ViewSettings;

/// Newest first, or why there are none. `is_failing`: something fails, so that it is not quiet.
pub fn errors_card(
    settings: ViewSettings,
    lines: Option<&[LogLine]>,
    error: Option<Code>,
    is_failing: bool,
) -> impl IntoView + use<> {
    let t = settings.t;
    let none = if is_failing {
        t.no_error_lines
    } else {
        t.no_errors
    };
    let list = error_list(settings, lines, error, none);
    card(
        "errors",
        t.recent_errors,
        view! { <div data-testid="recent-errors">{list}</div> },
    )
}

/// `none` is what stands there while there are no lines.
pub fn error_list(
    settings: ViewSettings,
    lines: Option<&[LogLine]>,
    error: Option<Code>,
    none: &'static str,
) -> impl IntoView + use<> {
    match lines {
        None => EitherOf3::A(missing(settings, error)),
        Some([]) => EitherOf3::B(empty(none)),
        Some(lines) => {
            let rows: Vec<_> = rows(lines)
                .iter()
                .map(|row| error_row(settings, row))
                .collect();
            EitherOf3::C(view! { <div class="error-rows">{rows}</div> })
        }
    }
}

/// Native disclosure: opens by click and by keyboard, with or without scripts. The fragment points
/// into the closed part, so a browser that follows a link to it opens the row.
fn error_row(settings: ViewSettings, row: &Row) -> AnyView {
    let t = settings.t;
    let text = |name: &str| row.line.get(name).map(plain).unwrap_or_default();
    let (timestamp, level) = (text("timestamp"), text("level"));
    let Failure { what, place } = Failure::of(&row.line);
    let state = if level == "WARNING" {
        State::Warning
    } else {
        State::Error
    };
    let message = if what.is_empty() {
        Either::Left(t.no_message)
    } else {
        Either::Right(foreign(&what))
    };
    let place = place.map(|place| {
        view! { <span class="note" data-testid="error-place">" · " {foreign(&place)}</span> }
    });
    let id = format!("error-{}", row.key);
    view! {
        <details class="error-row" data-testid="error-row" id=format!("{id}-row")>
            <summary>
                <span class="error-level">{badge(state, foreign(&level))}</span>
                <span class="error-message">{message} {place}</span>
                <span class="error-time note">{time(settings, &timestamp)}</span>
                <span class="error-age note">{age(settings, &timestamp)}</span>
            </summary>
            <div class="error-detail" data-testid="error-detail" id=id.clone()>
                {line_fields(settings, &row.line, Links::Stories)}
                <a class="note" href=format!("#{id}")>{t.link_to_this}</a>
            </div>
        </details>
    }
    .into_any()
}
