//! A whole configuration of Alertmanager 0.25 and later, for the alerts that
//! [`prometheus`](super::prometheus) exports.

mod receivers;
mod windows;

use std::collections::BTreeMap;

use super::Source;
use super::prometheus::{Exported, exported, shared_labels};
use super::yaml::{Lines, list, quoted};
use crate::alerts::duration::shown;
use crate::alerts::rule::{DOWN, Rule};
use crate::alerts::settings::{GroupBy, Notify};
use crate::alerts::severity::Severity;
use crate::alerts::suppress::MaintenanceWindow;
pub use receivers::{MailServer, MailTls, Receiver};

/// How and when whom to tell.
pub struct Telling<'t> {
    pub notify: &'t Notify,
    pub maintenance: &'t [MaintenanceWindow],
    pub receivers: &'t [Receiver<'t>],
}

/// Of what is not told to anybody.
const NOBODY: &str = "(nobody)";

/// No address and no secret stands in it: files hold them, or placeholders say which variable does.
pub fn alertmanager(source: &Source<'_>, telling: &Telling<'_>) -> String {
    let exported = exported(source.rules);
    let mut out = Lines::default();
    out.comment(0, "Alertmanager 0.25 and later, made by `alerts export --format alertmanager`, for the alerts");
    out.comment(
        0,
        "of `--format prometheus`. Change the rules of the service, not this file.",
    );
    out.comment(
        0,
        "A cause that is over holds nothing back: what looks at the minutes before may be told then.",
    );
    let (spoken, unspoken): (Vec<_>, Vec<_>) = telling
        .receivers
        .iter()
        .partition(|receiver| receiver.unspoken().is_none());
    for receiver in unspoken {
        let reason = receiver.unspoken().unwrap_or_default();
        out.comment(
            0,
            format!("Channel {} is not in it: {reason}.", receiver.channel.name),
        );
    }
    route(&mut out, &exported, telling, &spoken);
    inhibition(&mut out, &exported);
    windows::intervals(&mut out, telling.maintenance);
    out.line(0, "receivers:");
    if spoken.is_empty() {
        out.comment(
            1,
            "The service has no channels that it could name here: add receivers and routes.",
        );
    }
    out.line(1, format!("- name: {}", quoted(NOBODY)));
    for receiver in spoken {
        receiver.write(&mut out);
    }
    out.finish()
}

