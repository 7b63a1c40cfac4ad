//! `/admin/requests/{id}/`: everything that the files know of one request. It stays as the
//! server sent it.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use super::shell::{LOOKOUT_ID, lookout};
use crate::address;
use crate::api::{Searched, StoryView, fetch_story};
use crate::cards::log_result::not_asked;
use crate::cards::story_lines::story_lines;
use crate::cards::story_summary::{access_line, story_summary};
use crate::components::notice::notice;
use crate::components::state::State;
use crate::components::text::foreign;
use crate::components::time::zone_note;
use crate::components::topbar::topbar;
use crate::dto::{LogQuery, RequestStory};
use crate::format::bytes;
use crate::look::Look;
use crate::place::Place;
use crate::visit::Visit;

/// The complete document. Expects the `SharedBackend` and what was `Asked` in context, beside what
/// every page does.
pub fn request_document() -> impl IntoView {
    super::live::served_still(Place::Request, fetch_story(), |_| (), request)
}

pub fn request(visit: &Visit, view: StoryView) -> impl IntoView + use<> {
    let StoryView { story, searched } = view;
    let look = Look::at(visit, &story.generated_at);
    let here = address::story(&story.id);
    let body = if story.lines.is_empty() {
        Either::Left(nothing(look, &story, &searched))
    } else {
        Either::Right(told(look, &story, &searched))
    };
    view! {
        {topbar(look.t, Place::Request, here, visit, None)}
        <main id="content" class="stack">
            <div id=LOOKOUT_ID class="lookout">
                {lookout(visit, Place::Request)}
            </div>
            {body}
            {zone_note(look)}
        </main>
    }
}

fn told(look: Look, story: &RequestStory, searched: &Searched) -> impl IntoView + use<> {
    let t = &look.t.log_page;
    let is_by_error = story.request_id.as_ref() != Some(&story.id);
    let found_by = is_by_error.then(|| {
        let sentence = (t.found_by_error)(&story.id);
        view! { <p data-testid="found-by-error">{foreign(&sentence)}</p> }
    });
    let in_part = story.stopped_early.then(|| {
        let (searched, total) = (bytes(story.searched_bytes), bytes(story.total_bytes));
        let sentence = (t.story_in_part)(&searched, &total);
        notice(State::Warning, sentence, (), "story-in-part")
    });
    // A request is served by one instance: the one that has its access line has all of its lines.
    let is_whole = access_line(story).is_some();
    let elsewhere = (!is_whole).then(|| not_asked(look, searched));
    let in_the_list = story.request_id.as_deref().map(|id| {
        let query = LogQuery {
            request_id: Some(id.to_owned()),
            ..LogQuery::default()
        };
        view! {
            <p>
                <a href=address::logs(&query)>{t.lines_of_request}</a>
            </p>
        }
    });
    view! {
        {found_by}
        {in_part}
        {story_summary(look, story)}
        {story_lines(look, story)}
        {elsewhere}
        {in_the_list}
    }
}

/// Whoever came here with a word that is no id is one click from searching for it.
fn nothing(look: Look, story: &RequestStory, searched: &Searched) -> impl IntoView + use<> {
    let t = &look.t.log_page;
    let elsewhere = not_asked(look, searched);
    let is_all = searched.others.is_empty();
    let (searched, total) = (bytes(story.searched_bytes), bytes(story.total_bytes));
    let query = LogQuery {
        text: Some(story.id.clone()),
        ..LogQuery::default()
    };
    let search = view! {
        <p>
            <a class="button" href=address::logs(&query)>
                {t.search_as_text}
            </a>
        </p>
    };
    let about = foreign(&(t.nothing_about)(&story.id));
    let hint = |text: String| view! { <p class="note">{text}</p> };
    match (story.error, story.stopped_early) {
        (Some(_), _) => EitherOf3::A(notice(
            State::Error,
            t.unreadable,
            hint(t.unreadable_hint.to_owned()),
            "logs-unreadable",
        )),
        (None, true) => EitherOf3::B(notice(
            State::Warning,
            about,
            view! { {hint((t.nothing_about_yet)(&searched, &total))} {elsewhere} {search} },
            "story-nothing",
        )),
        (None, false) => EitherOf3::C(notice(
            State::Unknown,
            about,
            view! { {hint((t.nothing_about_hint)(&searched, is_all))} {elsewhere} {search} },
            "story-nothing",
        )),
    }
}
