//! Errors by what they are: how often, since when, and one of each. What is resolved or muted is only
//! counted here.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use crate::address::page::Page;
use crate::address::{story, with_query};
use crate::components::card::{card, empty};
use crate::components::number::number;
use crate::components::ranges::range_words;
use crate::components::spark::spark;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::{age, time};
use crate::dto::{
    ErrorActivity, ErrorCare, ErrorExample, ErrorGroup, ErrorGroups, ErrorNovelty, Scope,
};
use crate::view::settings::ViewSettings;

const OTHER: &str = "other";

pub fn error_groups_card(settings: ViewSettings, errors: &ErrorGroups) -> impl IntoView + use<> {
    let t = settings.t;
    let open = errors.groups.iter();
    let open = open.filter(|group| group.care == ErrorCare::Open);
    let rows: Vec<_> = open.map(|group| row(settings, group)).collect();
    let list = if errors.groups.is_empty() {
        Either::Left(empty(t.error_groups.no_groups))
    } else {
        let more = (errors.more_groups > 0).then(
            || view! { <p class="note">{(t.error_groups.more_groups)(errors.more_groups)}</p> },
        );
        let rows = (!rows.is_empty()).then(|| view! { <div class="group-rows">{rows}</div> });
        Either::Right(view! {
            {total(settings, errors)}
            {rows}
            {more}
            {put_aside(settings, errors)}
        })
    };
    let body = view! { <div data-testid="error-groups">{limits(settings, errors)} {list}</div> };
    card("error-groups", t.error_groups.groups, body)
}

/// Of how many errors the groups are, all of them.
pub fn total(settings: ViewSettings, errors: &ErrorGroups) -> impl IntoView + use<> {
    let t = settings.t;
    let kinds = errors.groups.len() as u64 + errors.more_groups;
    view! {
        <p class="note">
            {(t.error_groups.errors_of_kinds)(errors.errors, kinds)} " · " {range_words(settings, errors.period)}
        </p>
    }
}

/// What keeps them from being all there are.
pub fn limits(settings: ViewSettings, errors: &ErrorGroups) -> impl IntoView + use<> {
    let t = settings.t;
    let warning = |text: String| view! { <p class="coverage">{badge(State::Warning, text)}</p> };
    let store_error = errors
        .error
        .map(|code| warning((t.store_unreachable)((t.code)(code))));
    let dropped = (errors.dropped > 0).then(|| warning((t.error_groups.dropped)(errors.dropped)));
    view! { {store_error} {dropped} }
}

/// How many people have put aside, and where they are.
pub fn put_aside(settings: ViewSettings, errors: &ErrorGroups) -> impl IntoView + use<> {
    let t = &settings.t.error_groups;
    let count = |care| {
        errors
            .groups
            .iter()
            .filter(|group| group.care == care)
            .count() as u64
    };
    let [resolved, muted] = [ErrorCare::Resolved, ErrorCare::Muted].map(count);
    (resolved + muted > 0).then(|| {
        let pairs = Scope::of(errors.period, errors.instance.as_deref()).pairs();
        let pairs = pairs.into_iter().chain([("show", "all".to_owned())]);
        view! {
            <p class="note" data-testid="groups-put-aside">
                {(t.put_aside)(resolved, muted)} " "
                <a href=with_query(Page::Errors.path(), pairs)>{t.show_them}</a>
            </p>
        }
    })
}

/// What counts errors that have no group of their own.
fn is_other(group: &ErrorGroup) -> bool {
    group.kind == OTHER && group.message.is_empty()
}

/// What it is called by.
pub fn what(settings: ViewSettings, group: &ErrorGroup) -> impl IntoView + use<> {
    let t = settings.t;
    if is_other(group) {
        EitherOf3::A(t.error_groups.other)
    } else if group.message.is_empty() {
        EitherOf3::B(t.no_message)
    } else {
        EitherOf3::C(foreign(&group.message))
    }
}

/// Whose errors they are, and where they show most.
pub fn origin(group: &ErrorGroup) -> impl IntoView + use<> {
    (!is_other(group)).then(|| {
        let place = (group.place != group.kind).then(|| view! { " · " {foreign(&group.place)} });
        let more = group.places.len().saturating_sub(1);
        let more = (more > 0).then(|| format!(" +{more}"));
        view! { <span class="group-origin note">{foreign(&group.kind)} {place} {more}</span> }
    })
}

/// What sets it apart: new, back, resolved, muted.
pub fn marks(settings: ViewSettings, group: &ErrorGroup) -> impl IntoView + use<> {
    let t = &settings.t.error_groups;
    let novelty = group.novelty.filter(|_| !is_other(group));
    let novelty = novelty.filter(|_| group.care == ErrorCare::Open);
    let novelty = novelty.map(|novelty| match novelty {
        ErrorNovelty::New => badge(State::Warning, t.new),
        ErrorNovelty::Back => badge(State::Error, t.back),
    });
    let care = match group.care {
        ErrorCare::Open => None,
        ErrorCare::Resolved => Some(badge(State::Ok, t.resolved)),
        ErrorCare::Muted => Some(badge(State::Unknown, t.muted)),
    };
    view! { {novelty} {care} }
}

/// Whether it still happens.
pub fn activity(settings: ViewSettings, group: &ErrorGroup) -> &'static str {
    match group.activity {
        ErrorActivity::Ongoing => settings.t.error_groups.ongoing,
        ErrorActivity::Ended => settings.t.error_groups.ended,
    }
}

fn row(settings: ViewSettings, group: &ErrorGroup) -> AnyView {
    let t = settings.t;
    let id = format!("group-{}", group.id);
    view! {
        <details class="group-row" data-testid="error-group" id=format!("{id}-row")>
            <summary>
                <span class="group-count" data-testid="group-count">
                    {number(group.errors)}
                </span>
                <span class="group-what">
                    <span>{what(settings, group)}</span>
                    {origin(group)}
                </span>
                <span class="group-trend">{spark(&group.steps)}</span>
                <span class="group-age note">
                    {marks(settings, group)} " " {age(settings, &group.last_seen)}
                </span>
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
                <a href=group.url.clone()>{t.error_groups.open_page}</a>
                " · "
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
