//! Silences: which there are, what each mutes now, and how to make or end one.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::card::{card, empty};
use crate::components::field::{Field, RefusedForm, is_refused};
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::{Severity, Silence, SilenceMatchers};
use crate::view::settings::ViewSettings;

pub fn silences_card(
    settings: ViewSettings,
    silences: &[Silence],
    refused: Option<&RefusedForm>,
) -> impl IntoView + use<> {
    let t = settings.t.notifications;
    let (active, earlier): (Vec<&Silence>, Vec<&Silence>) =
        silences.iter().partition(|silence| silence.is_active);
    let rows = |silences: &[&Silence]| {
        let rows = silences.iter().map(|silence| row(settings, silence));
        rows.collect::<Vec<_>>()
    };
    let list = if active.is_empty() {
        Either::Left(empty(t.no_silences))
    } else {
        Either::Right(view! { <ul class="silences">{rows(&active)}</ul> })
    };
    let earlier = (!earlier.is_empty()).then(|| {
        view! {
            <details id="earlier-silences">
                <summary>{(t.earlier)(earlier.len())}</summary>
                <ul class="silences">{rows(&earlier)}</ul>
            </details>
        }
    });
    let body = view! { {list} {earlier} {new_silence(settings, refused)} };
    card("silences", t.silences, body)
}

fn row(settings: ViewSettings, silence: &Silence) -> AnyView {
    let t = settings.t.notifications;
    let until = match (&silence.ended_at, &silence.until) {
        (Some(at), _) => Either::Left(view! { {t.ended} " " {time(settings, at)} }),
        (None, Some(until)) => Either::Left(view! { {t.until} " " {time(settings, until)} }),
        (None, None) => Either::Right(t.until_end),
    };
    let mutes = silence
        .is_active
        .then(|| match silence.silences.as_slice() {
            [] => Either::Left(view! { <p class="note">{t.mutes_nothing}</p> }),
            muted => Either::Right(view! {
                <p>{badge(State::Warning, t.mutes)} " " {foreign(&muted.join(", "))}</p>
            }),
        });
    let end = silence.is_active.then(|| {
        view! {
            <form method="post" action="/admin/alerts/silences/end/">
                <input type="hidden" name="id" value=silence.id.clone() />
                <button>{t.end}</button>
            </form>
        }
    });
    view! {
        <li id=format!("silence-{}", silence.id) data-testid="silence-row">
            <div>
                <p>
                    <strong>{foreign(&what(settings, &silence.matchers))}</strong>
                    " "
                    {until}
                </p>
                <p>
                    <q>{foreign(&silence.reason)}</q>
                    " "
                    <span class="note">{foreign(&silence.by)} " · " {time(settings, &silence.from)}</span>
                </p>
                {mutes}
            </div>
            {end}
        </li>
    }.into_any()
}

/// Such as `disk · log`.
fn what(settings: ViewSettings, matchers: &SilenceMatchers) -> String {
    let t = settings.t;
    let severity = matchers.severity.map(t.incidents.severity);
    let parts = [
        matchers.rule.as_deref(),
        matchers.subject.as_deref(),
        severity,
    ];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        return t.notifications.all_alerts.to_owned();
    }
    parts.join(" · ")
}

fn new_silence(settings: ViewSettings, refused: Option<&RefusedForm>) -> AnyView {
    let t = settings.t.notifications;
    let page = settings.t.incident_page;
    let new = |name, label| Field::new("silences", name, label);
    let field = |name, label| new(name, label).refused(refused, page.mistake);
    let duration = new("duration", page.how_long).with_value("1h");
    let duration = duration.refused(refused, page.mistake);
    let severities: Vec<(&str, &str)> = [("", t.any)]
        .into_iter()
        .chain(
            [
                ("info", Severity::Info),
                ("warning", Severity::Warning),
                ("critical", Severity::Critical),
            ]
            .map(|(name, severity)| (name, (settings.t.incidents.severity)(severity))),
        )
        .collect();
    let is_refused = is_refused(refused, "silences");
    view! {
        <details class="asking" id="new-silence" open=is_refused>
            <summary>{t.new}</summary>
            <form method="post" action="/admin/alerts/silences/" data-testid="new-silence">
                {field("rule", t.rule).optional().line()}
                {field("subject", t.subject).optional().line()}
                {field("severity", t.severity).choice(&severities)}
                {field("reason", page.reason).line()}
                {duration.choice(&page.lengths)}
                <button>{t.make}</button>
            </form>
        </details>
    }
    .into_any()
}
