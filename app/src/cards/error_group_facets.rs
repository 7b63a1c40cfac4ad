//! One or everybody? Whom an error group hits, field by field, and how much of it was looked at.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use crate::components::card::{card, empty, missing};
use crate::components::number::number;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::{ErrorFacet, ErrorFacetName, ErrorFacetOf, ErrorFacetValue, ErrorGroupReport};
use crate::view::settings::ViewSettings;

pub fn error_group_facets_card(
    settings: ViewSettings,
    report: &ErrorGroupReport,
) -> impl IntoView + use<> {
    let t = settings.t.error_group;
    let body = if report.facets.is_empty() {
        Either::Left(empty(t.no_facets))
    } else {
        let facets: Vec<_> = report
            .facets
            .iter()
            .map(|one| facet(settings, one))
            .collect();
        Either::Right(view! { <div class="facets">{facets}</div> })
    };
    let body = view! {
        <div data-testid="group-facets">{body} {looked_at(settings, report)}</div>
    };
    card("error-facets", t.facets, body)
}

fn facet(settings: ViewSettings, facet: &ErrorFacet) -> AnyView {
    let t = settings.t.error_group;
    let rows: Vec<_> = facet
        .values
        .iter()
        .map(|one| value(settings, facet.name, one))
        .collect();
    let more = (facet.more_values > 0).then(|| {
        view! { <p class="note">{(t.more_values)(facet.more_values, facet.more_errors)}</p> }
    });
    let of = (facet.of == ErrorFacetOf::Counted).then(|| {
        let values = facet.values.iter().map(|value| value.errors);
        let all = values.sum::<u64>() + facet.more_errors;
        view! { " " <span class="note">{(t.of_all)(all)}</span> }
    });
    view! {
        <section class="facet" data-testid="facet">
            <h3>{(t.facet)(facet.name)} {of}</h3>
            <ul>{rows}</ul>
            {more}
        </section>
    }
    .into_any()
}

fn value(settings: ViewSettings, name: ErrorFacetName, value: &ErrorFacetValue) -> AnyView {
    let t = settings.t.error_group;
    let text = match (&value.value, &value.url) {
        (Some(text), Some(url)) => EitherOf3::A(view! { <a href=url.clone()>{foreign(text)}</a> }),
        (Some(text), None) => EitherOf3::B(foreign(text)),
        (None, _) => EitherOf3::C(match name {
            ErrorFacetName::User => t.nobody,
            ErrorFacetName::Namespace => t.no_namespace,
            ErrorFacetName::Version => t.unknown_version,
            _ => t.not_said,
        }),
    };
    let percent = format!("{:.0} %", value.share * 100.0);
    view! {
        <li>
            <span class="facet-value">{text}</span>
            <span class="facet-share note">{number(value.errors)} " · " {percent}</span>
            <meter min="0" max="1" value=format!("{:.3}", value.share) aria-hidden="true"></meter>
        </li>
    }
    .into_any()
}

/// What the lines are that facets are made of.
fn looked_at(settings: ViewSettings, report: &ErrorGroupReport) -> impl IntoView + use<> {
    let t = settings.t.error_group;
    let looked_at = &report.looked_at;
    let others = report.instance.as_ref();
    if let Some(instance) = others.filter(|name| **name != looked_at.instance) {
        let text = (t.elsewhere)(instance);
        return EitherOf3::B(view! { <p class="note" data-testid="looked-at">{text}</p> });
    }
    if let Some(code) = looked_at.error {
        return EitherOf3::A(missing(settings, Some(code)));
    }
    if looked_at.lines == 0 {
        let text = (t.no_lines)(&looked_at.instance);
        return EitherOf3::B(view! { <p class="note" data-testid="looked-at">{text}</p> });
    }
    let since = looked_at.since.as_ref().map(|since| {
        view! { " " {t.since} " " {time(settings, since)} "." }
    });
    let requests =
        (looked_at.requests > 0).then(|| view! { " " {(t.of_requests)(looked_at.requests)} });
    let stopped = looked_at.stopped_early.then(|| {
        view! { <p class="coverage">{badge(State::Warning, t.stopped_early)}</p> }
    });
    EitherOf3::C(view! {
        <p class="note" data-testid="looked-at">
            {(t.of_lines)(looked_at.lines, looked_at.of, &looked_at.instance)} {since} {requests}
        </p>
        {stopped}
    })
}
