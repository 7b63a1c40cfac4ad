//! Evaluation: a rule and a snapshot in, an outcome for each subject out. Pure, so that the same
//! function serves the running service, a trial over the past, and simulation.

mod outcome;
#[cfg(test)]
mod tests;
mod truth;

use super::expression::Condition;
use super::rule::{Burn, BurnRate, Check, NoData, Rule, Scope, Trigger};
use super::severity::Severity;
use super::snapshot::{Reason, Snapshot};
use super::subject::Subject;
pub use outcome::{Measure, Outcome, Verdict};
use truth::{Judge, Needs, Truth};

/// What there is an alert for, as the snapshot has it; none for a rule that waits for events.
pub fn subjects(rule: &Rule, snapshot: &Snapshot) -> Vec<Subject> {
    let instance = match rule.scope {
        Scope::Instance => Some(snapshot.instance.clone()),
        Scope::Service => None,
    };
    let subject = |part| Subject {
        instance: instance.clone(),
        part,
    };
    match (&rule.trigger, rule.trigger.dimension()) {
        (Trigger::Events(_), _) => Vec::new(),
        (_, None) => vec![subject(None)],
        (_, Some(dimension)) => {
            let parts = snapshot.parts(dimension).iter().cloned();
            parts.map(|part| subject(Some(part))).collect()
        }
    }
}

/// A rule that waits for events has nothing to say here: `Unknown`. Nor has one of an instance that is
/// gone.
pub fn evaluate(rule: &Rule, snapshot: &Snapshot, subject: &Subject) -> Outcome {
    let of_instance = subject.instance.as_ref();
    if of_instance.is_some_and(|instance| *instance != snapshot.instance) {
        return Outcome {
            verdict: Verdict::Unknown(Reason::NoData),
            measure: None,
        };
    }
    let judge = Judge {
        snapshot,
        part: subject.part.as_deref(),
        every: rule.every,
        stale_after: rule.no_data_after(),
    };
    let needs = Needs {
        samples: rule.min_samples,
        bad: rule.min_bad,
    };
    let outcome = match &rule.trigger {
        Trigger::Check(check) => checked(check, rule.severity, &judge, needs),
        Trigger::Burn(burn) => burnt(burn, rule.severity, &judge, needs),
        Trigger::Events(_) => Outcome {
            verdict: Verdict::Unknown(Reason::NoData),
            measure: None,
        },
    };
    with_policy(outcome, rule)
}

fn checked(check: &Check, severity: Severity, judge: &Judge<'_>, needs: Needs) -> Outcome {
    let truth = |condition: &Condition| judge.truth(condition, needs);
    let verdict = match truth(&check.bad) {
        Truth::Unknown(reason) => Verdict::Unknown(reason),
        Truth::Weak => Verdict::Hold,
        Truth::Holds => match check.only_if.as_ref().map(truth) {
            None | Some(Truth::Holds) => Verdict::Bad(level(check, severity, judge, needs)),
            Some(Truth::Unknown(reason)) => Verdict::Unknown(reason),
            Some(Truth::Weak | Truth::Not) => Verdict::Hold,
        },
        Truth::Not => match check.recover.as_ref().map(truth) {
            None | Some(Truth::Holds | Truth::Weak) => Verdict::Good,
            Some(Truth::Not) => Verdict::Hold,
            Some(Truth::Unknown(reason)) => Verdict::Unknown(reason),
        },
    };
    Outcome {
        verdict,
        measure: judge.measure(&check.bad, needs),
    }
}

fn level(check: &Check, base: Severity, judge: &Judge<'_>, needs: Needs) -> Severity {
    let levels = check.levels.iter();
    let reached = levels.filter(|level| judge.truth(&level.bad, needs) == Truth::Holds);
    reached.map(|level| level.severity).max().unwrap_or(base)
}

fn burnt(burn: &Burn, severity: Severity, judge: &Judge<'_>, needs: Needs) -> Outcome {
    let truth = |rate: &BurnRate| {
        // One failed request in five minutes is enough there, if there were enough in the hour.
        let of_short = judge.truth(&rate.short, Needs::NONE);
        judge.truth(&rate.long, needs).and(of_short)
    };
    let truths: Vec<Truth> = burn.rates.iter().map(truth).collect();
    let verdict = match truths.iter().copied().fold(Truth::Not, Truth::or) {
        Truth::Holds => Verdict::Bad(severity),
        Truth::Weak => Verdict::Hold,
        Truth::Not => Verdict::Good,
        Truth::Unknown(reason) => Verdict::Unknown(reason),
    };
    let told = truths.iter().position(|truth| *truth == Truth::Holds);
    let rate = burn.rates.get(told.unwrap_or(0));
    Outcome {
        verdict,
        measure: rate.and_then(|rate| judge.measure(&rate.long, needs)),
    }
}

/// What a rule makes of missing data. To be new is not to lack data.
fn with_policy(outcome: Outcome, rule: &Rule) -> Outcome {
    let verdict = match (outcome.verdict, rule.no_data) {
        (Verdict::Unknown(reason), NoData::Alert) if reason.is_loss() => {
            Verdict::Bad(rule.severity)
        }
        (Verdict::Unknown(reason), NoData::Ok) if reason.is_loss() => Verdict::Good,
        (verdict, _) => verdict,
    };
    Outcome { verdict, ..outcome }
}
