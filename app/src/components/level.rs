//! How grave a log line is: colour, symbol and word at once.

use leptos::prelude::*;

use super::state::State;
use super::text::foreign;
use crate::dto::Level;

/// `level` is as the line has it; what is no level is shown as it came.
pub fn level_badge(level: &str) -> impl IntoView + use<> {
    let (name, symbol) = match Level::from_name(level) {
        Some(Level::Error) => (State::Error.name(), State::Error.symbol()),
        Some(Level::Warning) => (State::Warning.name(), State::Warning.symbol()),
        Some(Level::Info) => ("info", "i"),
        Some(Level::Debug) => ("debug", "·"),
        None => (State::Unknown.name(), State::Unknown.symbol()),
    };
    view! {
        <span class="badge" data-state=name>
            <span class="symbol" data-state=name aria-hidden="true">
                {symbol}
            </span>
            {foreign(level)}
        </span>
    }
}
