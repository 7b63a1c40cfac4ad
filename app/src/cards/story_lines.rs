//! A request's lines in order of time, with what passed between them: where it waited is where to
//! look.

use leptos::prelude::*;

use super::line_fields::{Links, line_fields};
use super::log_lines::summary;
use crate::components::card::card;
use crate::dto::{LogQuery, RequestStory, StoryLine};
use crate::view::numbers::milliseconds;
use crate::view::settings::ViewSettings;

/// From here on a gap is worth a line of its own: as long as a query that counts as slow.
const LONG_GAP_MS: f64 = 100.0;

pub fn story_lines(settings: ViewSettings, story: &RequestStory) -> impl IntoView + use<> {
    let t = &settings.t.log_page;
    let lines: Vec<_> = story
        .lines
        .iter()
        .map(|line| entry(settings, line))
        .collect();
    let body = view! {
        <p class="note">{(t.story_lines)(story.lines.len())}</p>
        <ol class="story-lines" data-testid="story-lines">
            {lines}
        </ol>
    };
    card("story", t.what_happened, body)
}

fn entry(settings: ViewSettings, entry: &StoryLine) -> AnyView {
    let t = &settings.t.log_page;
    let StoryLine {
        files,
        gap_ms,
        line,
    } = entry;
    let shown_gap = gap_ms.map(milliseconds);
    let is_long = gap_ms.is_some_and(|gap| gap >= LONG_GAP_MS);
    let (long, short) = match shown_gap {
        Some(gap) if is_long => (Some((t.long_gap)(&gap)), None),
        Some(gap) => (None, Some((t.later)(&gap))),
        None => (None, None),
    };
    let long = long.map(|gap| {
        view! {
            <p class="story-gap-long" data-testid="long-gap">
                <span aria-hidden="true">"⋮ "</span>
                {gap}
            </p>
        }
    });
    let short = short.map(|gap| view! { <span class="story-gap note">{gap}</span> });
    let files: Vec<_> = files
        .iter()
        .map(|file| view! { <span class="file-badge">{file.name()}</span> })
        .collect();
    // From a story one goes on to all the lines of the same kind.
    let everywhere = LogQuery::default();
    view! {
        <li class="log-line" data-testid="story-line">
            {long}
            <details>
                <summary>
                    {summary(settings, line, "")} {short} <span class="story-files">{files}</span>
                </summary>
                <div class="error-detail" data-testid="log-detail">
                    {line_fields(settings, line, Links::Search(&everywhere))}
                </div>
            </details>
        </li>
    }
    .into_any()
}
