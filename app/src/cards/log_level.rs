//! What is written to the files at the moment, and the form that changes it for a while.

use leptos::either::Either;
use leptos::prelude::*;

use crate::address::log_query::{BadDirectives, DIRECTIVES};
use crate::components::form_error::form_error;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::LogLevelState;
use crate::view::settings::ViewSettings;

/// Minutes that a change may last.
const MINUTES: [u32; 3] = [1, 15, 60];
/// What is usually wanted.
const SUGGESTION: &str = "debug";

/// `next` is where the form leads back to.
pub fn log_level(
    settings: ViewSettings,
    level: &LogLevelState,
    bad: Option<&BadDirectives>,
    next: &str,
) -> AnyView {
    let t = &settings.t.log_page;
    let state = match &level.until {
        None => Either::Left(view! { <span class="note">{t.configured}</span> }),
        Some(until) => Either::Right(view! {
            {badge(State::Warning, t.raised)}
            " "
            <span>{t.until_when} " " {time(settings, until)}</span>
            " "
            <span class="note">
                {foreign(&(t.changed_by)(level.changed_by.as_deref(), &level.configured))}
            </span>
        }),
    };
    let is_open = level.until.is_some() || bad.is_some();
    view! {
        <details class="card level-control" open=is_open data-testid="log-level">
            <summary>
                <span>{t.log_level} " " <code data-testid="log-level-now">{foreign(&level.directives)}</code></span>
                " "
                {state}
            </summary>
            {form(settings, level, bad, next)}
        </details>
    }.into_any()
}

fn form(
    settings: ViewSettings,
    level: &LogLevelState,
    bad: Option<&BadDirectives>,
    next: &str,
) -> AnyView {
    let t = &settings.t.log_page;
    let is_changed = level.until.is_some();
    let back = is_changed.then(|| {
        view! {
            <button name="minutes" value="0" formnovalidate data-testid="log-level-back">
                {foreign(&(t.back_to)(&level.configured))}
            </button>
        }
    });
    let (mistake, mistake_id) = form_error(settings, DIRECTIVES, "", bad.map(|bad| &bad.why));
    let suggestion = match bad {
        Some(bad) => bad.given.clone(),
        None if is_changed => level.directives.clone(),
        None => SUGGESTION.to_owned(),
    };
    let is_invalid = bad.map(|_| "true");
    let described_by = match mistake_id {
        Some(id) => format!("{id} log-level-hint"),
        None => "log-level-hint".to_owned(),
    };
    let minutes = MINUTES.into_iter().map(|minutes| {
        view! { <button name="minutes" value=minutes.to_string()>{(t.minutes)(minutes)}</button> }
    });
    let minutes: Vec<_> = minutes.collect();
    view! {
        <form class="level-form" method="post" action="/admin/log-level/">
            <input type="hidden" name="next" value=next.to_owned() />
            <div class="field">
                <label for="log-level-directives">{t.directives}</label>
                <input
                    id="log-level-directives"
                    name=DIRECTIVES
                    value=suggestion
                    required
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-invalid=is_invalid
                    aria-describedby=described_by
                />
                {mistake}
            </div>
            <div class="quick-choices" role="group" aria-label=t.change_for>
                <span class="note">{t.change_for}</span>
                {minutes}
            </div>
            {back}
            <p class="note" id="log-level-hint">{t.directives_hint}</p>
        </form>
    }
    .into_any()
}
