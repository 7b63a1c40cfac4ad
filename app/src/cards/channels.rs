//! Who is told: the channels, whether they take what is sent to them, and a test of each.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::card::card;
use crate::components::folding::{folding, head, numeric_head};
use crate::components::notice::notice;
use crate::components::number::number;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::Channel;
use crate::view::settings::ViewSettings;

/// What came of a test, as the server led back here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    pub channel: String,
    pub is_delivered: bool,
    /// What the other side said.
    pub answer: String,
}

pub fn channels_card(
    settings: ViewSettings,
    channels: &[Channel],
    tested: Option<&Tested>,
) -> impl IntoView + use<> {
    let t = settings.t.notifications;
    let body = if channels.is_empty() {
        let hint = view! { <p class="note">{t.nobody_hint}</p> };
        Either::Left(notice(State::Warning, t.nobody, hint, "no-channels"))
    } else {
        let rows: Vec<_> = channels
            .iter()
            .map(|channel| {
                let tested = tested.filter(|tested| tested.channel == channel.name);
                row(settings, channel, tested)
            })
            .collect();
        let heads = (
            head(t.channel),
            head(t.last_success),
            head(t.last_failure),
            numeric_head(t.queued),
            head(view! { <span class="unseen">{t.test}</span> }),
        );
        Either::Right(folding(false, heads, rows))
    };
    card("channels", t.channels, body)
}

fn row(settings: ViewSettings, channel: &Channel, tested: Option<&Tested>) -> AnyView {
    let t = settings.t.notifications;
    // An error is kept until something is delivered again.
    let state = match (&channel.last_error, &channel.last_success_at) {
        (Some(_), _) => State::Error,
        (None, Some(_)) => State::Ok,
        (None, None) => State::Unknown,
    };
    let severity = (settings.t.incidents.severity)(channel.min_severity);
    let error = channel
        .last_error
        .as_ref()
        .map(|error| view! { <br /> {foreign(error)} });
    let success = match &channel.last_success_at {
        Some(at) => Either::Left(time(settings, at)),
        None => Either::Right(t.never),
    };
    let failure = channel
        .last_failure_at
        .as_ref()
        .map(|at| view! { {time(settings, at)} {error} });
    let test = view! {
        <form method="post" action="/admin/alerts/channels/test/">
            <input type="hidden" name="name" value=channel.name.clone() />
            <button aria-label=format!("{}: {}", t.test, channel.name)>{t.test}</button>
        </form>
        {tested.map(|tested| answer(settings, tested))}
    };
    view! {
        <tr role="row" id=format!("channel-{}", channel.name) data-state=state.name() data-testid="channel-row">
            <th scope="row" role="rowheader">
                {badge(state, foreign(&channel.name))} " "
                <span class="note">{foreign(&channel.kind)} " · " {(t.min_severity)(severity)}</span>
            </th>
            <td role="cell" class="two" data-name=t.last_success>{success}</td>
            <td role="cell" class="whole" data-name=t.last_failure>{failure}</td>
            <td role="cell" class="numeric" data-name=t.queued>{number(channel.queued)}</td>
            <td role="cell" class="whole">{test}</td>
        </tr>
    }.into_any()
}

fn answer(settings: ViewSettings, tested: &Tested) -> AnyView {
    let t = settings.t.notifications;
    let (state, words) = if tested.is_delivered {
        (State::Ok, t.delivered)
    } else {
        (State::Error, t.not_delivered)
    };
    view! {
        <p role="status" data-testid="channel-tested">
            {badge(state, words)} " " {foreign(&tested.answer)}
        </p>
    }
    .into_any()
}
