//! What `/metrics` says of alerts, notices and channels: who watches the watchman.

use ops::alerts::lifecycle::State;
use ops::clock::unix_millis;
use ops::export::{Exposition, Family};

use crate::desk::alerts::evaluated_ms;
use crate::desk::state::DeskState;

pub fn write(out: &mut Exposition, desk: &DeskState) {
    alerts(out, desk);
    notices(out, desk);
}

fn alerts(out: &mut Exposition, desk: &DeskState) {
    let (seen, setup) = (desk.alerting.seen(), desk.alerting.setup());
    let mut alerts = out.family(Family::gauge(
        "agent_source_db_alerts",
        "",
        "Alerts of each rule by state.",
    ));
    let enabled = || setup.rules.iter().filter(|rule| rule.enabled);
    for rule in enabled() {
        for state in State::ALL {
            let of_rule = seen.state.engine.alerts.values();
            let count = of_rule
                .filter(|alert| alert.rule == rule.name && alert.state() == state)
                .count();
            alerts.add(&[("rule", &rule.name), ("state", state.name())], count);
        }
    }
    out.family(Family::gauge(
        "agent_source_db_alert_evaluation_timestamp_seconds",
        "seconds",
        "When rules were evaluated last, since the Unix epoch.",
    ))
    .known(&[], seen.last_round.map(|(at, _)| seconds(unix_millis(at))));
    let mut evaluated = out.family(Family::gauge(
        "agent_source_db_alert_rule_last_evaluation_timestamp_seconds",
        "seconds",
        "When each rule was evaluated last, by whichever instance, since the Unix epoch.",
    ));
    for rule in enabled() {
        let at = evaluated_ms(desk, rule, &seen);
        evaluated.known(&[("rule", &rule.name)], at.map(seconds));
    }
}

fn notices(out: &mut Exposition, desk: &DeskState) {
    let setup = desk.alerting.setup();
    let known = desk.alerting.channels().clone();
    let of = |name: &str| known.get(name).cloned().unwrap_or_default();
    let mut told = out.family(Family::counter(
        "agent_source_db_notices",
        "",
        "Tries to send a notice by channel and result: sent, refused (tried again), failed (given up).",
    ));
    for channel in &setup.channels {
        let state = of(&channel.name);
        for (result, count) in [
            ("sent", state.tries.sent),
            ("refused", state.tries.refused),
            ("failed", state.tries.failed),
        ] {
            told.add(&[("channel", &channel.name), ("result", result)], count);
        }
    }
    let mut queued = out.family(Family::gauge(
        "agent_source_db_notices_queued",
        "",
        "Notices of each channel that are not sent yet.",
    ));
    for channel in &setup.channels {
        queued.add(&[("channel", &channel.name)], of(&channel.name).queued);
    }
    let mut success = out.family(Family::gauge(
        "agent_source_db_channel_last_success_timestamp_seconds",
        "seconds",
        "When each channel took a notice last, since the Unix epoch.",
    ));
    for channel in &setup.channels {
        let at = of(&channel.name).last_success_ms;
        success.known(&[("channel", &channel.name)], at.map(seconds));
    }
    let mut failure = out.family(Family::gauge(
        "agent_source_db_channel_last_failure_timestamp_seconds",
        "seconds",
        "When each channel last did not take one, since the Unix epoch.",
    ));
    for channel in &setup.channels {
        let at = of(&channel.name).last_failure_ms;
        failure.known(&[("channel", &channel.name)], at.map(seconds));
    }
}

fn seconds(unix_ms: i64) -> f64 {
    unix_ms as f64 / 1000.0
}
