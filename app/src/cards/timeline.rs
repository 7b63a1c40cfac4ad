//! What changed, of all kinds, the newest first and by the day.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use crate::address;
use crate::address::page::Page;
use crate::components::field::Field;
use crate::components::notice::notice;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::{clock, seconds_between, time};
use crate::dto::{BadQuery, Timeline, TimelineEntry, TimelineKind, TimelineQuery};
use crate::view::instant::Instant;
use crate::view::settings::ViewSettings;
use crate::view::zone::Precision;

const USUAL_SPAN: &str = "24h";

/// Which kinds, and how far back: a form, so that it works without scripts; the choice stands in the
/// address.
pub fn timeline_filter(settings: ViewSettings, query: &TimelineQuery) -> AnyView {
    let t = settings.t.timeline_page;
    let kinds: Vec<_> = TimelineKind::ALL
        .into_iter()
        .map(|kind| {
            let is_chosen = query.kinds.iter().any(|name| name == kind.name());
            view! {
                <label class="kind-choice">
                    <input type="checkbox" name="kind" value=kind.name() checked=is_chosen />
                    " "
                    {(t.kind)(kind)}
                </label>
            }
        })
        .collect();
    let since = query.since.as_deref().unwrap_or(USUAL_SPAN);
    let span = Field::new("timeline", "since", t.span).with_value(since);
    let chosen = query.kinds.len();
    let summary = if chosen == 0 {
        t.filter.to_owned()
    } else {
        (t.chosen)(chosen)
    };
    view! {
        <details class="asking" id="timeline-filter" open=chosen != 0>
            <summary>{summary}</summary>
            <form method="get" action=Page::Timeline.path()>
                {span.choice(&t.spans)}
                <fieldset class="kind-choices">
                    <legend>{t.kinds}</legend>
                    {kinds}
                </fieldset>
                <button>{t.show}</button>
            </form>
        </details>
    }
    .into_any()
}

/// What is wrong with what was asked for.
pub fn timeline_refused(settings: ViewSettings, bad: &BadQuery) -> impl IntoView + use<> {
    let t = settings.t.timeline_page;
    let why = view! { <p>{foreign(&format!("{}: {}", bad.field, bad.message))}</p> };
    notice(State::Error, t.refused, why, "timeline-refused")
}

pub fn timeline_list(
    settings: ViewSettings,
    timeline: &Timeline,
    query: &TimelineQuery,
) -> impl IntoView + use<> {
    let t = settings.t.timeline_page;
    let away = timeline.error.map(|code| {
        let text = (settings.t.store_unreachable)((settings.t.code)(code));
        view! { <p class="coverage" data-testid="store-error">{badge(State::Warning, text)}</p> }
    });
    let span = view! {
        <p class="note">
            {time(settings, &timeline.since)} " " {t.to} " " {time(settings, &timeline.until)}
        </p>
    };
    let body = if !timeline.results.is_empty() {
        EitherOf3::A(days(settings, &timeline.results))
    } else if query.kinds.is_empty() {
        let hint = view! { <p class="note">{t.none_hint}</p> };
        EitherOf3::B(notice(State::Unknown, t.none, hint, "timeline-empty"))
    } else {
        let all = address::with_query(
            Page::Timeline.path(),
            query.since.clone().map(|since| ("since", since)),
        );
        let all = view! { <a href=all>{t.show_all}</a> };
        EitherOf3::C(notice(
            State::Unknown,
            t.none_of_kinds,
            all,
            "timeline-empty",
        ))
    };
    let cut = timeline
        .is_cut
        .then(|| view! { <p class="note" data-testid="timeline-cut">{t.cut}</p> });
    view! { {away} {span} {body} {cut} }
}

fn days(settings: ViewSettings, entries: &[TimelineEntry]) -> Vec<AnyView> {
    let day_of = |entry: &TimelineEntry| {
        Instant::parse(&entry.at).map_or_else(
            || entry.at.clone(),
            |instant| settings.zone.show_day(instant),
        )
    };
    let days = entries.chunk_by(|one, next| day_of(one) == day_of(next));
    let days = days.map(|entries| {
        let day = entries.first().map(day_of).unwrap_or_default();
        let rows: Vec<_> = entries.iter().map(|entry| row(settings, entry)).collect();
        let heading = format!("day-{day}");
        let labelled_by = heading.clone();
        view! {
            <section class="card timeline-day" aria-labelledby=labelled_by>
                <h2 id=heading>{day}</h2>
                <ol class="happened">{rows}</ol>
            </section>
        }
        .into_any()
    });
    days.collect()
}

fn row(settings: ViewSettings, entry: &TimelineEntry) -> AnyView {
    let t = settings.t.timeline_page;
    let (glyph, tone) = look(entry.kind);
    let url = entry.url.as_ref().filter(|url| url.starts_with("/admin/"));
    let title = match url {
        Some(url) => Either::Left(view! { <a href=url.clone()>{foreign(&entry.title)}</a> }),
        None => Either::Right(foreign(&entry.title)),
    };
    let incident = entry.incident_id.as_deref().map(address::incident);
    let incident = incident.filter(|incident| url != Some(incident));
    let incident = incident.map(|incident| view! { " " <a href=incident>{t.incident}</a> });
    let detail = entry
        .detail
        .as_ref()
        .map(|detail| view! { <p class="note">{foreign(detail)}</p> });
    let lasted = entry.since.as_ref().map(|since| {
        let length = seconds_between(since, &entry.at).map(settings.t.duration);
        let [from, until] = [since, &entry.at].map(|at| clock(settings, at, Precision::Seconds));
        view! { <p class="note">{from} " – " {until} " · " {length}</p> }
    });
    let instance = entry
        .instance
        .as_ref()
        .map(|name| view! { " " <span class="note">{foreign(name)}</span> });
    view! {
        <li data-tone=tone data-kind=entry.kind.name() data-testid="timeline-row">
            <span class="happened-at note">
                {clock(settings, &entry.at, Precision::Seconds)}
            </span>
            <div class="happened-what">
                <p>
                    <span class="glyph" aria-hidden="true">{glyph}</span>
                    " "
                    <strong>{(t.kind)(entry.kind)}</strong>
                    " "
                    {title}
                    {incident}
                    {instance}
                </p>
                {lasted}
                {detail}
            </div>
        </li>
    }
    .into_any()
}

/// A glyph, and whether it is bad, good, or something that people did.
fn look(kind: TimelineKind) -> (&'static str, Option<&'static str>) {
    match kind {
        TimelineKind::Start => ("▶", None),
        TimelineKind::Stop => ("■", None),
        TimelineKind::Version => ("▲", None),
        TimelineKind::Migration => ("⇄", None),
        TimelineKind::Config => ("⚙", None),
        TimelineKind::LogLevel => ("≡", None),
        TimelineKind::Check => ("◆", None),
        TimelineKind::Finding => ("◇", Some("good")),
        TimelineKind::ErrorNew => ("✕", Some("bad")),
        TimelineKind::ErrorRegressed => ("↻", Some("bad")),
        TimelineKind::EvaluationGap => ("…", Some("bad")),
        TimelineKind::IncidentOpened => ("!", Some("bad")),
        TimelineKind::IncidentClosed => ("✓", Some("good")),
        TimelineKind::Acknowledged => ("●", Some("people")),
        TimelineKind::Silence => ("○", Some("people")),
        TimelineKind::Quiet => ("◌", Some("people")),
        TimelineKind::Deploy => ("↑", Some("people")),
        TimelineKind::Note => ("✎", Some("people")),
    }
}
