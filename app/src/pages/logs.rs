//! `/admin/logs/`: search in the log files. It stays as the server sent it; see `boot`.

use leptos::either::Either;
use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, searched_by, staff_backend};
use super::served::{DrawnStill, served_still};
use crate::address::log_query::{BadDirectives, LogForm, LogSearch};
use crate::address::page::Page;
use crate::cards::log_conditions::log_conditions;
use crate::cards::log_filter::log_filter;
use crate::cards::log_histogram::log_histogram;
use crate::cards::log_level::log_level;
use crate::cards::log_lines::log_line;
use crate::cards::log_result::{Searched, log_pager, log_result, no_lines, not_asked};
use crate::cards::log_tail::log_tail;
use crate::components::notice::notice;
use crate::components::state::State;
use crate::components::time::zone_note;
use crate::document::Hydrated;
use crate::dto::{BadQuery, LogLevelState, LogPage};
use crate::live::tail_start::{PLACE_ID, TailStart};
use crate::locales::pages as titles;
use crate::view::instant::Instant;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

pub static PAGE: PageDefinition = PageDefinition {
    path: Page::Logs.path(),
    title: titles::LOGS,
    summary: "The log files, searched",
    menu: Menu::Shown,
    drawing: Drawing::Document(document),
};

/// What the page is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct LogsView {
    /// The filter as it was filled in, mistakes included.
    pub form: LogForm,
    pub found: Result<LogPage, BadQuery>,
    pub level: LogLevelState,
    pub bad_directives: Option<BadDirectives>,
    pub searched: Searched,
}

fn document() -> AnyView {
    served_still(&PAGE, Hydrated::Tail, load(), follow_from, logs)
}

async fn load() -> Result<LogsView, LoadError> {
    let backend = staff_backend()?;
    let LogSearch { form, query } = use_context::<LogSearch>().ok_or(LoadError::Unprovided)?;
    let bad_directives = use_context::<BadDirectives>();
    let found = async {
        match query {
            Ok(query) => backend.logs(query).await,
            Err(bad) => Err(bad),
        }
    };
    let (found, level) = futures_util::join!(found, backend.log_level());
    Ok(LogsView {
        form,
        found,
        level,
        bad_directives,
        searched: searched_by(&backend),
    })
}

/// What its script goes on from: there is something to follow on the first page, if that has no end.
pub fn follow_from(view: &LogsView) -> Option<TailStart> {
    let page = view.found.as_ref().ok()?;
    let goes_on = page.query.before.is_none() && page.query.until.is_none() && page.error.is_none();
    goes_on.then(|| TailStart {
        query: page.query.clone(),
        newest: page.newest.clone(),
    })
}

pub fn logs(viewer: &Viewer, first: LogsView) -> DrawnStill {
    let from = follow_from(&first);
    let LogsView {
        form,
        found,
        level,
        bad_directives,
        searched,
    } = first;
    let generated_at = found.as_ref().ok().map(|page| page.generated_at.as_str());
    let measured_at = generated_at.and_then(Instant::parse);
    let settings = ViewSettings::new(viewer, measured_at);
    let here = form.address();
    // A warning while it lasts, or what has to be put right; a tool otherwise.
    let is_first = level.until.is_some() || bad_directives.is_some();
    let level = log_level(settings, &level, bad_directives.as_ref(), &here);
    let (level_above, level_below) = if is_first {
        (Some(level), None)
    } else {
        (None, Some(level))
    };

    let view = view! {
        {log_filter(settings, &form, found.as_ref().err())}
        {log_conditions(settings, &form)}
        {level_above}
        {match &found {
            Ok(page) => Either::Left(result(settings, page, &searched, from)),
            Err(_) => {
                let sentence = settings.t.log_page.not_searched;
                Either::Right(notice(State::Unknown, sentence, (), "logs-not-searched"))
            }
        }}
        {level_below}
        {zone_note(settings)}
    };
    DrawnStill {
        here,
        view: view.into_any(),
    }
}

fn result(
    settings: ViewSettings,
    page: &LogPage,
    searched: &Searched,
    from: Option<TailStart>,
) -> AnyView {
    let query = &page.query;
    let histogram = page
        .histogram
        .as_ref()
        .filter(|histogram| !histogram.buckets.is_empty())
        .map(|histogram| log_histogram(settings, query, histogram));
    let lines: Vec<_> = page
        .lines
        .iter()
        .map(|found| log_line(settings, query, found))
        .collect();
    let head = page
        .error
        .is_none()
        .then(|| view! { <div class="log-head">{log_result(settings, page)}</div> });
    // The one part that is hydrated.
    let followed = from.map(|from| view! { <div id=PLACE_ID>{log_tail(settings, from)}</div> });
    let list = (!lines.is_empty()).then(|| view! { <ol>{lines}</ol> });
    let nothing = page.lines.is_empty().then(|| no_lines(settings, page));
    view! {
        {histogram}
        <section class="card" aria-label=settings.t.log_page.lines>
            {head}
            {not_asked(settings, searched)}
            {followed}
            {list}
            {nothing}
            {log_pager(settings, page)}
        </section>
    }
    .into_any()
}
