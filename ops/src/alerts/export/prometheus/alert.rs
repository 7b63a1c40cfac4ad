//! A rule as alerts of Prometheus: one for each level of severity.

use std::time::Duration;

use super::promql::{Needs, Result, Translator};
use crate::alerts::expression::{Comparison, Condition, Dimension, Measured, SignalKind, Unit};
use crate::alerts::rule::{Burn, Check, NoData, Rule, Scope, Trigger};
use crate::alerts::severity::Severity;

pub(in crate::alerts::export) struct Exported<'r> {
    pub rule: &'r Rule,
    pub levels: Vec<Level>,
}

pub(in crate::alerts::export) struct Level {
    pub severity: Severity,
    pub expr: String,
    /// What the expression says, in our words.
    pub bad: Condition,
}

impl<'r> Exported<'r> {
    /// # Errors
    /// Why Prometheus can't be told.
    pub(in crate::alerts::export) fn new(rule: &'r Rule) -> Result<Self> {
        if !rule.enabled {
            return Err("it is switched off".to_owned());
        }
        let levels = match &rule.trigger {
            Trigger::Events(_) => {
                return Err("it waits for events, and no metric has them".to_owned());
            }
            Trigger::Burn(burn) => vec![burnt(rule, burn)?],
            Trigger::Check(check) => checked(rule, check)?,
        };
        Ok(Self { rule, levels })
    }

    /// `HttpErrors` of `http-errors`.
    pub(super) fn name(&self) -> String {
        let words = self.rule.name.split(['-', '_', '.']);
        let words = words.map(|word| {
            let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
            first.to_ascii_uppercase() + rest
        });
        words.collect()
    }

    /// From the first look that finds it bad to the last of those that it takes. A figure of one moment
    /// stands until the next look, so that it must stay bad for so long.
    pub(super) fn hold(&self) -> Duration {
        let patience = self.rule.patience;
        let least = u32::from(!self.has_window());
        let looks = patience.for_count.saturating_sub(1).max(least);
        self.rule.every.saturating_mul(looks).max(patience.for_time)
    }

    pub(super) fn keep_firing(&self) -> Duration {
        let patience = self.rule.patience;
        let looks = patience.recover_count.saturating_sub(1);
        let time = self.rule.every.saturating_mul(looks);
        time.max(patience.keep_firing_for)
    }

    fn has_window(&self) -> bool {
        let conditions = self.levels.iter().map(|level| &level.bad);
        let mut signals = conditions.flat_map(Condition::signals);
        signals.any(|signal| signal.window.is_some())
    }

    pub(in crate::alerts::export) fn dimension(&self) -> Option<Dimension> {
        self.rule.trigger.dimension()
    }

    /// What the alert has and Prometheus can't be told.
    pub(super) fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if let Trigger::Check(check) = &self.rule.trigger
            && let Some(recover) = &check.recover
        {
            remarks.push(format!(
                "Not exportable: it is good again only at {recover}; here, as soon as it is no longer bad."
            ));
        }
        if self.levels.len() > 1 && !self.hold().is_zero() {
            remarks.push(
                "Each level waits by itself; in the service a raise is told at once.".to_owned(),
            );
        }
        if let Trigger::Check(check) = &self.rule.trigger
            && let Some(only_if) = &check.only_if
        {
            remarks.push(format!(
                "It ends where {only_if} does; in the service it is held."
            ));
        }
        if self.rule.no_data == NoData::Alert {
            remarks.push("Not exportable: no_data = \"alert\"; see InstanceDown.".to_owned());
        }
        let conditions = self.levels.iter().map(|level| &level.bad);
        let signals = conditions.flat_map(Condition::signals).map(|it| it.kind);
        let kinds: Vec<SignalKind> = signals.collect();
        if kinds.contains(&SignalKind::QueryLatency) {
            remarks.push("The metric has the queries of the desk's own store as well.".to_owned());
        }
        if kinds.contains(&SignalKind::NoticesOldestQueued) {
            remarks
                .push("Notices have no age here: something was queued at each scrape.".to_owned());
        }
        remarks
    }
}

