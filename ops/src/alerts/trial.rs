//! [`trial`]: what a rule would have found in the past.

use std::collections::BTreeMap;
use std::time::Duration;

use super::evaluate::{Verdict, evaluate, subjects};
use super::expression::SignalKind;
use super::lifecycle::{Alert, EndKind, Tick, TransitionKind, step};
use super::rule::{Rule, Trigger};
use super::settings::Flap;
use super::snapshot::{Snapshot, signals_of};
use super::subject::Subject;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trial {
    /// Of all subjects together.
    pub evaluations: u64,
    /// Those that could say nothing.
    pub unknown: u64,
    pub episodes: Vec<TrialEpisode>,
}

/// In milliseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialEpisode {
    pub subject: Subject,
    pub from_ms: i64,
    /// `None` if it would fire now.
    pub to_ms: Option<i64>,
    pub peak: Option<f64>,
}

/// The signals of a rule whose past is not stored, so that nothing can be said of it. An empty list
/// is a rule that can be tried. Stored are minutes of requests and queries, disks, memory and pools,
/// and starts.
pub fn unreplayable(rule: &Rule) -> Vec<String> {
    if matches!(rule.trigger, Trigger::Events(_)) {
        return vec!["events".to_owned()];
    }
    let is_lost = |kind| {
        matches!(
            kind,
            SignalKind::CertificateDaysLeft
                | SignalKind::UnappliedMigrations
                | SignalKind::StoreUnreachable
                | SignalKind::NoticesOldestQueued
                | SignalKind::EvaluationAge
                | SignalKind::InstanceSilent
        )
    };
    let signals = signals_of([rule]).into_iter();
    let lost = signals.filter(|signal| is_lost(signal.kind));
    lost.map(|signal| signal.to_string()).collect()
}

/// Looks at the snapshots of the past, the oldest first, which lie `every` of the rule apart.
pub fn trial(rule: &Rule, looks: impl IntoIterator<Item = (i64, Snapshot)>) -> Trial {
    // A look into the past knows no flapping: it is about what is true, not about who is told.
    let flap = Flap {
        changes: u32::MAX,
        within: Duration::ZERO,
    };
    let mut found = Trial::default();
    let mut alerts: BTreeMap<Subject, Alert> = BTreeMap::new();
    for (at_ms, snapshot) in looks {
        let tick = Tick {
            at_ms,
            // No start in the past is a start of this process.
            uptime_ms: u64::try_from(at_ms).unwrap_or(0),
            run: 0,
            has_jumped: false,
        };
        for subject in subjects(rule, &snapshot) {
            let outcome = evaluate(rule, &snapshot, &subject);
            found.evaluations += 1;
            found.unknown += u64::from(matches!(outcome.verdict, Verdict::Unknown(_)));
            let alert = alerts
                .entry(subject.clone())
                .or_insert_with(|| Alert::new(&rule.name, subject, at_ms));
            for transition in step(alert, rule, outcome, &tick, flap, &mut String::new) {
                let resolved = TransitionKind::Ended {
                    end: EndKind::Resolved,
                };
                if let Some(episode) = transition.episode.filter(|_| transition.kind == resolved) {
                    found.episodes.push(TrialEpisode {
                        subject: transition.subject,
                        from_ms: episode.opened_ms,
                        to_ms: Some(at_ms),
                        peak: episode.peak,
                    });
                }
            }
        }
    }
    let open = alerts.values().filter_map(|alert| {
        let episode = alert.episode()?;
        Some(TrialEpisode {
            subject: alert.subject.clone(),
            from_ms: episode.opened_ms,
            to_ms: None,
            peak: episode.peak,
        })
    });
    found.episodes.extend(open);
    found.episodes.sort_by_key(|episode| episode.from_ms);
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::super::fixtures::{Set, missing, rule, value};
    use super::super::snapshot::Reason;
    use super::*;

    #[test]
    fn a_trial_finds_what_would_have_been_told() {
        let rule = rule("expr = \"requests(1m) > 10\"\nevery = \"1m\"\nfor_count = 2");
        let values = [1.0, 20.0, 30.0, 25.0, 1.0, 1.0, 20.0, 20.0];
        let looks = values.into_iter().enumerate().map(|(number, requests)| {
            let snapshot = Snapshot::default().with("requests(1m)", value(requests));
            (1_000_000_000 + number as i64 * 60_000, snapshot)
        });
        let lost = Snapshot::default().with("requests(1m)", missing(Reason::NoData));
        let found = trial(&rule, looks.chain([(1_000_480_000, lost)]));
        assert_eq!((found.evaluations, found.unknown), (9, 1));
        let episodes: Vec<(i64, Option<i64>, Option<f64>)> = found
            .episodes
            .iter()
            .map(|it| (it.from_ms, it.to_ms, it.peak))
            .collect();
        let first = (1_000_120_000, Some(1_000_300_000), Some(30.0));
        assert_eq!(episodes, [first, (1_000_420_000, None, Some(20.0))]);
    }

    #[test]
    fn a_rule_says_what_of_it_has_no_past() {
        let rules = [
            "expr = \"requests(1m) > 1\"",
            "expr = \"certificate_days_left < 14\"",
        ];
        assert_eq!(unreplayable(&rule(rules[0])), [""; 0]);
        assert_eq!(unreplayable(&rule(rules[1])), ["certificate_days_left"]);
        assert_eq!(
            unreplayable(&rule("on = [\"error_group.new\"]")),
            ["events"]
        );
    }
}
