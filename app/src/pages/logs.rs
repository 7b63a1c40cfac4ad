//! `/admin/logs/`: search in the log files. It stays as the server sent it; see `boot`.

use leptos::either::Either;
use leptos::prelude::*;

use super::shell::{LOOKOUT_ID, lookout};
use crate::address::page::Page;
use crate::api::{LogsView, Searched, fetch_logs};
use crate::cards::log_conditions::log_conditions;
use crate::cards::log_filter::log_filter;
use crate::cards::log_histogram::log_histogram;
use crate::cards::log_level::log_level;
use crate::cards::log_lines::log_line;
use crate::cards::log_result::{log_pager, log_result, no_lines, not_asked};
use crate::cards::log_tail::log_tail;
use crate::components::notice::notice;
use crate::components::state::State;
use crate::components::time::zone_note;
use crate::components::topbar::topbar;
use crate::dto::LogPage;
use crate::live::tail_start::{PLACE_ID, TailStart};
use crate::view::instant::Instant;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

/// The complete document. Expects the `SharedBackend` and what was `Asked` in context, beside what
/// every page does.
pub fn logs_document() -> impl IntoView {
    super::served::served_still(Page::Logs, fetch_logs(), follow_from, logs)
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

pub fn logs(viewer: &Viewer, first: LogsView) -> impl IntoView + use<> {
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

    view! {
        {topbar(settings.t, Page::Logs, here.clone(), viewer, None)}
        <main id="content" class="stack">
            <div id=LOOKOUT_ID class="lookout">
                {lookout(viewer, Page::Logs)}
            </div>
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
        </main>
    }
}

fn result(
    settings: ViewSettings,
    page: &LogPage,
    searched: &Searched,
    from: Option<TailStart>,
) -> impl IntoView + use<> {
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
    // The one part that wakes up.
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
}
