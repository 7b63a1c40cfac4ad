//! The list of lines, each to be opened to all its fields.

use leptos::either::Either;
use leptos::prelude::*;
use serde_json::Value;

use super::line_fields::{Links, line_fields};
use super::line_text::plain;
use crate::address;
use crate::components::excerpt::excerpt;
use crate::components::highlight::highlight;
use crate::components::level::level_badge;
use crate::components::state::{State, symbol};
use crate::components::text::foreign;
use crate::components::time::clock;
use crate::dto::{FoundLine, LogLine, LogQuery};
use crate::view::numbers::milliseconds;
use crate::view::settings::ViewSettings;
use crate::view::zone::Precision;

pub fn log_line(settings: ViewSettings, query: &LogQuery, found: &FoundLine) -> AnyView {
    let FoundLine { line, .. } = found;
    let needle = query.text.as_deref().unwrap_or_default();
    let story = Some(text(line, "request_id"))
        .filter(|id| !id.is_empty())
        .map(|id| {
            let t = &settings.t.log;
            view! {
                <a class="log-story note" href=address::story(&id) title=t.open_story>
                    {t.story}
                </a>
            }
        });
    view! {
        <li class="log-line" data-testid="log-line">
            <details>
                <summary>{summary(settings, line, needle)}</summary>
                <div class="error-detail" data-testid="log-detail">
                    {line_fields(settings, line, Links::Search(query))}
                </div>
            </details>
            {story}
        </li>
    }
    .into_any()
}

/// What a closed line shows: when, how grave, what; and who says so.
pub fn summary(settings: ViewSettings, line: &LogLine, needle: &str) -> AnyView {
    let message = excerpt(&text(line, "message"), needle);
    let message = if message.is_empty() {
        Either::Left(settings.t.log.not_a_line)
    } else {
        Either::Right(highlight(&message, needle))
    };
    let shown_duration = Some(text(line, "duration_ms"))
        .filter(|ms| !ms.is_empty())
        .map(|ms| view! { <span class="log-duration note">{duration(&ms)}</span> });
    // An answer of 500 and above is nothing wrong to the log, and an error to who reads it.
    let is_failure = line
        .get("status")
        .and_then(Value::as_u64)
        .is_some_and(|status| status >= 500);
    let state = is_failure.then_some(State::Error);
    let level = Some(text(line, "level"))
        .filter(|level| !level.is_empty())
        .map(|level| level_badge(&level));
    view! {
        <span class="log-time note">{clock(settings, &text(line, "timestamp"), Precision::Milliseconds)}</span>
        <span class="log-level">{level}</span>
        <span class="log-message" data-state=state.map(State::name)>
            {state.map(symbol)} {message} " " {shown_duration}
        </span>
        <span class="log-logger note">{foreign(&text(line, "logger"))}</span>
    }.into_any()
}

/// As a line has it, in milliseconds; what is no number is shown as it came.
pub fn duration(ms: &str) -> AnyView {
    match ms.parse() {
        Ok(ms) => milliseconds(ms).into_any(),
        Err(_) => foreign(ms).into_any(),
    }
}

/// A field as text, empty if the line has none.
pub fn text(line: &LogLine, name: &str) -> String {
    line.get(name).map(plain).unwrap_or_default()
}
