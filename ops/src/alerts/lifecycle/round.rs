//! [`round`]: one look at all rules.

use std::collections::BTreeMap;

use super::alert::{Alert, Alerts, Phase};
use super::events::{EventStates, Events};
use super::step::{end, step};
use super::tick::Tick;
use super::transition::{EndKind, Transition};
use crate::alerts::evaluate::{evaluate, subjects};
use crate::alerts::rule::{Rule, Scope, Trigger};
use crate::alerts::settings::Flap;
use crate::alerts::snapshot::Snapshot;
use crate::alerts::subject::Subject;

/// What must be kept from one round to the next, and over a restart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EngineState {
    pub alerts: Alerts,
    /// By the name of the rule.
    pub events: EventStates,
}

/// Evaluates the rules that are `due` and ends what has no rule any more. Alerts that are evaluated
/// elsewhere stay as they are.
pub fn round(
    state: &mut EngineState,
    rules: &[Rule],
    due: impl Fn(&Rule) -> bool,
    snapshot: &Snapshot,
    tick: &Tick,
    flap: Flap,
    next_id: &mut dyn FnMut() -> String,
) -> Vec<Transition> {
    let mut found = remove_orphans(state, rules, snapshot, tick);
    for rule in rules.iter().filter(|rule| rule.enabled && due(rule)) {
        if let Trigger::Events(trigger) = &rule.trigger {
            let events = Events {
                rule,
                trigger,
                snapshot,
                tick,
            };
            let of_rule = state.events.entry(rule.name.clone()).or_default();
            found.extend(events.run(of_rule, &mut state.alerts, next_id));
            continue;
        }
        let present = subjects(rule, snapshot);
        for subject in with_known(&state.alerts, rule, &present, snapshot) {
            let outcome = evaluate(rule, snapshot, &subject);
            let key = (rule.name.clone(), subject.clone());
            let alert = state
                .alerts
                .entry(key)
                .or_insert_with(|| Alert::new(&rule.name, subject, tick.at_ms));
            found.extend(step(alert, rule, outcome, tick, flap, next_id));
        }
        // What is gone and did not fire is forgotten; what fires stays until something is known.
        state.alerts.retain(|(name, subject), alert| {
            name != &rule.name
                || !snapshot.evaluates(subject)
                || present.contains(subject)
                || alert.episode().is_some()
                || alert.flapping.is_flapping
        });
    }
    found
}

/// The subjects that there are, and those of which there is a state here.
fn with_known(
    alerts: &Alerts,
    rule: &Rule,
    present: &[Subject],
    snapshot: &Snapshot,
) -> Vec<Subject> {
    let first = (rule.name.clone(), Subject::default());
    let known = alerts
        .range(first..)
        .take_while(|((name, _), _)| *name == rule.name)
        .map(|((_, subject), _)| subject)
        .filter(|subject| !present.contains(subject) && snapshot.evaluates(subject));
    present.iter().chain(known).cloned().collect()
}

/// Ends the episodes whose rule is not there, is switched off or looks for something else, and
/// forgets its alerts.
fn remove_orphans(
    state: &mut EngineState,
    rules: &[Rule],
    snapshot: &Snapshot,
    tick: &Tick,
) -> Vec<Transition> {
    let rules: BTreeMap<&str, &Rule> = rules
        .iter()
        .filter(|rule| rule.enabled)
        .map(|rule| (rule.name.as_str(), rule))
        .collect();
    let mut found = Vec::new();
    state.alerts.retain(|(name, subject), alert| {
        if !snapshot.evaluates(subject) {
            return true;
        }
        let is_kept = rules
            .get(name.as_str())
            .is_some_and(|rule| fits(alert, rule));
        if !is_kept {
            found.extend(end(alert, tick, EndKind::RuleRemoved));
        }
        is_kept
    });
    state.events.retain(|name, _| {
        let rule = rules.get(name.as_str());
        !snapshot.leads || rule.is_some_and(|rule| matches!(rule.trigger, Trigger::Events(_)))
    });
    found
}

fn fits(alert: &Alert, rule: &Rule) -> bool {
    let is_of_instance = alert.subject.instance.is_some();
    let is_of_event = alert.waits_for_events();
    let has_part = alert.subject.part.is_some();
    let waits = matches!(rule.trigger, Trigger::Events(_));
    is_of_instance == (rule.scope == Scope::Instance)
        && (alert.episode().is_none() || is_of_event == waits)
        && has_part == (waits || rule.trigger.dimension().is_some())
}

/// Ends the episodes of an instance that will not come back, and forgets its alerts.
pub fn forget_instance(state: &mut EngineState, instance: &str, tick: &Tick) -> Vec<Transition> {
    let mut found = Vec::new();
    state.alerts.retain(|(_, subject), alert| {
        let is_kept = subject.instance.as_deref() != Some(instance);
        if !is_kept {
            found.extend(end(alert, tick, EndKind::Expired));
        }
        is_kept
    });
    found
}

/// A person closes an alert. While it stays bad it is not opened again.
pub fn close(alert: &mut Alert, tick: &Tick) -> Option<Transition> {
    let waits = alert.waits_for_events();
    let transition = end(alert, tick, EndKind::ClosedBy)?;
    if !waits {
        alert.enter(Phase::Closed, tick.at_ms);
    }
    Some(transition)
}

/// Nothing more is expected of what waits for events.
pub fn expire(alert: &mut Alert, tick: &Tick) -> Option<Transition> {
    end(alert, tick, EndKind::Expired)
}
