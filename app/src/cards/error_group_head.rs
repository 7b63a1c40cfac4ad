//! The top of an error group's page: what it is, whether it goes on, since when and in which version, and
//! what can be done about it.

use leptos::either::Either;
use leptos::prelude::*;

use super::error_groups::{activity, marks, origin, what};
use crate::components::field::{Field, RefusedForm, is_refused};
use crate::components::ranges::range_words;
use crate::components::text::foreign;
use crate::components::time::{age, time};
use crate::dto::{ErrorActivity, ErrorCare, ErrorGroup, ErrorGroupReport, ErrorNovelty, ErrorWord};
use crate::view::settings::ViewSettings;

pub fn error_group_head(
    settings: ViewSettings,
    report: &ErrorGroupReport,
    refused: Option<&RefusedForm>,
) -> AnyView {
    let t = settings.t;
    let group = &report.group;
    let back = group.back_since.as_ref();
    let back = back.filter(|_| group.novelty == Some(ErrorNovelty::Back));
    let back = back.map(|at| {
        view! {
            <dt>{t.error_group.back_since}</dt>
            <dd data-testid="group-back">{moment(settings, at, group.back_version.as_deref())}</dd>
        }
    });
    view! {
        <section class="card incident-head" data-state=tone(group) data-testid="group-head">
            <h2 data-testid="group-title">{what(settings, group)}</h2>
            <p class="incident-facts">
                {marks(settings, group)}
                <span data-testid="group-activity">{activity(settings, group)}</span>
                <span>
                    <span data-testid="group-count">{(t.error_group.errors)(group.errors)}</span> " · "
                    {range_words(settings, report.period)}
                </span> {origin(group)}
            </p>
            <dl class="fields">
                <dt>{t.error_groups.first_seen}</dt>
                <dd>{moment(settings, &group.first_seen, group.first_version.as_deref())}</dd>
                <dt>{t.error_groups.last_seen}</dt>
                <dd>{moment(settings, &group.last_seen, group.last_version.as_deref())}</dd>
                {back}
            </dl>
            {said(settings, group)}
            {forms(settings, group, refused)}
        </section>
    }
    .into_any()
}

/// How it is marked at its edge: what goes on needs somebody.
fn tone(group: &ErrorGroup) -> Option<&'static str> {
    let is_ongoing = group.activity == ErrorActivity::Ongoing;
    (is_ongoing && group.care == ErrorCare::Open).then_some("error")
}

fn moment(settings: ViewSettings, at: &str, version: Option<&str>) -> impl IntoView + use<> {
    let age = age(settings, at).map(|age| format!(" · {age}"));
    let version = version.map(|version| {
        let text = (settings.t.error_group.in_version)(version);
        view! { " · " {foreign(&text)} }
    });
    view! { {time(settings, at)} {age} {version} }
}

/// Who said what of it last, and why.
fn said(settings: ViewSettings, group: &ErrorGroup) -> Option<impl IntoView + use<>> {
    let t = settings.t.error_group;
    let said = group.said.as_ref()?;
    let by = match said.word {
        ErrorWord::Resolved => (t.resolved_by)(&said.by),
        ErrorWord::Muted => (t.muted_by)(&said.by),
    };
    let until = (said.word == ErrorWord::Muted).then(|| match &said.until {
        Some(until) => Either::Left(view! { {t.until} " " {time(settings, until)} " " }),
        None => Either::Right(view! { {t.no_end} " " }),
    });
    let reason = (!said.reason.is_empty()).then(|| view! { <q>{foreign(&said.reason)}</q> " " });
    Some(view! {
        <p data-testid="group-said">
            <strong>{foreign(&by)}</strong> " " {until} {reason}
            <span class="note">{time(settings, &said.at)}</span>
        </p>
    })
}

/// What fits how it stands.
fn forms(
    settings: ViewSettings,
    group: &ErrorGroup,
    refused: Option<&RefusedForm>,
) -> impl IntoView + use<> {
    let t = settings.t.error_group;
    let is_back = group
        .said
        .as_ref()
        .is_some_and(|said| said.word == ErrorWord::Resolved);
    let resolving =
        (group.care != ErrorCare::Resolved).then(|| resolving(settings, group, refused));
    let muting = (group.care != ErrorCare::Muted).then(|| muting(settings, group, refused));
    let taking_back = match group.care {
        ErrorCare::Resolved => Some(("reopen", t.reopen)),
        ErrorCare::Open if is_back => Some(("reopen", t.known_now)),
        ErrorCare::Muted => Some(("unmute", t.unmute)),
        ErrorCare::Open => None,
    };
    let taking_back = taking_back.map(|(action, word)| {
        view! {
            <form method="post" action=action_of(group, action) id=action>
                <button>{word}</button>
            </form>
        }
    });
    view! {
        <div class="incident-forms">
            {resolving} {taking_back}
            <div class="incident-more">{muting} {noting(settings, group, refused)}</div>
        </div>
    }
}

fn action_of(group: &ErrorGroup, action: &str) -> String {
    format!("{}{action}/", group.url)
}

fn resolving(
    settings: ViewSettings,
    group: &ErrorGroup,
    refused: Option<&RefusedForm>,
) -> impl IntoView + use<> {
    let t = settings.t.error_group;
    let reason = Field::new("resolve", "reason", t.resolve_why)
        .optional()
        .refused(refused, t.mistake);
    view! {
        <form method="post" action=action_of(group, "resolve") data-testid="group-resolve">
            <p class="note">{t.resolve_what}</p>
            <div class="form-row">
                {reason.line()} <button class="primary">{t.resolve}</button>
            </div>
        </form>
    }
}

/// Opened where it was refused.
fn muting(settings: ViewSettings, group: &ErrorGroup, refused: Option<&RefusedForm>) -> AnyView {
    let t = settings.t.error_group;
    let reason = Field::new("mute", "reason", t.reason).refused(refused, t.mistake);
    let lasts = Field::new("mute", "lasts", t.how_long).refused(refused, t.mistake);
    view! {
        <details class="asking" id="muting" open=is_refused(refused, "mute") data-testid="group-mute">
            <summary>{t.mute}</summary>
            <form method="post" action=action_of(group, "mute")>
                <p>{t.mute_what}</p>
                {reason.line()}
                {lasts.choice(&t.lengths)}
                <button>{t.mute_now}</button>
            </form>
        </details>
    }
    .into_any()
}

fn noting(settings: ViewSettings, group: &ErrorGroup, refused: Option<&RefusedForm>) -> AnyView {
    let t = settings.t.error_group;
    let text = Field::new("notes", "text", t.note).refused(refused, t.mistake);
    view! {
        <details class="asking" id="noting" open=is_refused(refused, "notes") data-testid="group-note">
            <summary>{t.write_note}</summary>
            <form method="post" action=action_of(group, "notes")>
                {text.text(4)}
                <button>{t.add_note}</button>
            </form>
        </details>
    }
    .into_any()
}
