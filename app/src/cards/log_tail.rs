//! New lines as they come in, above those that were found; needs scripts, and is not seen without.

use leptos::either::Either;
use leptos::prelude::*;

use super::log_lines::log_line;
use crate::address;
use crate::components::state::{State, badge};
use crate::dto::LogQuery;
use crate::live::log_tail::{Follow, Following};
use crate::live::tail_lines::KEPT_LINES;
use crate::live::tail_start::TailStart;
use crate::view::settings::ViewSettings;

pub fn log_tail(settings: ViewSettings, from: TailStart) -> impl IntoView {
    let TailStart { query, newest } = from;
    let follow = Follow::new(newest);
    view! {
        <div class="follow">{follow_control(settings, &query, follow)} {follow_status(settings, follow)}</div>
        {followed_lines(settings, &query, follow)}
    }
}

fn follow_control(settings: ViewSettings, query: &LogQuery, follow: Follow) -> AnyView {
    let t = &settings.t.follow;
    let query = query.clone();
    let toggle = move |_| match follow.state.get_untracked() {
        Following::Connecting | Following::Live | Following::Lost => follow.pause(),
        Following::Off | Following::Paused | Following::Refused => {
            follow.start(|newest| address::follow(&query, newest));
        }
    };
    let label = move || match follow.state.get() {
        Following::Off => t.follow,
        Following::Connecting | Following::Live | Following::Lost => t.pause,
        Following::Paused => t.resume,
        Following::Refused => t.try_again,
    };
    view! {
        <button class="with-script" type="button" data-testid="follow" on:click=toggle>
            {label}
        </button>
    }
    .into_any()
}

/// Says how following goes; read out when it changes.
fn follow_status(settings: ViewSettings, follow: Follow) -> AnyView {
    let t = &settings.t.follow;
    let said = move || {
        let (state, sentence) = match follow.state.get() {
            Following::Off => return Either::Left(()),
            Following::Connecting => (State::Unknown, t.connecting.to_owned()),
            Following::Live => (State::Ok, (t.following)(follow.count.get())),
            Following::Paused => (State::Unknown, t.follow_paused.to_owned()),
            Following::Lost => (State::Warning, t.connection_lost.to_owned()),
            Following::Refused => (State::Error, t.follow_refused.to_owned()),
        };
        Either::Right(badge(state, sentence))
    };
    let capped = move || {
        (follow.count.get() > KEPT_LINES)
            .then(|| view! { <span class="note">{(t.followed_at_most)(KEPT_LINES)}</span> })
    };
    let skipped = move || {
        let skipped = follow.skipped.get()?;
        let sentence = (t.lines_skipped)(skipped.lines);
        Some(view! { <strong data-testid="follow-skipped">{sentence}</strong> })
    };
    view! {
        <p role="status" data-testid="follow-status">
            {said}
            " "
            {capped}
            " "
            {skipped}
        </p>
    }
    .into_any()
}

fn followed_lines(settings: ViewSettings, query: &LogQuery, follow: Follow) -> AnyView {
    let query = query.clone();
    view! {
        <ol class="log-lines-new" data-testid="followed">
            <For
                each=move || follow.lines.get()
                key=|found| found.position.clone()
                children=move |found| log_line(settings, &query, &found)
            />
        </ol>
    }
    .into_any()
}
