//! `/admin/requests/{id}/`: everything that the files know of one request. It stays as the
//! server sent it.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, searched_by, staff_backend};
use super::served::{DrawnStill, served_still};
use crate::address;
use crate::address::log_query::StoryId;
use crate::cards::log_result::{Searched, not_asked};
use crate::cards::story_lines::story_lines;
use crate::cards::story_summary::{access_line, story_summary};
use crate::components::notice::notice;
use crate::components::state::State;
use crate::components::text::foreign;
use crate::components::time::zone_note;
use crate::document::Hydrated;
use crate::dto::{LogQuery, RequestStory};
use crate::locales::pages as titles;
use crate::view::numbers::bytes;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

pub static PAGE: PageDefinition = PageDefinition {
    path: "/admin/requests/{id}/",
    title: titles::REQUEST,
    summary: "One request's story",
    menu: Menu::Hidden,
    drawing: Drawing::Document(document),
};

/// What the page is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct StoryView {
    pub story: RequestStory,
    pub searched: Searched,
}

fn document() -> AnyView {
    served_still(&PAGE, Hydrated::Lookout, load(), |_| (), request)
}

async fn load() -> Result<StoryView, LoadError> {
    let backend = staff_backend()?;
    let StoryId(id) = use_context::<StoryId>().ok_or(LoadError::Unprovided)?;
    let story = backend.request_story(id).await;
    let searched = searched_by(&backend);
    Ok(StoryView { story, searched })
}

pub fn request(viewer: &Viewer, view: StoryView) -> DrawnStill {
    let StoryView { story, searched } = view;
    let settings = ViewSettings::at(viewer, &story.generated_at);
    let here = address::story(&story.id);
    let body = if story.lines.is_empty() {
        Either::Left(nothing(settings, &story, &searched))
    } else {
        Either::Right(told(settings, &story, &searched))
    };
    let view = view! { {body} {zone_note(settings)} };
    DrawnStill {
        here,
        view: view.into_any(),
    }
}

fn told(settings: ViewSettings, story: &RequestStory, searched: &Searched) -> AnyView {
    let t = &settings.t.log_page;
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
    let elsewhere = (!is_whole).then(|| not_asked(settings, searched));
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
        {story_summary(settings, story)}
        {story_lines(settings, story)}
        {elsewhere}
        {in_the_list}
    }
    .into_any()
}

/// Whoever came here with a word that is no id is one click from searching for it.
fn nothing(
    settings: ViewSettings,
    story: &RequestStory,
    searched: &Searched,
) -> impl IntoView + use<> {
    let t = &settings.t.log_page;
    let elsewhere = not_asked(settings, searched);
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
