//! [`diagnose`]: all rules over a snapshot, and what they come to.

use std::cmp::Reverse;
use std::time::SystemTime;

use super::finding::{Finding, Severity, State};
use super::memory::{Ended, Memory};
use super::rules::{Context, RULES};
use super::snapshot::Snapshot;

#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub state: State,
    pub since: SystemTime,
    /// The most severe first; none that is only advice.
    pub findings: Vec<Finding>,
    /// What was a finding of earlier verdicts and is none any more; each is told once.
    pub ended: Vec<Ended>,
}

/// What is wrong by `snapshot`. Not ready is what readiness itself says: any check that objects.
pub fn diagnose(snapshot: &Snapshot, memory: &mut Memory) -> Verdict {
    memory.observe(snapshot);
    let context = Context { snapshot, memory };
    let found = RULES.iter().flat_map(|rule| rule(&context)).collect();
    let (mut findings, mut ended) = memory.settle(found, snapshot);
    findings.retain(|finding| finding.severity > Severity::Info);
    ended.retain(|ended| ended.finding.severity > Severity::Info);
    // Of equally severe ones the order of the rules stays: causes stand before what they cause.
    findings.sort_by_key(|finding| Reverse(finding.severity));
    let is_ready = snapshot.checks.iter().all(|check| check.is_ready);
    let state = match findings.first().map(|finding| finding.severity) {
        _ if !is_ready => State::NotReady,
        Some(Severity::Critical) => State::Failing,
        Some(Severity::Warning | Severity::Info) => State::Warning,
        None => State::Ok,
    };
    Verdict {
        state,
        since: memory.state_since(state, snapshot.now),
        findings,
        ended,
    }
}
