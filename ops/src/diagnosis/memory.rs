//! [`Memory`]: what one snapshot after the other has shown.

use std::time::{Duration, SystemTime};

use super::finding::{Finding, Severity, State, Subject};
use super::recent::{Figures, Recent};
use super::snapshot::{Snapshot, Window};
use super::thresholds::{CLOCK_JUMP, CLOCK_JUMP_TOLD_FOR, GONE_AFTER, LOSS_TOLD_FOR};

#[derive(Debug, Default)]
pub struct Memory {
    /// Those of the last diagnosis, those that have not held for long enough, and those that may
    /// have ended.
    held: Vec<Held>,
    state: Option<(State, SystemTime)>,
    /// Time of day and uptime at the last look.
    clock: Option<(SystemTime, Duration)>,
    jump: Option<Jump>,
    minutes_lost: Counter,
    recent: Recent,
}

#[derive(Debug)]
struct Held {
    finding: Finding,
    since: SystemTime,
    /// The uptime when it was found first.
    from: Duration,
    /// The most severe that it was as part of a verdict.
    told: Option<Severity>,
    /// Since when it is not found any more, and the uptime then.
    missing: Option<(SystemTime, Duration)>,
}

/// A finding that was part of a verdict and holds no more.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// With its last evidence, as severe as it was at its worst; `since` is when it began.
    pub finding: Finding,
    pub ended_at: SystemTime,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Jump {
    /// Forward, or back if it is negative.
    pub seconds: f64,
    pub at: SystemTime,
    uptime: Duration,
}

/// What only grows, and when it last did.
#[derive(Debug, Default)]
struct Counter {
    value: u64,
    grew: Option<Duration>,
}

impl Memory {
    /// What is known before anything is judged.
    pub(super) fn observe(&mut self, snapshot: &Snapshot) {
        let (now, uptime) = (snapshot.now, snapshot.uptime);
        if let Some((last_now, last_uptime)) = self.clock {
            let expected = last_now + uptime.saturating_sub(last_uptime);
            let seconds = match now.duration_since(expected) {
                Ok(ahead) => ahead.as_secs_f64(),
                Err(behind) => -behind.duration().as_secs_f64(),
            };
            if seconds.abs() >= CLOCK_JUMP.as_secs_f64() {
                self.jump = Some(Jump {
                    seconds,
                    at: now,
                    uptime,
                });
            }
        }
        self.clock = Some((now, uptime));
        self.recent.note(snapshot);
        let lost = snapshot.monitor.minutes_lost;
        if lost > self.minutes_lost.value {
            self.minutes_lost.grew = Some(uptime);
        }
        self.minutes_lost.value = lost;
    }

    /// A jump of the clock that is still worth telling.
    pub(super) fn jump(&self, uptime: Duration) -> Option<Jump> {
        let is_recent = |jump: &Jump| uptime.saturating_sub(jump.uptime) < CLOCK_JUMP_TOLD_FOR;
        self.jump.filter(is_recent)
    }

    pub(super) fn loses_minutes(&self, uptime: Duration) -> bool {
        let grew = self.minutes_lost.grew;
        grew.is_some_and(|grew| uptime.saturating_sub(grew) < LOSS_TOLD_FOR)
    }

    /// The requests of the last seconds.
    pub(super) fn recent(&self, subject: &Subject, window: &Window) -> Option<Figures> {
        self.recent.since(subject, window)
    }

    /// How severe a finding was at the last diagnosis, if it held.
    pub(super) fn severity(&self, id: &str, subject: &Subject) -> Option<Severity> {
        let mut held = self.held.iter().filter(|held| held.missing.is_none());
        let found = held.find(|held| held.finding.id == id && held.finding.subject == *subject);
        found.map(|held| held.finding.severity)
    }

    /// How severe a finding is, or was when it was seen last; none that has been gone for long.
    pub(super) fn severity_lately(&self, id: &str, subject: &Subject) -> Option<Severity> {
        let mut held = self.held.iter().map(|held| &held.finding);
        let found = held.find(|finding| finding.id == id && finding.subject == *subject);
        found.map(|finding| finding.severity)
    }

    /// Dates all that was found, and leaves out what has not held for long enough. Tells also what
    /// has ended: a finding that comes back soon never went.
    pub(super) fn settle(
        &mut self,
        found: Vec<Finding>,
        snapshot: &Snapshot,
    ) -> (Vec<Finding>, Vec<Ended>) {
        let before = std::mem::take(&mut self.held);
        let (missing, before): (Vec<Held>, Vec<Held>) = before
            .into_iter()
            .partition(|held| !found.iter().any(|finding| finding.is_same(&held.finding)));
        let ended = self.let_go(missing, snapshot);
        let mut settled = Vec::new();
        for mut finding in found {
            let known = before.iter().find(|held| held.finding.is_same(&finding));
            let known = known.filter(|held| held.missing.is_none() || held.told.is_some());
            // The clock may have been set back.
            let first = known.map_or(snapshot.now, |held| held.since.min(snapshot.now));
            let since = finding.since.unwrap_or(first);
            // One that was gone has to hold anew before it counts.
            let steady = known.filter(|held| held.missing.is_none());
            let from = steady.map_or(snapshot.uptime, |held| held.from);
            finding.since = Some(since);
            let is_told = snapshot.uptime.saturating_sub(from) >= finding.sustained;
            if is_told {
                settled.push(finding.clone());
            }
            let told = is_told.then_some(finding.severity);
            self.held.push(Held {
                finding,
                since,
                from,
                told: told.max(known.and_then(|held| held.told)),
                missing: None,
            });
        }
        (settled, ended)
    }

    /// Keeps what went just now, and tells what has been gone for long enough.
    fn let_go(&mut self, missing: Vec<Held>, snapshot: &Snapshot) -> Vec<Ended> {
        let mut ended = Vec::new();
        for mut held in missing {
            let Some(worst) = held.told else { continue };
            let now = (snapshot.now, snapshot.uptime);
            let (at, uptime) = *held.missing.get_or_insert(now);
            if snapshot.uptime.saturating_sub(uptime) < GONE_AFTER {
                self.held.push(held);
            } else {
                held.finding.severity = worst;
                ended.push(Ended {
                    finding: held.finding,
                    ended_at: at,
                });
            }
        }
        ended
    }

    /// Since when the state is this one.
    pub(super) fn state_since(&mut self, state: State, now: SystemTime) -> SystemTime {
        let known = self.state.filter(|(known, _)| *known == state);
        let (_, since) = *self.state.insert(known.unwrap_or((state, now)));
        since.min(now)
    }
}
