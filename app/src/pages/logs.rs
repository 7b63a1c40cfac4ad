//! `/admin/logs/`: search in the log files.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use crate::api::LogsView;
use crate::cards::log_conditions::log_conditions;
use crate::cards::log_filter::log_filter;
use crate::cards::log_follow::{can_follow, follow_control, follow_status, followed_lines};
use crate::cards::log_histogram::log_histogram;
use crate::cards::log_level::log_level;
use crate::cards::log_lines::log_line;
use crate::cards::log_result::{log_pager, log_result, no_lines};
use crate::components::notice::notice;
use crate::components::state::State;
use crate::components::time::zone_note;
use crate::components::topbar::topbar;
use crate::dto::LogPage;
use crate::follow::Follow;
use crate::instant::Instant;
use crate::look::Look;
use crate::place::Place;
use crate::visit::Visit;

/// The complete document. Expects the `SharedBackend` and what was `Asked` in context, beside what
/// every page does.
#[cfg(feature = "ssr")]
pub fn logs_document() -> impl IntoView {
    super::live::served(Place::Logs, crate::api::fetch_logs(), logs)
}

/// The live part: all of the body, the same on the server and in the browser.
pub fn logs(visit: Visit, first: LogsView) -> impl IntoView {
    let LogsView { form, found, level } = first;
    let generated_at = found.as_ref().ok().map(|page| page.generated_at.as_str());
    let measured_at = generated_at.and_then(Instant::parse);
    let look = Look::new(visit.language, Signal::stored(measured_at));
    let here = form.address();
    // A warning while it lasts, a tool otherwise.
    let is_changed = level.until.is_some();

    view! {
        {topbar(look.t, Place::Logs, here.clone(), &visit, None)}
        <main id="content" class="stack">
            {log_filter(look, &form, found.as_ref().err())}
            {log_conditions(look, &form)}
            {is_changed.then(|| log_level(look, &level, &here))}
            {match &found {
                Ok(page) => Either::Left(result(look, page)),
                Err(_) => {
                    let sentence = look.t.log.not_searched;
                    Either::Right(notice(State::Unknown, sentence, (), "logs-not-searched"))
                }
            }}
            {(!is_changed).then(|| log_level(look, &level, &here))}
            {zone_note(look)}
        </main>
    }
}

fn result(look: Look, page: &LogPage) -> impl IntoView + use<> {
    let query = &page.query;
    let follow = Follow::new(page.newest.clone());
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
    let can_follow = can_follow(page);
    // Until one comes in.
    let nothing = page.lines.is_empty().then(|| {
        let page = page.clone();
        move || {
            follow
                .lines
                .with(Vec::is_empty)
                .then(|| no_lines(look, &page))
        }
    });
    let head = match page.error {
        Some(_) => Either::Left(()),
        None => Either::Right(view! {
            <div class="log-head">
                {log_result(look, page)}
                {can_follow.then(|| follow_control(look, query, follow))}
            </div>
            {can_follow.then(|| follow_status(look, follow))}
        }),
    };
    let list = match (can_follow, lines.is_empty()) {
        (false, true) => EitherOf3::A(()),
        (false, false) => EitherOf3::B(view! { <ol class="log-lines">{lines}</ol> }),
        (true, _) => EitherOf3::C(view! {
            {followed_lines(look, query, follow)}
            <ol class="log-lines">{lines}</ol>
        }),
    };
    view! {
        {histogram}
        <section class="card log-list" aria-label=look.t.log.lines>
            {head}
            {list}
            {nothing}
            {log_pager(look, page)}
        </section>
    }
}
