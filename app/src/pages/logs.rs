//! `/admin/logs/`: search in the log files. It stays as the server sent it; see `awake`.

use leptos::either::Either;
use leptos::prelude::*;

use super::shell::{LOOKOUT_ID, lookout};
use crate::api::{LogsView, Searched, fetch_logs};
use crate::cards::log_conditions::log_conditions;
use crate::cards::log_filter::log_filter;
use crate::cards::log_follow::log_follow;
use crate::cards::log_histogram::log_histogram;
use crate::cards::log_level::log_level;
use crate::cards::log_lines::log_line;
use crate::cards::log_result::{log_pager, log_result, no_lines, not_asked};
use crate::components::notice::notice;
use crate::components::state::State;
use crate::components::time::zone_note;
use crate::components::topbar::topbar;
use crate::dto::LogPage;
use crate::follow_from::{FollowFrom, PLACE_ID};
use crate::instant::Instant;
use crate::look::Look;
use crate::place::Place;
use crate::visit::Visit;

/// The complete document. Expects the `SharedBackend` and what was `Asked` in context, beside what
/// every page does.
pub fn logs_document() -> impl IntoView {
    super::live::served_still(Place::Logs, fetch_logs(), follow_from, logs)
}

/// What its script goes on from: there is something to follow on the first page, if that has no end.
pub fn follow_from(view: &LogsView) -> Option<FollowFrom> {
    let page = view.found.as_ref().ok()?;
    let goes_on = page.query.before.is_none() && page.query.until.is_none() && page.error.is_none();
    goes_on.then(|| FollowFrom {
        query: page.query.clone(),
        newest: page.newest.clone(),
    })
}

pub fn logs(visit: &Visit, first: LogsView) -> impl IntoView + use<> {
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
    let look = Look::new(visit, measured_at);
    let here = form.address();
    // A warning while it lasts, or what has to be put right; a tool otherwise.
    let is_first = level.until.is_some() || bad_directives.is_some();
    let level = log_level(look, &level, bad_directives.as_ref(), &here);
    let (level_above, level_below) = if is_first {
        (Some(level), None)
    } else {
        (None, Some(level))
    };

    view! {
        {topbar(look.t, Place::Logs, here.clone(), visit, None)}
        <main id="content" class="stack">
            <div id=LOOKOUT_ID class="lookout">
                {lookout(visit, Place::Logs)}
            </div>
            {log_filter(look, &form, found.as_ref().err())}
            {log_conditions(look, &form)}
            {level_above}
            {match &found {
                Ok(page) => Either::Left(result(look, page, &searched, from)),
                Err(_) => {
                    let sentence = look.t.log_page.not_searched;
                    Either::Right(notice(State::Unknown, sentence, (), "logs-not-searched"))
                }
            }}
            {level_below}
            {zone_note(look)}
        </main>
    }
}

fn result(
    look: Look,
    page: &LogPage,
    searched: &Searched,
    from: Option<FollowFrom>,
) -> impl IntoView + use<> {
    let query = &page.query;
    let histogram = page
        .histogram
        .as_ref()
        .filter(|histogram| !histogram.buckets.is_empty())
        .map(|histogram| log_histogram(look, query, histogram));
    let lines: Vec<_> = page
        .lines
        .iter()
        .map(|found| log_line(look, query, found))
        .collect();
    let head = page
        .error
        .is_none()
        .then(|| view! { <div class="log-head">{log_result(look, page)}</div> });
    // The one part that wakes up.
    let followed = from.map(|from| view! { <div id=PLACE_ID>{log_follow(look, from)}</div> });
    let list = (!lines.is_empty()).then(|| view! { <ol>{lines}</ol> });
    let nothing = page.lines.is_empty().then(|| no_lines(look, page));
    view! {
        {histogram}
        <section class="card" aria-label=look.t.log_page.lines>
            {head}
            {not_asked(look, searched)}
            {followed}
            {list}
            {nothing}
            {log_pager(look, page)}
        </section>
    }
}