fn route(
    out: &mut Lines,
    exported: &[Exported<'_>],
    telling: &Telling<'_>,
    receivers: &[&Receiver<'_>],
) {
    let notify = telling.notify;
    out.line(0, "route:");
    out.line(1, format!("receiver: {}", quoted(NOBODY)));
    out.line(
        1,
        format!(
            "group_by: {}",
            list(notify.group_by.iter().copied().map(GroupBy::name))
        ),
    );
    for (key, duration) in [
        ("group_wait", notify.group_wait),
        ("group_interval", notify.group_interval),
        ("repeat_interval", notify.repeat_every),
    ] {
        out.line(1, format!("{key}: {}", shown(duration)));
    }
    out.line(1, "routes:");
    out.comment(
        2,
        "Give it a receiver that notices when it no longer comes.",
    );
    out.line(2, format!("- matchers: {}", list(["severity=\"none\""])));
    out.line(3, format!("receiver: {}", quoted(NOBODY)));
    for receiver in receivers {
        of_receiver(out, exported, telling, receiver);
    }
}

/// Each channel is told for itself. What a route mutes its own routes do not, so that all say it.
fn of_receiver(
    out: &mut Lines,
    exported: &[Exported<'_>],
    telling: &Telling<'_>,
    receiver: &Receiver<'_>,
) {
    let channel = receiver.channel;
    let told = |rule: &Rule| rule.channels.contains(&channel.name);
    let rules = exported.iter().map(|exported| exported.rule);
    let (told, untold): (Vec<&Rule>, Vec<&Rule>) = rules.partition(|rule| told(rule));
    let mut matchers = vec![one_of("severity", at_least(channel.min_severity))];
    if !untold.is_empty() {
        let names = told.iter().map(|rule| rule.name.as_str()).chain([DOWN]);
        matchers.push(one_of("rule", names));
    }
    out.line(2, format!("- matchers: {}", list(matchers)));
    out.line(3, format!("receiver: {}", quoted(&channel.name)));
    out.line(3, "continue: true");
    let always = windows::covering(telling.maintenance, None);
    windows::mute(out, 3, &always);
    out.line(3, "routes:");
    for (muted, rules) in alike(&told, telling.maintenance) {
        if muted == always {
            continue;
        }
        out.line(4, format!("- matchers: {}", list([one_of("rule", rules)])));
        windows::mute(out, 5, &muted);
        out.line(5, "routes:");
        critical(out, 6, &muted);
    }
    critical(out, 4, &always);
}

fn critical(out: &mut Lines, depth: usize, muted: &[&str]) {
    out.line(
        depth,
        format!("- matchers: {}", list(["severity=\"critical\""])),
    );
    out.line(
        depth + 1,
        format!("group_wait: {}", shown(Notify::CRITICAL_WAIT)),
    );
    windows::mute(out, depth + 1, muted);
}

/// Rules by the windows that cover them.
fn alike<'a>(
    rules: &[&'a Rule],
    maintenance: &'a [MaintenanceWindow],
) -> BTreeMap<Vec<&'a str>, Vec<&'a str>> {
    let mut found: BTreeMap<Vec<&str>, Vec<&str>> = BTreeMap::new();
    for rule in rules {
        let muted = windows::covering(maintenance, Some(&rule.name));
        found.entry(muted).or_default().push(&rule.name);
    }
    found
}

fn at_least(least: Severity) -> Vec<&'static str> {
    let severities = Severity::ALL.into_iter();
    let severities = severities.filter(|severity| *severity >= least);
    severities.map(Severity::name).collect()
}

/// A matcher. Of the characters of a rule's name only the dot means something in a regular expression.
fn one_of<'n>(label: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names
        .into_iter()
        .map(|name| name.replace('.', "\\."))
        .collect();
    match names.as_slice() {
        [one] => format!("{label}={}", quoted(&one.replace("\\.", "."))),
        many => format!("{label}=~{}", quoted(&many.join("|"))),
    }
}

/// What is more severe hides what is less so; a cause hides what depends on it and is no worse.
fn inhibition(out: &mut Lines, exported: &[Exported<'_>]) {
    out.line(0, "inhibit_rules:");
    let same = ["service", "rule", "subject", "instance"];
    for (severity, less) in [
        (Severity::Critical, vec!["warning", "info"]),
        (Severity::Warning, vec!["info"]),
    ] {
        let source = one_of("severity", [severity.name()]);
        inhibit(out, &[source], &[one_of("severity", less)], &same);
    }
    for cause in exported {
        for severity in Severity::ALL {
            if cause.levels.iter().any(|level| level.severity == severity) {
                inhibit_followers(out, exported, cause, severity);
            }
        }
    }
}

/// Of a cause that is so severe.
fn inhibit_followers(
    out: &mut Lines,
    exported: &[Exported<'_>],
    cause: &Exported<'_>,
    severity: Severity,
) {
    let mut followers: BTreeMap<Vec<&str>, Vec<&str>> = BTreeMap::new();
    for follower in exported {
        let mut levels = follower.levels.iter();
        if follower.rule.depends_on.contains(&cause.rule.name)
            && levels.any(|level| level.severity <= severity)
        {
            let labels = shared_labels(cause, follower);
            followers
                .entry(labels)
                .or_default()
                .push(&follower.rule.name);
        }
    }
    let source = [
        one_of("rule", [cause.rule.name.as_str()]),
        one_of("severity", [severity.name()]),
    ];
    for (labels, rules) in followers {
        let no_worse = Severity::ALL.into_iter().filter(|it| *it <= severity);
        let target = [
            one_of("rule", rules),
            one_of("severity", no_worse.map(Severity::name)),
        ];
        inhibit(out, &source, &target, &labels);
    }
}

fn inhibit(out: &mut Lines, source: &[String], target: &[String], equal: &[&str]) {
    out.line(1, format!("- source_matchers: {}", list(source)));
    out.line(2, format!("target_matchers: {}", list(target)));
    out.line(2, format!("equal: {}", list(equal)));
}
