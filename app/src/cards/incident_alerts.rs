//! The alerts that are together in an incident, and the notices that told of it.

use leptos::either::Either;
use leptos::prelude::*;

use super::incident_row::name;
use crate::components::amount::{against, amount_or_dash};
use crate::components::card::{card, empty};
use crate::components::folding::{folding, head, numeric_head};
use crate::components::number::number;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::{IncidentAlert, IncidentAlertState, IncidentNotice, NoticeState};
use crate::view::settings::ViewSettings;

pub fn incident_alerts_card(
    settings: ViewSettings,
    alerts: &[IncidentAlert],
) -> impl IntoView + use<> {
    let t = settings.t.incident_page;
    let rows: Vec<_> = alerts.iter().map(|alert| row(settings, alert)).collect();
    let heads = (
        head(t.alert),
        numeric_head(t.against),
        numeric_head(t.peak),
        head(t.since),
        head(t.ended),
        head(t.suppressed_by),
    );
    card("incident-alerts", t.alerts, folding(false, heads, rows))
}

fn row(settings: ViewSettings, alert: &IncidentAlert) -> AnyView {
    let t = settings.t.incident_page;
    let (state, word) = match alert.state {
        IncidentAlertState::Firing => (alert.severity.into(), t.fires),
        IncidentAlertState::Ended => (State::Unknown, t.is_over),
    };
    let flapping = alert
        .is_flapping
        .then(|| view! { " " {badge(State::Warning, t.flapping)} });
    let samples = alert
        .samples
        .map(|samples| view! { <br /> <span class="note">{(t.samples)(samples)}</span> });
    let value = against(alert.value, alert.threshold, alert.unit).unwrap_or_else(|| "–".to_owned());
    view! {
        <tr role="row" data-testid="incident-alert" data-state=state.name()>
            <th scope="row" role="rowheader">
                {badge(state, word)} " " <strong>{foreign(&name(alert))}</strong> {flapping} <br />
                {foreign(&alert.summary)}
            </th>
            <td role="cell" class="numeric" data-name=t.against>{value} {samples}</td>
            <td role="cell" class="numeric" data-name=t.peak>{amount_or_dash(alert.peak, alert.unit)}</td>
            <td role="cell" data-name=t.since>{time(settings, &alert.since)}</td>
            <td role="cell" data-name=t.ended>{alert.ended_at.as_ref().map(|at| time(settings, at))}</td>
            <td role="cell" class="two" data-name=t.suppressed_by>{alert.suppressed_by.as_deref().map(foreign)}</td>
        </tr>
    }.into_any()
}

pub fn incident_notices_card(
    settings: ViewSettings,
    notices: &[IncidentNotice],
) -> impl IntoView + use<> {
    let t = settings.t.incident_page;
    let body = if notices.is_empty() {
        Either::Left(empty(t.notices_empty))
    } else {
        let rows: Vec<_> = notices.iter().map(|it| notice_row(settings, it)).collect();
        let heads = (
            head(t.channel),
            head(t.written),
            head(t.sent),
            numeric_head(t.attempts),
            head(t.last_error),
        );
        Either::Right(folding(false, heads, rows))
    };
    card("incident-notices", t.notices, body)
}

fn notice_row(settings: ViewSettings, notice: &IncidentNotice) -> AnyView {
    let t = settings.t.incident_page;
    let state = match notice.state {
        NoticeState::Sent => State::Ok,
        NoticeState::Queued => State::Warning,
        NoticeState::Failed => State::Error,
        NoticeState::Superseded => State::Unknown,
    };
    view! {
        <tr role="row" data-testid="incident-notice" data-state=state.name()>
            <th scope="row" role="rowheader">
                {badge(state, (t.notice_state)(notice.state))} " "
                <strong>{foreign(&notice.channel)}</strong>
                " "
                <span class="note">{foreign((t.notice_kind)(&notice.kind))}</span>
            </th>
            <td role="cell" data-name=t.written>{time(settings, &notice.created_at)}</td>
            <td role="cell" data-name=t.sent>{notice.sent_at.as_ref().map(|at| time(settings, at))}</td>
            <td role="cell" class="numeric" data-name=t.attempts>{number(notice.attempts)}</td>
            <td role="cell" class="whole" data-name=t.last_error>{notice.last_error.as_deref().map(foreign)}</td>
        </tr>
    }.into_any()
}
