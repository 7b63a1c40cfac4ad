//! The rules with their states, as the desk shows them.

use app::dto;
use ops::alerts::expression::Condition;
use ops::alerts::incident::Incident;
use ops::alerts::lifecycle::{Alert, State};
use ops::alerts::rule::{Rule, Trigger};
use ops::alerts::settings::Notify;
use ops::alerts::snapshot::Reason;
use ops::alerts::{Severity, unreplayable};
use ops::clock::rfc3339_millis;

use super::toml::rule_text;
use crate::alerting::alerting::Seen;
use crate::db::milliseconds;
use crate::desk::incidents::map::{severity, suppressed_by, time, unit};
use crate::desk::state::DeskState;

/// An evaluator that has finished no round for so long is late.
const LATE_SECONDS: f64 = 30.0;

pub fn alerts(desk: &DeskState) -> dto::Alerts {
    let alerting = &desk.alerting;
    let (seen, setup) = (alerting.seen(), alerting.setup());
    let age = seen.last_round.map(|(_, at)| {
        let age = desk.clock.monotonic().saturating_duration_since(at);
        (age.as_secs_f64() * 10.0).round() / 10.0
    });
    let rules = setup.rules.iter();
    dto::Alerts {
        generated_at: rfc3339_millis(desk.clock.now()),
        evaluator: dto::Evaluator {
            last_run_at: seen.last_round.map(|(at, _)| rfc3339_millis(at)),
            age_seconds: age,
            late: age.is_some_and(|age| age > LATE_SECONDS),
            took_ms: alerting.round_took().map(milliseconds),
        },
        rules: rules
            .map(|it| rule(desk, it, &setup.notify, &seen))
            .collect(),
        error: seen.away.map(|(_, code)| code),
    }
}

fn rule(desk: &DeskState, rule: &Rule, notify: &Notify, seen: &Seen) -> dto::AlertRule {
    let alerts = seen.state.engine.alerts.values();
    let mut alerts: Vec<&Alert> = alerts.filter(|alert| alert.rule == rule.name).collect();
    alerts.sort_by_key(|alert| state_of(rule, alert.state()));
    let worst = alerts.first().copied();
    let evaluated_ms = evaluated_ms(desk, rule, seen);
    let every_ms = i64::try_from(rule.every.as_millis()).unwrap_or(i64::MAX);
    let measure = worst.and_then(|alert| alert.measure);
    let state = match (worst, rule.enabled) {
        (_, false) => dto::AlertState::Disabled,
        (Some(alert), true) => state_of(rule, alert.state()),
        // There is nothing of what it looks at, once it has looked.
        (None, true) if evaluated_ms.is_some() => dto::AlertState::Ok,
        (None, true) => dto::AlertState::Unknown,
    };
    let reason = worst.and_then(|alert| alert.missing.map(|missing| missing.reason));
    let is_new = worst.is_none() && state == dto::AlertState::Unknown;
    let wait = match rule.severity {
        Severity::Critical => Notify::CRITICAL_WAIT.min(notify.group_wait),
        _ => notify.group_wait,
    };
    dto::AlertRule {
        name: rule.name.clone(),
        description: rule.description.clone(),
        expr: expression(rule),
        scope: rule.scope.name().to_owned(),
        severity: severity(rule.severity),
        every_seconds: rule.every.as_secs_f64(),
        for_count: rule.patience.for_count,
        source: rule.origin.name().to_owned(),
        state,
        reason: reason
            .or(is_new.then_some(Reason::WarmingUp))
            .filter(|_| rule.enabled)
            .map(reason_of),
        value: measure.map(|measure| measure.value),
        threshold: measure
            .and_then(|it| it.threshold)
            .or_else(|| threshold(rule)),
        unit: measure.map(|measure| unit(measure.unit)),
        samples: measure.and_then(|measure| measure.samples),
        last_evaluated_at: evaluated_ms.map(time),
        next_at: evaluated_ms
            .filter(|_| rule.enabled)
            .map(|at| time(at.saturating_add(every_ms))),
        detects_within_seconds: rule.detects_within(wait).as_secs_f64(),
        channels: channels_of(desk, rule),
        runbook: rule.runbook.clone(),
        unreplayable: unreplayable(rule),
        toml: rule_text(rule),
        alerts: alerts
            .iter()
            .map(|alert| of_alert(rule, alert, &seen.state.incidents))
            .collect(),
    }
}