impl Level {
    /// Of the expression's value; `None` if it says nothing to people.
    pub(super) fn unit(&self) -> Option<Unit> {
        value_unit(&self.bad)
    }
}

fn value_unit(condition: &Condition) -> Option<Unit> {
    match condition {
        Condition::Flag(_) => None,
        Condition::All(parts) => {
            let with_parts = parts.iter().find(|part| part.dimension().is_some());
            value_unit(with_parts.or(parts.first())?)
        }
        Condition::Any(parts) => {
            let first = value_unit(parts.first()?)?;
            let is_same = parts.iter().all(|part| value_unit(part) == Some(first));
            is_same.then_some(first)
        }
        Condition::Compare(Comparison { measured, .. }) => match measured {
            Measured::Signal(signal)
                if matches!(
                    signal.kind,
                    SignalKind::UnappliedMigrations | SignalKind::NoticesOldestQueued
                ) =>
            {
                None
            }
            measured => Some(measured.unit()),
        },
    }
}

fn translator(rule: &Rule, needs: Needs) -> Translator {
    Translator {
        scope: rule.scope,
        every: rule.every,
        needs,
    }
}

fn needs(rule: &Rule) -> Needs {
    Needs {
        samples: rule.min_samples,
        bad: rule.min_bad,
    }
}

fn checked(rule: &Rule, check: &Check) -> Result<Vec<Level>> {
    let only_if = check.only_if.iter();
    let level = |severity, conditions: Vec<&Condition>| -> Result<Level> {
        let mut parts: Vec<Condition> = conditions.into_iter().cloned().collect();
        parts.extend(only_if.clone().cloned());
        let bad = match parts.as_slice() {
            [one] => one.clone(),
            _ => Condition::All(parts),
        };
        let expr = translator(rule, needs(rule)).condition(&bad)?;
        Ok(Level {
            severity,
            expr,
            bad,
        })
    };
    let mut levels = vec![level(rule.severity, vec![&check.bad])?];
    for of_level in &check.levels {
        let conditions = if is_stricter(&of_level.bad, &check.bad, rule) {
            vec![&of_level.bad]
        } else {
            vec![&of_level.bad, &check.bad]
        };
        levels.push(level(of_level.severity, conditions)?);
    }
    Ok(levels)
}

/// Whether the first holds only where the second does.
fn is_stricter(one: &Condition, other: &Condition, rule: &Rule) -> bool {
    let (Condition::Compare(one), Condition::Compare(other)) = (one, other) else {
        return false;
    };
    let value = |comparison: &Comparison| comparison.threshold.value(rule.every);
    let is_alike = one.measured == other.measured && one.operator == other.operator;
    is_alike
        && if one.operator.is_upwards() {
            value(one) >= value(other)
        } else {
            value(one) <= value(other)
        }
}

/// One failed request in the short window is enough, if there were enough in the long one.
fn burnt(rule: &Rule, burn: &Burn) -> Result<Level> {
    let mut said = Vec::new();
    let mut parts = Vec::new();
    for rate in &burn.rates {
        let long = translator(rule, needs(rule)).condition(&rate.long)?;
        let short = translator(rule, Needs::NONE).condition(&rate.short)?;
        said.push(format!("{long}\nand {short}"));
        parts.push(Condition::All(vec![rate.long.clone(), rate.short.clone()]));
    }
    Ok(Level {
        severity: rule.severity,
        expr: said.join("\nor "),
        bad: Condition::Any(parts),
    })
}

/// The labels by which Alertmanager tells alerts of two rules apart that have nothing to do with each
/// other.
pub(in crate::alerts::export) fn shared_labels(
    cause: &Exported<'_>,
    follower: &Exported<'_>,
) -> Vec<&'static str> {
    let of_instance = |exported: &Exported<'_>| exported.rule.scope == Scope::Instance;
    let mut labels = vec!["service"];
    if of_instance(cause) && of_instance(follower) {
        labels.push("instance");
    }
    if cause.dimension().is_some() && cause.dimension() == follower.dimension() {
        labels.push("subject");
    }
    labels
}
