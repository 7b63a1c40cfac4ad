//! The rules, the worst first: each with its state, what it measures, and who is told. Those that need
//! nobody are a line each, and open to the rest.

use leptos::either::Either;
use leptos::prelude::*;

use super::rule_trial::{Tried, rule_trial};
use crate::address;
use crate::components::amount::against;
use crate::components::card::{card, empty};
use crate::components::facts::fact;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::{age, time};
use crate::dto::{AlertReason, AlertRule, AlertState, RuleAlert, Severity};
use crate::view::settings::ViewSettings;

const GROUPS: [AlertState; 5] = [
    AlertState::Firing,
    AlertState::Pending,
    AlertState::Unknown,
    AlertState::Ok,
    AlertState::Disabled,
];

/// `tried` is the rule that somebody tries, with what came of it.
pub fn alert_rules_card(
    settings: ViewSettings,
    rules: &[AlertRule],
    tried: Option<&Tried>,
) -> AnyView {
    let t = settings.t.alerts;
    let groups = GROUPS.into_iter().filter_map(|state| {
        let rules: Vec<&AlertRule> = rules.iter().filter(|rule| rule.state == state).collect();
        (!rules.is_empty()).then(|| group(settings, state, &rules, tried))
    });
    let groups: Vec<_> = groups.collect();
    let body = if groups.is_empty() {
        Either::Left(empty(t.no_rules))
    } else {
        Either::Right(groups)
    };
    card("alert-rules", t.rules, body).into_any()
}

/// Those that are switched off are folded away.
fn group(
    settings: ViewSettings,
    state: AlertState,
    rules: &[&AlertRule],
    tried: Option<&Tried>,
) -> impl IntoView + use<> {
    let title = format!("{} ({})", (settings.t.alerts.group)(state), rules.len());
    let rows: Vec<_> = rules
        .iter()
        .map(|rule| row(settings, rule, tried.filter(|tried| tried.is_of(rule))))
        .collect();
    let id = format!("rules-{state:?}").to_lowercase();
    if state == AlertState::Disabled {
        let is_tried = rules
            .iter()
            .any(|rule| tried.is_some_and(|tried| tried.is_of(rule)));
        return Either::Left(view! {
            <details class="rules" id=id open=is_tried>
                <summary>
                    <h3>{title}</h3>
                </summary>
                {rows}
            </details>
        });
    }
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();
    Either::Right(view! {
        <section class="rules" id=id aria-labelledby=labelled_by>
            <h3 id=heading>{title}</h3>
            {rows}
        </section>
    })
}

fn state_of(state: AlertState, severity: Severity) -> State {
    match state {
        AlertState::Firing => severity.into(),
        AlertState::Pending => State::Warning,
        AlertState::Unknown | AlertState::Disabled => State::Unknown,
        AlertState::Ok => State::Ok,
    }
}

/// Such as `unknown · too few samples`.
fn words(settings: ViewSettings, state: AlertState, reason: Option<AlertReason>) -> String {
    let t = settings.t.alerts;
    let word = (t.state)(state);
    match reason {
        Some(reason) => format!("{word} · {}", (t.reason)(reason)),
        None => word.to_owned(),
    }
}

fn row(settings: ViewSettings, rule: &AlertRule, tried: Option<&Tried>) -> AnyView {
    let t = settings.t.alerts;
    let state = state_of(rule.state, rule.severity);
    let severity = (settings.t.incidents.severity)(rule.severity);
    let every = (settings.t.duration)(rule.every_seconds.round() as u64);
    let within = (settings.t.duration)(rule.detects_within_seconds.round() as u64);
    let description = rule.description.as_ref();
    let description = description.map(|text| view! { <p>{foreign(text)}</p> });
    let head = view! {
        {badge(state, words(settings, rule.state, rule.reason))} " "
        <span class="rule-name">{foreign(&rule.name)}</span>
    };
    let alerts: Vec<_> = rule
        .alerts
        .iter()
        .map(|it| alert(settings, &rule.name, it))
        .collect();
    let alerts = (!alerts.is_empty()).then(|| view! { <ul class="rule-alerts">{alerts}</ul> });
    let body = view! {
        {description}
        {alerts}
        <dl class="facts facts-row">
            {fact(t.value, measured(settings, rule))}
            {fact(t.last_run, moment(settings, rule.last_evaluated_at.as_deref()))}
            {fact(t.next_run, moment(settings, rule.next_at.as_deref()))}
            {fact(t.tells, tells(settings, &rule.channels))}
            {rule.runbook.as_ref().map(|book| fact(t.runbook, runbook(book)))}
        </dl>
        <p class="note">
            <code>{foreign(&rule.expr)}</code>
            " · "
            {severity}
            " · "
            {foreign((t.scope)(&rule.scope))}
            " · "
            {(t.every)(&every, rule.for_count)}
            " · "
            {(t.detects)(&within)}
            " · "
            {t.rule_source}
            " "
            {foreign((t.source)(&rule.source))}
        </p>
        {rule_trial(settings, rule, tried)}
    };
    framed(settings, rule, tried.is_some(), head, body)
}

