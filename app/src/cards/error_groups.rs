//! Errors by what they are: how often, since when, and one of each.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use crate::address::story;
use crate::components::card::{card, empty};
use crate::components::number::number;
use crate::components::ranges::range_words;
use crate::components::spark::spark;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::{age, time};
use crate::dto::{ErrorExample, ErrorGroup, ErrorGroups};
use crate::view::instant::Instant;
use crate::view::settings::ViewSettings;

const OTHER: &str = "other";

pub fn error_groups_card(settings: ViewSettings, errors: &ErrorGroups) -> impl IntoView + use<> {
    let t = settings.t;
    let warning = |text: String| view! { <p class="coverage">{badge(State::Warning, text)}</p> };
    let store_error = errors
        .error
        .map(|code| warning((t.store_unreachable)((t.code)(code))));
    let dropped = (errors.dropped > 0).then(|| warning((t.error_groups.dropped)(errors.dropped)));
    let list = if errors.groups.is_empty() {
        Either::Left(empty(t.error_groups.no_groups))
    } else {
        let kinds = errors.groups.len() as u64 + errors.more_groups;
        let start = Instant::parse(&errors.start);
        let rows: Vec<_> = errors
            .groups
            .iter()
            .map(|group| row(settings, group, start))
            .collect();
        let more = (errors.more_groups > 0).then(
            || view! { <p class="note">{(t.error_groups.more_groups)(errors.more_groups)}</p> },
        );
        Either::Right(view! {
            <p class="note">
                {(t.error_groups.errors_of_kinds)(errors.errors, kinds)} " · " {range_words(settings, errors.period)}
            </p>
            <div class="group-rows">{rows}</div>
            {more}
        })
    };
    let body = view! { <div data-testid="error-groups">{store_error} {dropped} {list}</div> };
    card("error-groups", t.error_groups.groups, body)
}

/// `start` is where the first step of the period begins.
fn row(settings: ViewSettings, group: &ErrorGroup, start: Option<Instant>) -> AnyView {
    let t = settings.t;
    let first_seen = Instant::parse(&group.first_seen);
    let is_new = first_seen
        .zip(start)
        .is_some_and(|(first, start)| first >= start);
    let is_other = group.kind == OTHER && group.message.is_empty();
    let new = (is_new && !is_other).then(|| badge(State::Warning, t.error_groups.new));
    let what = if is_other {
        EitherOf3::A(t.error_groups.other)
    } else if group.message.is_empty() {
        EitherOf3::B(t.no_message)
    } else {
        EitherOf3::C(foreign(&group.message))
    };
    let origin = (!is_other).then(|| {
        let place = (group.place != group.kind).then(|| view! { " · " {foreign(&group.place)} });
        let more = group.places.len().saturating_sub(1);
        let more = (more > 0).then(|| format!(" +{more}"));
        view! { <span class="group-origin note">{foreign(&group.kind)} {place} {more}</span> }
    });
    let id = format!("group-{}", group.id);
    view! {
        <details class="group-row" data-testid="error-group" id=format!("{id}-row")>
            <summary>
                <span class="group-count" data-testid="group-count">
                    {number(group.errors)}
                </span>
                <span class="group-what">
                    <span>{what}</span>
                    {origin}
                </span>
                <span class="group-trend">{spark(&group.steps)}</span>
                <span class="group-age note">{new} " " {age(settings, &group.last_seen)}</span>
            </summary>
            <div class="group-detail" id=id.clone()>
                <dl class="fields">
                    <dt>{t.error_groups.first_seen}</dt>
                    <dd>{time(settings, &group.first_seen)}</dd>
                    <dt>{t.error_groups.last_seen}</dt>
                    <dd>{time(settings, &group.last_seen)}</dd>
                    {places(settings, group)}
                    {group.example.as_ref().map(|one| example(settings, one))}
                </dl>
                <a class="note" href=format!("#{id}")>
                    {t.link_to_this}
                </a>
            </div>
        </details>
    }
    .into_any()
}

/// Where one cause showed, if in more places than one.
fn places(settings: ViewSettings, group: &ErrorGroup) -> impl IntoView + use<> {
    (group.places.len() > 1).then(|| {
        let places: Vec<_> = group
            .places
            .iter()
            .map(|one| view! { <li>{foreign(&one.place)} " · " {number(one.errors)}</li> })
            .collect();
        view! {
            <dt>{settings.t.error_groups.places}</dt>
            <dd>
                <ul data-testid="group-places">{places}</ul>
            </dd>
        }
    })
}

fn example(settings: ViewSettings, example: &ErrorExample) -> AnyView {
    let t = settings.t;
    let id = |name: &'static str, id: &Option<String>| {
        let id = id.as_deref().filter(|id| !id.is_empty())?;
        Some(view! {
            <dt>{name}</dt>
            <dd>
                <a href=story(id) title=t.log.open_story>
                    {foreign(id)}
                </a>
            </dd>
        })
    };
    view! {
        <dt>{t.error_groups.example}</dt>
        <dd>{foreign(&example.text)}</dd>
        {id("request_id", &example.request_id)}
        {id("error_id", &example.error_id)}
        <dt>{t.error_groups.logged_by}</dt>
        <dd>{foreign(&example.instance)}</dd>
    }
    .into_any()
}
