//! Single requests worth a look, each with the way to its story.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::card::{card, empty};
use crate::components::folding::{folding, head, numeric_head};
use crate::components::text::foreign;
use crate::components::time::{age, time};
use crate::dto::NotableRequest;
use crate::view::numbers::milliseconds;
use crate::view::settings::ViewSettings;

/// `name` is the card's own, `none` what stands there while there are no such requests.
pub fn exemplars_card(
    settings: ViewSettings,
    name: &'static str,
    title: &'static str,
    none: &'static str,
    requests: &[NotableRequest],
) -> impl IntoView + use<> {
    let t = settings.t;
    let body = if requests.is_empty() {
        Either::Left(empty(none))
    } else {
        let rows: Vec<_> = requests
            .iter()
            .map(|request| row(settings, request))
            .collect();
        let heads = (
            head(t.request),
            numeric_head(t.status),
            numeric_head(t.took),
            numeric_head(t.in_database),
            head(t.time),
        );
        Either::Right(view! {
            <div class="scroll" tabindex="0" role="group" aria-label=title>
                {folding(false, heads, rows)}
            </div>
        })
    };
    card(name, title, body)
}

fn row(settings: ViewSettings, request: &NotableRequest) -> AnyView {
    // An id is made of letters that need no escape.
    let t = settings.t;
    let link = format!("/admin/requests/{}/", request.request_id);
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">
                <a class="request-id" href=link>{foreign(&request.request_id)}</a>
            </th>
            <td role="cell" class="numeric" data-name=t.status>{request.status.to_string()}</td>
            <td role="cell" class="numeric" data-name=t.took>{milliseconds(request.duration_ms)}</td>
            <td role="cell" class="numeric" data-name=t.in_database>{milliseconds(request.database_ms)}</td>
            <td role="cell" class="whole">
                {time(settings, &request.at)} " "
                <span class="note">{age(settings, &request.at)}</span>
            </td>
        </tr>
    }.into_any()
}
