//! [`Limit`]: what a rule compares a signal with, as a line of a graph.

use super::super::super::expression::{
    Argument, Comparison, Condition, Measured, SignalKind, Unit,
};
use super::super::super::rule::{Rule, Trigger};
use super::super::super::severity::Severity;

/// In minutes. What holds for hours says nothing on a line that is drawn by the minute.
const LONGEST_WINDOW: u32 = 15;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Limit {
    /// In Prometheus' base units: shares 0–1, seconds, bytes.
    pub value: f64,
    pub severity: Severity,
    /// What the rule says, with its name.
    pub said: String,
}

/// Of the enabled rules that fire above it; rising.
pub(super) fn limits(rules: &[Rule], kind: SignalKind, argument: &Argument) -> Vec<Limit> {
    let mut found = Vec::new();
    for rule in rules.iter().filter(|rule| rule.enabled) {
        let Trigger::Check(check) = &rule.trigger else {
            continue;
        };
        let of_levels = check.levels.iter().map(|it| (&it.bad, it.severity));
        for (condition, severity) in [(&check.bad, rule.severity)].into_iter().chain(of_levels) {
            let asked = comparisons(condition)
                .into_iter()
                .filter(|it| is_about(it, kind, argument));
            found.extend(asked.map(|it| Limit {
                value: base_unit(it.measured.unit(), it.threshold.value(rule.every)),
                severity,
                said: format!("`{}` ({}): `{condition}`", rule.name, severity.name()),
            }));
        }
    }
    found.sort_by(|a, b| a.value.total_cmp(&b.value));
    found
}

fn comparisons(condition: &Condition) -> Vec<&Comparison> {
    match condition {
        Condition::Any(parts) | Condition::All(parts) => {
            parts.iter().flat_map(comparisons).collect()
        }
        Condition::Compare(comparison) => vec![comparison],
        Condition::Flag(_) => Vec::new(),
    }
}

/// A share is known by its part: `memory_working_set / memory_limit`.
fn is_about(comparison: &Comparison, kind: SignalKind, argument: &Argument) -> bool {
    let (signal, unit) = match &comparison.measured {
        Measured::Signal(signal) => (signal, kind.unit()),
        Measured::Ratio(part, _) => (part, Unit::Share),
    };
    signal.kind == kind
        && signal.argument == *argument
        && signal.window.is_none_or(|it| it <= LONGEST_WINDOW)
        && comparison.operator.is_upwards()
        && comparison.measured.unit() == unit
}

fn base_unit(unit: Unit, value: f64) -> f64 {
    match unit {
        Unit::Time => value / 1000.0,
        Unit::Share | Unit::Bytes | Unit::Count | Unit::Flag => value,
    }
}
