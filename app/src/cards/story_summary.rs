//! What became of a request, from its access line; without one it is not finished, or too long ago.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use super::line_text::plain;
use super::log_lines::{duration as line_duration, text};
use crate::components::card::card;
use crate::components::facts::fact;
use crate::components::notice::notice;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::{LogLine, LogName, RequestStory, StoryLine};
use crate::view::settings::ViewSettings;

pub fn story_summary(settings: ViewSettings, story: &RequestStory) -> impl IntoView + use<> {
    let t = &settings.t.log_page;
    let outcome = match access_line(story) {
        Some(StoryLine { line, .. }) => Either::Left(outcome(settings, line)),
        None => Either::Right(notice(
            State::Unknown,
            t.unfinished,
            view! { <p class="note">{t.unfinished_hint}</p> },
            "story-unfinished",
        )),
    };
    let started = story.lines.first().map(|first| {
        let timestamp = text(&first.line, "timestamp");
        fact(t.started, time(settings, &timestamp))
    });
    let request_id = story.request_id.as_deref().map(|id| {
        fact(
            t.request_id,
            view! { <code data-testid="story-request-id">{foreign(id)}</code> },
        )
    });
    let trace = story.trace_id.as_deref().map(|id| {
        let id = view! { <code data-testid="story-trace-id">{foreign(id)}</code> };
        let shown = match story.trace_url.clone() {
            Some(url) => Either::Left(view! { <a href=url rel="nofollow noopener">{id}</a> }),
            None => Either::Right(id),
        };
        fact(t.trace, shown)
    });
    let errors = error_ids(story);
    let errors = (!errors.is_empty()).then(|| {
        let ids: Vec<_> = errors
            .iter()
            .map(|id| view! { <code data-testid="story-error-id">{foreign(id)}</code> " " })
            .collect();
        fact(t.error_ids, ids)
    });
    let body = view! {
        {outcome}
        <dl class="facts story-facts">{request_id} {trace} {errors} {started}</dl>
    };
    card("story-summary", t.summary, body)
}

/// It stands in app.log too, and may be rotated out of the other one first. Errors name their request
/// as well, but only this line knows how long the answer was.
pub fn access_line(story: &RequestStory) -> Option<&StoryLine> {
    story.lines.iter().find(|StoryLine { files, line, .. }| {
        files.contains(&LogName::Access)
            || (line.contains_key("method") && line.contains_key("bytes"))
    })
}

fn outcome(settings: ViewSettings, line: &LogLine) -> AnyView {
    let t = &settings.t.log_page;
    let (method, path, status) = (
        text(line, "method"),
        text(line, "path"),
        text(line, "status"),
    );
    let status = match status.as_bytes().first() {
        Some(b'5') => EitherOf3::A(badge(State::Error, foreign(&status))),
        Some(b'4') => EitherOf3::B(badge(State::Warning, foreign(&status))),
        _ => EitherOf3::C(badge(State::Ok, foreign(&status))),
    };
    let user = match line.get("user") {
        None | Some(serde_json::Value::Null) => Either::Left(t.anonymous),
        Some(user) => Either::Right(foreign(&plain(user))),
    };
    let duration = text(line, "duration_ms");
    view! {
        <p class="story-outcome" data-testid="story-outcome">
            <strong>{foreign(&method)} " " {foreign(&path)}</strong>
            " "
            {status}
        </p>
        <dl class="facts story-facts">
            {fact(t.duration, line_duration(&duration))}
            {fact(t.user, user)}
            {fact(t.address, foreign(&text(line, "ip")))}
            {fact(t.route, foreign(&text(line, "route")))}
        </dl>
    }
    .into_any()
}

fn error_ids(story: &RequestStory) -> Vec<String> {
    let mut ids: Vec<String> = story
        .lines
        .iter()
        .map(|line| text(&line.line, "error_id"))
        .filter(|id| !id.is_empty())
        .collect();
    ids.dedup();
    ids
}
