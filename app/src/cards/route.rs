//! One route over the whole period, in figures.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::card::{card, empty};
use crate::components::number::number;
use crate::components::ranges::range_words;
use crate::components::state::{State, badge};
use crate::dto::RoutePage;
use crate::view::numbers::{milliseconds_or_dash, percent};
use crate::view::settings::ViewSettings;

pub fn route_card(settings: ViewSettings, page: &RoutePage) -> impl IntoView + use<> {
    let t = settings.t;
    let store_error = page.error.map(|code| {
        let text = (t.store_unreachable)((t.code)(code));
        view! { <p class="coverage">{badge(State::Warning, text)}</p> }
    });
    let figures = match &page.total {
        None => Either::Left(empty(t.no_requests)),
        Some(total) => {
            let tiles = vec![
                (t.requests, number(total.requests).into_any()),
                (t.server_errors, number(total.errors).into_any()),
                (t.client_errors, number(total.client_errors).into_any()),
                (t.average, milliseconds_or_dash(total.avg_ms).into_any()),
                ("P50", milliseconds_or_dash(total.p50_ms).into_any()),
                ("P95", milliseconds_or_dash(total.p95_ms).into_any()),
                ("P99", milliseconds_or_dash(total.p99_ms).into_any()),
                (t.in_database, percent(total.database_share).into_any()),
            ];
            let tiles: Vec<_> = tiles
                .into_iter()
                .map(|(label, figure)| {
                    view! {
                        <div class="tile">
                            <dt>{label}</dt>
                            <dd class="figure">{figure}</dd>
                        </div>
                    }
                })
                .collect();
            Either::Right(view! { <dl class="tiles">{tiles}</dl> })
        }
    };
    let title = (t.totals)(&range_words(settings, page.history.period));
    card("traffic", title, view! { {store_error} {figures} })
}
