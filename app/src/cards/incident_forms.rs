//! What can be done about an incident: forms that lead back to its page.

use leptos::either::Either;
use leptos::prelude::*;

use super::incident_row::name;
use crate::address;
use crate::components::field::{Field, RefusedForm, is_refused};
use crate::dto::{Incident, IncidentState};
use crate::view::settings::ViewSettings;

pub fn incident_forms(
    settings: ViewSettings,
    incident: &Incident,
    refused: Option<&RefusedForm>,
) -> AnyView {
    let path = address::incident(&incident.id);
    let is_open = incident.state == IncidentState::Open;
    let taking = is_open.then(|| taking(settings, incident, &path, refused));
    let [silencing, closing] = if is_open {
        [
            silencing(settings, incident, &path, refused),
            Some(closing(settings, &path, refused)),
        ]
    } else {
        [None, None]
    };
    view! {
        <div class="incident-forms">
            {taking}
            <div class="incident-more">{noting(settings, &path, refused)} {silencing} {closing}</div>
        </div>
    }.into_any()
}

fn taking(
    settings: ViewSettings,
    incident: &Incident,
    path: &str,
    refused: Option<&RefusedForm>,
) -> impl IntoView + use<> {
    let t = settings.t.incident_page;
    if incident.acknowledged.is_some() {
        return Either::Left(view! {
            <form method="post" action=format!("{path}unacknowledge/") id="unacknowledge">
                <button>{t.unacknowledge}</button>
            </form>
        });
    }
    let reason = Field::new("acknowledge", "reason", t.acknowledge_why).refused(refused, t.mistake);
    Either::Right(view! {
        <form
            class="form-row"
            method="post"
            action=format!("{path}acknowledge/")
            id="acknowledge"
            data-testid="incident-acknowledge"
        >
            {reason.line()}
            <button class="primary">{t.acknowledge}</button>
        </form>
    })
}

fn noting(settings: ViewSettings, path: &str, refused: Option<&RefusedForm>) -> AnyView {
    let t = settings.t.incident_page;
    let text = Field::new("notes", "text", t.note).refused(refused, t.mistake);
    view! {
        <details class="asking" id="noting" open=is_refused(refused, "notes") data-testid="incident-note">
            <summary>{t.write_note}</summary>
            <form method="post" action=format!("{path}notes/")>
                {text.text(4)}
                <button>{t.add_note}</button>
            </form>
        </details>
    }.into_any()
}

/// Opened where it was refused.
fn closing(settings: ViewSettings, path: &str, refused: Option<&RefusedForm>) -> AnyView {
    let t = settings.t.incident_page;
    let reason = Field::new("close", "reason", t.reason).refused(refused, t.mistake);
    view! {
        <details class="asking" id="closing" open=is_refused(refused, "close") data-testid="incident-close">
            <summary>{t.close}</summary>
            <form method="post" action=format!("{path}close/")>
                <p>{t.close_what}</p>
                {reason.line()}
                <button class="danger">{t.close_now}</button>
            </form>
        </details>
    }
    .into_any()
}

/// Of what the incident is called by.
fn silencing(
    settings: ViewSettings,
    incident: &Incident,
    path: &str,
    refused: Option<&RefusedForm>,
) -> Option<AnyView> {
    let t = settings.t.incident_page;
    let cause = incident.alerts.first()?;
    let is_refused = is_refused(refused, "silence");
    let reason = Field::new("silence", "reason", t.reason).refused(refused, t.mistake);
    let length = Field::new("silence", "duration", t.how_long)
        .with_value("1h")
        .refused(refused, t.mistake);
    let view = view! {
        <details class="asking" id="silencing" open=is_refused data-testid="incident-silence">
            <summary>{t.silence}</summary>
            <form method="post" action=format!("{path}silence/")>
                <p>{(t.silence_what)(&name(cause))}</p>
                <input type="hidden" name="rule" value=cause.rule.clone() />
                <input type="hidden" name="subject" value=cause.subject.clone() />
                {reason.line()}
                {length.choice(&t.lengths)}
                <button>{t.silence_now}</button>
            </form>
        </details>
    };
    Some(view.into_any())
}