/// Those that there are: outside production one whose secrets are missing is left out.
fn channels_of(desk: &DeskState, rule: &Rule) -> Vec<String> {
    let setup = desk.alerting.setup();
    let known = |name: &&String| setup.channels.iter().any(|channel| channel.name == **name);
    rule.channels.iter().filter(known).cloned().collect()
}

/// What it looks for, as the file has it.
pub fn expression(rule: &Rule) -> String {
    match &rule.trigger {
        Trigger::Check(check) => check.bad.to_string(),
        Trigger::Burn(burn) => {
            let rates = burn.rates.iter();
            let rates = rates.map(|rate| format!("{} and {}", rate.long, rate.short));
            rates.collect::<Vec<_>>().join(" or ")
        }
        Trigger::Events(events) => {
            let kinds = events.kinds.iter().map(|kind| kind.name());
            kinds.collect::<Vec<_>>().join(", ")
        }
    }
}

/// Before anything was measured.
fn threshold(rule: &Rule) -> Option<f64> {
    let Trigger::Check(check) = &rule.trigger else {
        return None;
    };
    first_threshold(&check.bad, rule)
}

fn first_threshold(condition: &Condition, rule: &Rule) -> Option<f64> {
    match condition {
        Condition::Any(parts) | Condition::All(parts) => first_threshold(parts.first()?, rule),
        Condition::Compare(comparison) => Some(comparison.threshold.value(rule.every)),
        Condition::Flag(_) => None,
    }
}

/// When it was last evaluated, by whichever instance, in milliseconds since the Unix epoch.
pub fn evaluated_ms(desk: &DeskState, rule: &Rule, seen: &Seen) -> Option<i64> {
    let own = seen.evaluated.get(&rule.name).map(|at| {
        let ago = desk.alerting.uptime().saturating_sub(*at);
        desk.alerting.now_ms() - i64::try_from(ago.as_millis()).unwrap_or(0)
    });
    let alerts = seen.state.engine.alerts.values();
    let theirs = alerts
        .filter(|alert| alert.rule == rule.name)
        .filter_map(|alert| Some(alert.evaluated?.at_ms))
        .max();
    own.max(theirs)
}

fn state_of(rule: &Rule, state: State) -> dto::AlertState {
    match state {
        _ if !rule.enabled => dto::AlertState::Disabled,
        State::Firing => dto::AlertState::Firing,
        State::Pending => dto::AlertState::Pending,
        State::Unknown => dto::AlertState::Unknown,
        State::Ok => dto::AlertState::Ok,
    }
}

fn reason_of(reason: Reason) -> dto::AlertReason {
    match reason {
        Reason::NoData => dto::AlertReason::NoData,
        Reason::TooFew => dto::AlertReason::TooFew,
        Reason::Stale => dto::AlertReason::Stale,
        Reason::Error => dto::AlertReason::Error,
        Reason::WarmingUp => dto::AlertReason::WarmingUp,
    }
}

fn of_alert(rule: &Rule, alert: &Alert, incidents: &[Incident]) -> dto::RuleAlert {
    let incident = incidents.iter().rev().find(|incident| {
        let member = incident.member(&alert.rule, &alert.subject);
        member.is_some_and(|member| member.ended.is_none())
    });
    let member = incident.and_then(|it| it.member(&alert.rule, &alert.subject));
    let episode = alert.episode();
    let acknowledged = incident.and_then(|incident| incident.acknowledged.as_ref());
    dto::RuleAlert {
        subject: alert.subject.to_string(),
        instance: alert.subject.instance.clone(),
        state: state_of(rule, alert.state()),
        reason: alert.missing.map(|missing| reason_of(missing.reason)),
        since: time(episode.map_or(alert.since_ms, |episode| episode.bad_since_ms)),
        value: alert.measure.map(|measure| measure.value),
        threshold: alert.measure.and_then(|measure| measure.threshold),
        unit: alert.measure.map(|measure| unit(measure.unit)),
        samples: alert.measure.and_then(|measure| measure.samples),
        severity: severity(episode.map_or(rule.severity, |episode| episode.severity)),
        is_flapping: alert.flapping.is_flapping,
        incident_id: incident.map(|incident| incident.id.clone()),
        suppressed_by: member.and_then(|it| it.suppressed_by.as_ref().map(suppressed_by)),
        acknowledged_by: acknowledged.map(|it| it.by.clone()),
    }
}
