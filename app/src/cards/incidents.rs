//! Incidents as a list: those that are open first, then the others by the day on which they began.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use super::incident_row::incident_row;
use crate::components::notice::notice;
use crate::components::state::{State, badge};
use crate::components::time::{age, time};
use crate::dto::{Incident, IncidentState, Incidents};
use crate::view::instant::Instant;
use crate::view::settings::ViewSettings;

/// All of a page; `is_first` if no newer ones were left out.
pub fn incident_list(
    settings: ViewSettings,
    incidents: &Incidents,
    is_first: bool,
) -> impl IntoView + use<> {
    let t = settings.t.incidents;
    let (open, closed): (Vec<&Incident>, Vec<&Incident>) = incidents
        .results
        .iter()
        .partition(|incident| incident.state == IncidentState::Open);
    let top = if !open.is_empty() {
        let rows: Vec<_> = open
            .into_iter()
            .map(|incident| incident_row(settings, incident))
            .collect();
        EitherOf3::A(view! {
            <section class="incidents" aria-labelledby="open-title">
                <h2 class="section-title" id="open-title">{t.open}</h2>
                {rows}
            </section>
        })
    } else if is_first && incidents.error.is_none() {
        EitherOf3::B(calm(settings, &closed))
    } else {
        EitherOf3::C(())
    };
    let none_older = (incidents.results.is_empty() && !is_first)
        .then(|| view! { <p class="note">{t.none_older}</p> });
    view! { {top} {none_older} {by_day(settings, &closed)} }
}

/// Nothing is open: since when, if that is known.
fn calm(settings: ViewSettings, closed: &[&Incident]) -> impl IntoView + use<> {
    let t = settings.t.incidents;
    let ends = closed.iter().filter_map(|incident| {
        let end = incident.closed_at.as_deref()?;
        Some((Instant::parse(end)?, end))
    });
    let Some((_, end)) = ends.max() else {
        let hint = view! { <p class="note">{t.none_hint}</p> };
        return Either::Left(notice(State::Ok, t.none_on_record, hint, "incidents-none"));
    };
    let age = age(settings, end).map(|age| format!(" · {age}"));
    let since = view! { <p class="note">{t.quiet_since} " " {time(settings, end)} {age}</p> };
    Either::Right(notice(State::Ok, t.none_open, since, "incidents-none"))
}

/// The newest first, as they come.
fn by_day(settings: ViewSettings, closed: &[&Incident]) -> Vec<AnyView> {
    let day_of = |incident: &Incident| {
        let instant = Instant::parse(&incident.opened_at);
        instant.map_or_else(
            || incident.opened_at.clone(),
            |instant| settings.zone.show_day(instant),
        )
    };
    let days = closed.chunk_by(|one, next| day_of(one) == day_of(next));
    let days = days.map(|incidents| {
        let day = incidents.first().map(|incident| day_of(incident));
        let day = day.unwrap_or_default();
        let rows: Vec<_> = incidents
            .iter()
            .map(|incident| incident_row(settings, incident))
            .collect();
        let heading = format!("day-{day}");
        let labelled_by = heading.clone();
        view! {
            <section class="incidents" aria-labelledby=labelled_by>
                <h2 class="section-title" id=heading>{day}</h2>
                {rows}
            </section>
        }
        .into_any()
    });
    days.collect()
}

/// What the store would know beside.
pub fn store_away(settings: ViewSettings, incidents: &Incidents) -> impl IntoView + use<> {
    incidents.error.map(|code| {
        let text = (settings.t.incidents.only_this_process)((settings.t.code)(code));
        view! {
            <p class="coverage" data-testid="store-error">{badge(State::Warning, text)}</p>
        }
    })
}
