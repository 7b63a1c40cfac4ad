//! Alerting rules for Prometheus 2.42 and later, and tests of them for `promtool test rules`.

mod alert;
mod figures;
mod metrics;
mod promql;
mod series;
mod tested;

use std::time::Duration;

use super::Source;
use super::yaml::{Lines, quoted};
use crate::alerts::duration::shown;
use crate::alerts::expression::Unit;
use crate::alerts::rule::{DOWN, Rule, Scope, WATCHDOG};
pub(super) use alert::{Exported, shared_labels};
use metrics::{JOB, label_of};
pub use tested::prometheus_tests;

const DOWN_HOLD: Duration = Duration::from_secs(60);

/// In what all alerts differ from the service's own.
const DIFFERENCES: [&str; 3] = [
    "What is no longer measured, or by too few, ends an alert here; in the service it goes on firing.",
    "The first sample of a series is no increase: the first error of a new kind does not count here.",
    "Between two bounds of a histogram's buckets Prometheus interpolates.",
];

/// A file of rules. Each alert has the labels `service`, `rule`, `severity` and `subject`.
pub fn prometheus(source: &Source<'_>) -> String {
    let mut out = Lines::default();
    out.comment(0, "Alerting rules for Prometheus 2.42 and later, made by `alerts export --format prometheus`.");
    out.comment(
        0,
        format!(
            "They take the job to be called {JOB}. Change the rules of the service, not this file."
        ),
    );
    for line in DIFFERENCES {
        out.comment(0, line);
    }
    let mut exported = Vec::new();
    let mut left_out = Vec::new();
    for rule in source.rules {
        match Exported::new(rule) {
            Ok(rule) => exported.push(rule),
            Err(reason) => left_out.push(format!("- {}: {reason}", rule.name)),
        }
    }
    if !left_out.is_empty() {
        out.comment(0, "Not in it:");
        for line in left_out {
            out.comment(0, line);
        }
    }
    out.line(0, "groups:");
    out.line(1, format!("- name: {JOB}"));
    out.line(2, "rules:");
    watched_from_outside(&mut out);
    for exported in &exported {
        rule(&mut out, exported, source);
    }
    out.finish()
}

/// The rules that are exported.
pub(super) fn exported(rules: &[Rule]) -> Vec<Exported<'_>> {
    rules
        .iter()
        .filter_map(|rule| Exported::new(rule).ok())
        .collect()
}

/// What no rule of the service can find: that it is gone, or that nobody hears of alerts any more.
fn watched_from_outside(out: &mut Lines) {
    let up = format!("up{{job={}}}", quoted(JOB));
    from_outside(
        out,
        ("InstanceDown", DOWN, "critical"),
        (&format!("{up} == 0"), Some(DOWN_HOLD)),
        "{{ $labels.instance }}",
        "An instance can't be scraped.",
    );
    out.comment(
        3,
        "Discovery may forget an instance that is gone, as Docker's DNS does: then `up` is not 0, but absent.",
    );
    from_outside(
        out,
        ("InstanceDown", DOWN, "critical"),
        (&format!("absent({up} == 1)"), Some(DOWN_HOLD)),
        "service",
        "No instance can be scraped.",
    );
    out.comment(
        3,
        "Fires always: whoever stops hearing of it knows that nobody hears of the others.",
    );
    from_outside(
        out,
        ("Watchdog", WATCHDOG, "none"),
        ("vector(1)", None),
        "service",
        "Alerts get here.",
    );
}

fn from_outside(
    out: &mut Lines,
    (alert, rule, severity): (&str, &str, &str),
    (expr, hold): (&str, Option<Duration>),
    subject: &str,
    summary: &str,
) {
    out.line(3, format!("- alert: {alert}"));
    out.line(4, format!("expr: {expr}"));
    if let Some(hold) = hold {
        out.line(4, format!("for: {}", shown(hold)));
    }
    labels(out, rule, severity, subject);
    out.line(4, "annotations:");
    out.line(5, format!("summary: {}", quoted(summary)));
}

fn labels(out: &mut Lines, rule: &str, severity: &str, subject: &str) {
    out.line(4, "labels:");
    for (name, value) in [
        ("service", JOB),
        ("rule", rule),
        ("severity", severity),
        ("subject", subject),
    ] {
        out.line(5, format!("{name}: {}", quoted(value)));
    }
}

fn rule(out: &mut Lines, exported: &Exported<'_>, source: &Source<'_>) {
    let rule = exported.rule;
    for remark in exported.remarks() {
        out.comment(3, remark);
    }
    let subject = match (exported.dimension(), rule.scope) {
        (Some(dimension), _) => format!("{{{{ $labels.{} }}}}", label_of(dimension)),
        (None, Scope::Instance) => "{{ $labels.instance }}".to_owned(),
        (None, Scope::Service) => "service".to_owned(),
    };
    for level in &exported.levels {
        out.line(3, format!("- alert: {}", quoted(&exported.name())));
        out.line(4, "expr: |-");
        out.line(5, &level.expr);
        let hold = exported.hold();
        if !hold.is_zero() {
            out.line(4, format!("for: {}", shown(hold)));
        }
        let keep = exported.keep_firing();
        if !keep.is_zero() {
            out.line(4, format!("keep_firing_for: {}", shown(keep)));
        }
        labels(out, &rule.name, level.severity.name(), &subject);
        out.line(4, "annotations:");
        let mut annotation = |name: &str, value: String| {
            out.line(5, format!("{name}: {}", quoted(&value)));
        };
        annotation(
            "summary",
            literal(rule.description.as_deref().unwrap_or(&rule.name)),
        );
        annotation(
            "description",
            described(&level.bad.to_string(), level.unit()),
        );
        match ((source.runbook_url)(rule), &rule.runbook) {
            (Some(url), _) => annotation("runbook_url", literal(&url)),
            (None, Some(runbook)) => annotation("runbook", literal(runbook)),
            (None, None) => {}
        }
    }
}

/// What Prometheus takes for no template.
fn literal(text: &str) -> String {
    text.replace("{{", "{{ \"{{\" }}")
}

fn described(condition: &str, unit: Option<Unit>) -> String {
    let value = match unit {
        Some(Unit::Share) => "{{ $value | humanizePercentage }}",
        Some(Unit::Time) => "{{ $value | humanizeDuration }}",
        Some(Unit::Bytes) => "{{ $value | humanize1024 }}B",
        Some(Unit::Count) => "{{ $value | humanize }}",
        Some(Unit::Flag) | None => return literal(condition),
    };
    format!("{}: {value}", literal(condition))
}
