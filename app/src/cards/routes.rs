//! The table of routes: which of them is called most, takes most, fails most.

use leptos::either::Either;
use leptos::prelude::*;

use crate::address::route_name::address;
use crate::components::card::{card, empty};
use crate::components::coverage::collected;
use crate::components::folding::{folding, numeric_head};
use crate::components::number::number;
use crate::components::ranges::ranges;
use crate::components::spark::spark;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::dto::{Range, RouteRow, RouteSort, RoutesPage, Scope};
use crate::view::numbers::{milliseconds_or_dash, percent};
use crate::view::settings::ViewSettings;

pub fn routes_card(
    settings: ViewSettings,
    page: &RoutesPage,
    link: impl Fn(Range, RouteSort) -> String,
) -> AnyView {
    let t = settings.t;
    let (period, sort) = (page.period, page.sort);
    let store_error = page.error.map(|code| {
        let text = (t.store_unreachable)((t.code)(code));
        view! { <p class="coverage">{badge(State::Warning, text)}</p> }
    });
    let table = if page.routes.is_empty() {
        Either::Left(empty(t.no_requests))
    } else {
        let sorting = |by: RouteSort, title: &'static str| {
            let direction = if by == RouteSort::Route {
                "ascending"
            } else {
                "descending"
            };
            let sorted = (by == sort).then_some(direction);
            let class = (by != RouteSort::Route).then_some("numeric");
            view! {
                <th scope="col" role="columnheader" class=class aria-sort=sorted>
                    <a href=link(period, by)>{title}</a>
                </th>
            }
        };
        let rows: Vec<_> = page
            .routes
            .iter()
            .map(|route| row(settings, page, route))
            .collect();
        let heads = (
            sorting(RouteSort::Route, t.route),
            sorting(RouteSort::Calls, t.requests),
            view! { <th scope="col" role="columnheader" class="trend">{t.trend}</th> },
            sorting(RouteSort::Time, t.share_of_time),
            sorting(RouteSort::P95, "P95"),
            numeric_head(t.in_database),
            sorting(RouteSort::Errors, t.server_errors),
        );
        Either::Right(view! {
            <div class="routes" tabindex="0" role="group" aria-label=t.routes>
                {folding(true, heads, rows)}
            </div>
        })
    };
    let collected = collected(settings, page.covered_minutes, page.minutes, period);
    let body = view! {
        <div class="charts-top">
            {ranges(settings, period, |range| link(range, sort))} <p class="note">{collected}</p>
        </div>
        {store_error}
        {table}
    };
    card("routes", t.routes, body).into_any()
}

fn row(settings: ViewSettings, page: &RoutesPage, route: &RouteRow) -> AnyView {
    let t = settings.t;
    let scope = Scope::of(page.period, page.choice.instance());
    let link = address(&route.method, &route.route, &scope);
    let p95 = milliseconds_or_dash(route.p95_ms);
    let errors = if route.errors == 0 {
        Either::Left("0")
    } else {
        let share = percent(route.error_rate);
        Either::Right(badge(
            State::Error,
            view! { {number(route.errors)} " · " {share} },
        ))
    };
    let name = view! {
        <span class="method">{foreign(&route.method)}</span>
        " "
        {foreign(&route.route)}
    };
    view! {
        <tr role="row" data-testid="route-row">
            <th scope="row" role="rowheader">
                <a href=link>{name}</a>
            </th>
            <td role="cell" class="numeric" data-name=t.requests>{number(route.requests)}</td>
            <td role="cell" class="trend" data-name=t.trend>{spark(&route.steps)}</td>
            <td role="cell" class="numeric" data-name=t.share_of_time>{percent(route.time_share)}</td>
            <td role="cell" class="numeric" data-name="P95">{p95}</td>
            <td role="cell" class="numeric" data-name=t.in_database>{percent(route.database_share)}</td>
            <td role="cell" class="numeric" data-name=t.server_errors>{errors}</td>
        </tr>
    }.into_any()
}