/// What fires, or is about to, is not folded.
fn framed(
    settings: ViewSettings,
    rule: &AlertRule,
    is_open: bool,
    head: impl IntoView + 'static,
    body: impl IntoView + 'static,
) -> AnyView {
    let id = format!("rule-{}", rule.name);
    let state = state_of(rule.state, rule.severity).name();
    if matches!(rule.state, AlertState::Firing | AlertState::Pending) {
        return view! {
            <article class="rule" id=id data-state=state data-testid="alert-rule">
                <h4>{head}</h4>
                {body}
            </article>
        }
        .into_any();
    }
    view! {
        <details class="rule" id=id open=is_open data-state=state data-testid="alert-rule">
            <summary>
                <h4>{head}</h4>
                <span class="note">{measured(settings, rule)}</span>
            </summary>
            <div class="rule-body">{body}</div>
        </details>
    }
    .into_any()
}

fn measured(settings: ViewSettings, rule: &AlertRule) -> impl IntoView + use<> {
    let value = against(rule.value, rule.threshold, rule.unit);
    let samples = rule.samples.map(|samples| {
        let text = (settings.t.incident_page.samples)(samples);
        view! { " " <span class="note">{text}</span> }
    });
    view! { {value.unwrap_or_else(|| "–".to_owned())} {samples} }
}

fn moment(settings: ViewSettings, at: Option<&str>) -> impl IntoView + use<> {
    match at {
        Some(at) => Either::Left(time(settings, at)),
        None => Either::Right(settings.t.alerts.never),
    }
}

fn tells(settings: ViewSettings, channels: &[String]) -> impl IntoView + use<> {
    if channels.is_empty() {
        return Either::Left(settings.t.alerts.tells_nobody);
    }
    Either::Right(foreign(&channels.join(", ")))
}

/// A link only where it is one; else the name of a built-in one.
fn runbook(book: &str) -> impl IntoView + use<> {
    if book.starts_with("https://") || book.starts_with("http://") {
        Either::Left(view! { <a href=book.to_owned() rel="nofollow noopener">{foreign(book)}</a> })
    } else {
        Either::Right(foreign(book))
    }
}

fn alert(settings: ViewSettings, rule: &str, alert: &RuleAlert) -> AnyView {
    let t = settings.t;
    let instance = alert.instance.as_deref().unwrap_or_default();
    let id = format!("alert-{rule}-{}-{instance}", alert.subject);
    let state = state_of(alert.state, alert.severity);
    let value = against(alert.value, alert.threshold, alert.unit);
    let value = value.map(|value| format!(" {value}"));
    let incident = alert.incident_id.as_ref().map(|id| {
        view! { " · " <a href=address::incident(id)>{t.alerts.incident}</a> }
    });
    let instance = alert
        .instance
        .as_ref()
        .map(|name| view! { " · " {foreign(name)} });
    let suppressed = alert.suppressed_by.as_ref().map(|by| {
        view! { " · " {t.incident_page.suppressed_by} " " {foreign(by)} }
    });
    let taken = alert.acknowledged_by.as_ref().map(|by| {
        view! { " · " {foreign(&(t.incidents.taken_by)(by))} }
    });
    let flapping = alert
        .is_flapping
        .then(|| view! { " · " {t.incident_page.flapping} });
    view! {
        <li id=id>
            {badge(state, words(settings, alert.state, alert.reason))} " "
            <strong>{foreign(&alert.subject)}</strong> {value}
            <span class="note">
                " " {age(settings, &alert.since)} {instance} {incident} {suppressed} {taken} {flapping}
            </span>
        </li>
    }.into_any()
}
