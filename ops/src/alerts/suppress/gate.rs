//! The gate: the one place that decides whether an alert may be told, and says why not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::maintenance::MaintenanceWindow;
use super::silence::{Quiet, Silence};
use crate::alerts::lifecycle::{Alert, Alerts, Phase};
use crate::alerts::rule::Rule;
use crate::alerts::severity::Severity;
use crate::alerts::subject::Subject;

/// Why an alert is not told, kept with what was not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Suppression {
    Disabled,
    /// It is a consequence of this rule's alert.
    Dependency {
        rule: String,
    },
    Maintenance {
        window: String,
        until_ms: i64,
    },
    Quiet {
        who: String,
        until_ms: i64,
    },
    Silence {
        id: String,
        who: String,
    },
    /// Changes are held until it is steady again.
    Flapping,
}

/// All that the gate looks at.
pub struct Gate<'g> {
    rules: BTreeMap<&'g str, &'g Rule>,
    alerts: &'g Alerts,
    muted: Muted<'g>,
    at_ms: i64,
}

/// What people and calendars have asked for.
#[derive(Clone, Copy, Default)]
pub struct Muted<'g> {
    pub maintenance: &'g [MaintenanceWindow],
    pub quiet: Option<&'g Quiet>,
    pub silences: &'g [Silence],
}

impl<'g> Gate<'g> {
    pub fn new(rules: &'g [Rule], alerts: &'g Alerts, muted: Muted<'g>, at_ms: i64) -> Self {
        Self {
            rules: rules
                .iter()
                .map(|rule| (rule.name.as_str(), rule))
                .collect(),
            alerts,
            muted,
            at_ms,
        }
    }

    /// The first reason, in the order of [`Suppression`]. Acknowledgement is not among them: it is
    /// of an incident, and does not keep its end from being told.
    pub fn asks(&self, rule: &str, subject: &Subject, severity: Severity) -> Option<Suppression> {
        let known = self.rules.get(rule).copied();
        if known.is_some_and(|rule| !rule.enabled) {
            return Some(Suppression::Disabled);
        }
        let dependency = known.and_then(|rule| self.dependency(rule, subject));
        dependency
            .or_else(|| self.muted(rule, subject, severity))
            .or_else(|| self.flapping(rule, subject))
    }

    /// Whether people or a calendar want nobody to be told.
    pub fn is_muted(&self, rule: &str, subject: &Subject, severity: Severity) -> bool {
        self.muted(rule, subject, severity).is_some()
    }

    pub fn alert(&self, rule: &str, subject: &Subject) -> Option<&'g Alert> {
        self.alerts.get(&(rule.to_owned(), subject.clone()))
    }

    /// The rule whose alert is the cause, if one fires, is about to, or has ended so lately that
    /// this one has not been evaluated twice since.
    fn dependency(&self, rule: &Rule, subject: &Subject) -> Option<Suppression> {
        let two = i64::try_from(rule.every.saturating_mul(2).as_millis()).unwrap_or(i64::MAX);
        let is_cause = |alert: &Alert| {
            let lately = alert
                .troubled_ms
                .is_some_and(|at| (0..two).contains(&self.at_ms.saturating_sub(at)));
            alert.subject.is_related_to(subject)
                && (alert.is_troubled() || alert.phase == Phase::Closed || lately)
        };
        let cause = rule.depends_on.iter().find(|name| {
            let is_enabled = self.rules.get(name.as_str()).is_some_and(|it| it.enabled);
            is_enabled && self.alerts_of(name).any(is_cause)
        });
        cause.map(|rule| Suppression::Dependency { rule: rule.clone() })
    }

    fn alerts_of(&self, rule: &str) -> impl Iterator<Item = &'g Alert> {
        let name = rule.to_owned();
        self.alerts
            .range((name.clone(), Subject::default())..)
            .take_while(move |((other, _), _)| *other == name)
            .map(|(_, alert)| alert)
    }

    fn muted(&self, rule: &str, subject: &Subject, severity: Severity) -> Option<Suppression> {
        let windows = self.muted.maintenance.iter();
        let open = windows
            .filter(|window| window.covers(rule))
            .find_map(|window| Some((window, window.open_until(self.at_ms)?)));
        if let Some((window, until_ms)) = open {
            return Some(Suppression::Maintenance {
                window: window.name.clone(),
                until_ms,
            });
        }
        if let Some(quiet) = self.muted.quiet.filter(|it| it.is_active(self.at_ms)) {
            return Some(Suppression::Quiet {
                who: quiet.by.clone(),
                until_ms: quiet.until_ms,
            });
        }
        let mut silences = self.muted.silences.iter();
        let silence = silences.find(|silence| {
            silence.is_active(self.at_ms) && silence.matchers.matches(rule, subject, severity)
        });
        silence.map(|silence| Suppression::Silence {
            id: silence.id.clone(),
            who: silence.by.clone(),
        })
    }

    fn flapping(&self, rule: &str, subject: &Subject) -> Option<Suppression> {
        let alert = self.alert(rule, subject);
        let is_flapping = alert.is_some_and(|alert| alert.flapping.is_flapping);
        is_flapping.then_some(Suppression::Flapping)
    }
}
