//! What a search came to: how much was searched, whether that is all, and how to go on. A search
//! that ended early, or could not begin, never looks like one that found nothing.

use leptos::either::{Either, EitherOf3, EitherOf5};
use leptos::prelude::*;

use crate::address;
use crate::components::notice::notice;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::dto::{LogName, LogPage, LogQuery};
use crate::view::numbers::{bytes, milliseconds};
use crate::view::settings::ViewSettings;

/// Whose files were searched, where there are several instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// This instance.
    pub own: String,
    /// The others that run: nobody has asked them.
    pub others: Vec<String>,
}

/// Above the list: figures, and the page as a file.
pub fn log_result(settings: ViewSettings, page: &LogPage) -> AnyView {
    let t = &settings.t.log_page;
    let searched = (t.searched)(&bytes(page.searched_bytes), &bytes(page.total_bytes));
    let took = (t.took)(&milliseconds(page.took_ms));
    let download = address::download(&address::first_page(&page.query));
    view! {
        <p class="log-result" data-testid="log-result">
            <strong>{(t.shown)(page.lines.len(), page.older.is_some() || page.query.before.is_some())}</strong>
            " "
            <span class="note">{searched} " " {took}</span>
        </p>
        <a class="button" href=download download="logs.ndjson" data-testid="download">
            {t.download}
        </a>
    }.into_any()
}

/// Whose files were not searched; nothing where there are no others.
pub fn not_asked(settings: ViewSettings, searched: &Searched) -> Option<impl IntoView + use<>> {
    let Searched { own, others } = searched;
    (!others.is_empty()).then(|| {
        let sentence = (settings.t.log_page.not_asked)(others, own);
        view! { <p class="coverage" data-testid="not-asked">{badge(State::Warning, foreign(&sentence))}</p> }
    })
}

/// Instead of the list of a page without lines.
pub fn no_lines(settings: ViewSettings, page: &LogPage) -> impl IntoView + use<> {
    let t = &settings.t.log_page;
    let hint = |text: &'static str| view! { <p class="note">{text}</p> };
    match page.error {
        Some(_) => EitherOf5::A(notice(
            State::Error,
            t.unreadable,
            hint(t.unreadable_hint),
            "logs-unreadable",
        )),
        // The pager says so, with the way on.
        None if page.stopped_early => EitherOf5::B(()),
        None if page.total_bytes == 0 => {
            EitherOf5::C(notice(State::Unknown, t.nothing_written, (), "logs-empty"))
        }
        None if page.query.before.is_some() => EitherOf5::D(notice(
            State::Unknown,
            t.nothing_older,
            (),
            "logs-nothing-older",
        )),
        None => EitherOf5::E(notice(
            State::Unknown,
            t.nothing_matches,
            hint((t.nothing_matches_hint)(page.query.file != LogName::App)),
            "logs-no-match",
        )),
    }
}

/// Below the list: what is older, and an honest word if not everything was searched.
pub fn log_pager(settings: ViewSettings, page: &LogPage) -> AnyView {
    let t = &settings.t.log_page;
    let older = page.older.as_ref().map(|older| {
        address::logs(&LogQuery {
            before: Some(older.clone()),
            ..page.query.clone()
        })
    });
    let newest = page.query.before.as_ref().map(|_| {
        let href = address::logs(&address::first_page(&page.query));
        view! {
            <a class="button" href=href data-testid="newest">
                {t.newest}
            </a>
        }
    });
    let further = match (older, page.stopped_early) {
        (Some(href), false) => EitherOf3::A(view! {
            <a class="button" href=href rel="next" data-testid="older">
                {t.older}
            </a>
        }),
        (href, true) => EitherOf3::B(stopped_early(settings, page, href)),
        (None, false) => EitherOf3::C(if page.lines.is_empty() {
            Either::Left(())
        } else {
            Either::Right(view! { <p class="note">{t.oldest_reached}</p> })
        }),
    };
    view! {
        <nav class="pager" aria-label=t.pages_of_lines>
            {newest}
            {further}
        </nav>
    }
    .into_any()
}

fn stopped_early(
    settings: ViewSettings,
    page: &LogPage,
    go_on: Option<String>,
) -> impl IntoView + use<> {
    let t = &settings.t.log_page;
    let (searched, total) = (bytes(page.searched_bytes), bytes(page.total_bytes));
    let sentence = match page.lines.len() {
        0 => (t.nothing_so_far)(&searched, &total),
        count => (t.stopped_early)(&searched, &total, count),
    };
    let go_on = go_on.map(|href| {
        view! {
            <p>
                <a class="button" href=href rel="next" data-testid="go-on">
                    {t.go_on}
                </a>
            </p>
        }
    });
    notice(State::Warning, sentence, go_on, "stopped-early")
}
