//! [`step`]: what one outcome makes of an alert.

use std::time::Duration;

use super::alert::{Alert, Away, Episode, Last, Missing, Phase};
use super::flapping;
use super::tick::Tick;
use super::transition::{EndKind, Transition, TransitionKind};
use crate::alerts::evaluate::{Measure, Outcome, Verdict};
use crate::alerts::rule::Rule;
use crate::alerts::settings::Flap;
use crate::alerts::severity::Severity;
use crate::alerts::snapshot::Reason;

/// What changes in this round, in the order in which it happens. `next_id` makes an id for a new
/// episode.
pub fn step(
    alert: &mut Alert,
    rule: &Rule,
    outcome: Outcome,
    tick: &Tick,
    flap: Flap,
    next_id: &mut dyn FnMut() -> String,
) -> Vec<Transition> {
    let before = alert.evaluated;
    let elapsed = before.map(|then| tick.since(then));
    alert.evaluated = Some(tick.evaluated());
    if tick.has_jumped {
        // Of the time since the last round nothing is known.
        alert.last = Last::Other;
        if let Phase::Pending { bad, bad_ms } = &mut alert.phase {
            (*bad, *bad_ms) = (0, 0);
        }
        return Vec::new();
    }
    let longest = millis(rule.longest_gap());
    let mut step = Step {
        rule,
        tick,
        elapsed: elapsed.filter(|elapsed| *elapsed <= longest),
        away: before.map(|then| Away {
            from_ms: then.at_ms.min(tick.at_ms),
            to_ms: tick.at_ms,
        }),
        next_id,
        found: Vec::new(),
    };
    step.run(alert, outcome);
    if alert.is_troubled() {
        alert.troubled_ms = Some(tick.at_ms);
    }
    let change = alert.flapping.settle(tick, flap);
    let mut found = step.found;
    if let Some(change) = change {
        let kind = match change {
            flapping::Change::Started { changes } => TransitionKind::FlappingStarted { changes },
            flapping::Change::Ended => TransitionKind::FlappingEnded,
        };
        found.push(told(alert, tick, kind, alert.episode().cloned()));
    }
    found
}

/// An episode ends, however the alert goes on.
pub(super) fn end(alert: &mut Alert, tick: &Tick, end: EndKind) -> Option<Transition> {
    let mut episode = alert.episode()?.clone();
    episode.ended_ms = Some(tick.at_ms);
    alert.enter(Phase::Ok, tick.at_ms);
    let kind = TransitionKind::Ended { end };
    Some(told(alert, tick, kind, Some(episode)))
}

pub(super) fn told(
    alert: &Alert,
    tick: &Tick,
    kind: TransitionKind,
    episode: Option<Episode>,
) -> Transition {
    Transition {
        rule: alert.rule.clone(),
        subject: alert.subject.clone(),
        at_ms: tick.at_ms,
        kind,
        episode,
    }
}

struct Step<'s> {
    rule: &'s Rule,
    tick: &'s Tick,
    /// Since the last evaluation; `None` if there is a gap between, of which nothing is known.
    elapsed: Option<u64>,
    /// The gap, if there is one.
    away: Option<Away>,
    next_id: &'s mut dyn FnMut() -> String,
    found: Vec<Transition>,
}

impl Step<'_> {
    fn run(&mut self, alert: &mut Alert, outcome: Outcome) {
        let verdict = self.believed(alert, outcome.verdict);
        alert.measure = outcome.measure.or(alert.measure);
        self.count_missing(alert, verdict);
        match verdict {
            Verdict::Bad(severity) => self.bad(alert, severity, outcome.measure),
            Verdict::Good => self.good(alert),
            Verdict::Hold => self.hold(alert),
            Verdict::Unknown(reason) => self.unknown(alert, reason),
        }
        alert.last = match verdict {
            Verdict::Bad(_) => Last::Bad,
            Verdict::Good => Last::Good,
            Verdict::Hold | Verdict::Unknown(_) => Last::Other,
        };
    }

    /// Bad from the first look on may be the start itself.
    fn believed(&self, alert: &mut Alert, verdict: Verdict) -> Verdict {
        match verdict {
            Verdict::Good => {
                alert.good_in_run = Some(self.tick.run);
                verdict
            }
            Verdict::Bad(_)
                if self.tick.is_start()
                    && alert.good_in_run != Some(self.tick.run)
                    && !matches!(alert.phase, Phase::Firing(_)) =>
            {
                Verdict::Unknown(Reason::WarmingUp)
            }
            _ => verdict,
        }
    }

    fn count_missing(&self, alert: &mut Alert, verdict: Verdict) {
        let Verdict::Unknown(reason) = verdict else {
            alert.missing = None;
            return;
        };
        let elapsed = self.elapsed.unwrap_or(0);
        alert.missing = Some(match alert.missing {
            Some(missing) => Missing {
                reason,
                for_ms: missing.for_ms.saturating_add(elapsed),
                ..missing
            },
            None => Missing {
                reason,
                since_ms: self.tick.at_ms,
                for_ms: 0,
            },
        });
    }

    fn bad(&mut self, alert: &mut Alert, severity: Severity, measure: Option<Measure>) {
        match &mut alert.phase {
            Phase::Ok => {
                alert.enter(Phase::Pending { bad: 1, bad_ms: 0 }, self.tick.at_ms);
                self.fire_if_due(alert, severity, measure);
            }
            Phase::Pending { bad, bad_ms } => {
                match self.elapsed {
                    Some(elapsed) => {
                        *bad = bad.saturating_add(1);
                        // Only time between two bad evaluations was bad.
                        let was_bad = alert.last == Last::Bad;
                        *bad_ms = bad_ms.saturating_add(if was_bad { elapsed } else { 0 });
                    }
                    None => {
                        (*bad, *bad_ms) = (1, 0);
                        alert.since_ms = self.tick.at_ms;
                    }
                }
                self.fire_if_due(alert, severity, measure);
            }
            Phase::Firing(episode) => {
                episode.no_longer_good();
                episode.severity = severity;
                if let Some(measure) = measure {
                    let peak = episode.peak.unwrap_or(measure.value);
                    episode.peak = Some(measure.worse_of(peak, measure.value));
                }
                if severity > episode.worst {
                    let kind = TransitionKind::LevelUp {
                        from: episode.worst,
                    };
                    episode.worst = severity;
                    let episode = Some(episode.clone());
                    self.found.push(told(alert, self.tick, kind, episode));
                }
            }
            Phase::Closed => {}
        }
    }

    fn fire_if_due(&mut self, alert: &mut Alert, severity: Severity, measure: Option<Measure>) {
        let Phase::Pending { bad, bad_ms } = alert.phase else {
            return;
        };
        let patience = self.rule.patience;
        if bad < patience.for_count || bad_ms < millis(patience.for_time) {
            return;
        }
        let episode = Episode {
            id: (self.next_id)(),
            opened_ms: self.tick.at_ms,
            bad_since_ms: alert.since_ms.min(self.tick.at_ms),
            severity,
            worst: severity,
            peak: measure.map(|measure| measure.value),
            good: 0,
            good_ms: 0,
            away: None,
            data_loss_told: false,
            last_event_ms: None,
            ended_ms: None,
        };
        alert.enter(Phase::Firing(episode.clone()), self.tick.at_ms);
        alert.flapping.change(self.tick.at_ms);
        let kind = TransitionKind::Opened;
        self.found.push(told(alert, self.tick, kind, Some(episode)));
    }

    fn good(&mut self, alert: &mut Alert) {
        match &mut alert.phase {
            Phase::Ok => {}
            Phase::Pending { .. } | Phase::Closed => alert.enter(Phase::Ok, self.tick.at_ms),
            Phase::Firing(episode) => {
                match self.elapsed {
                    Some(elapsed) => {
                        episode.good = episode.good.saturating_add(1);
                        let was_good = alert.last == Last::Good;
                        let between = if was_good { elapsed } else { 0 };
                        episode.good_ms = episode.good_ms.saturating_add(between);
                    }
                    None => {
                        (episode.good, episode.good_ms) = (1, 0);
                        episode.away = self.away;
                    }
                }
                let patience = self.rule.patience;
                let is_over = episode.good >= patience.recover_count
                    && episode.good_ms >= millis(patience.keep_firing_for);
                if is_over {
                    self.found.extend(end(alert, self.tick, EndKind::Resolved));
                    alert.flapping.change(self.tick.at_ms);
                }
            }
        }
    }

    fn hold(&self, alert: &mut Alert) {
        match &mut alert.phase {
            Phase::Ok | Phase::Closed => {}
            Phase::Pending { bad, bad_ms } => {
                if self.elapsed.is_none() {
                    (*bad, *bad_ms) = (0, 0);
                }
            }
            Phase::Firing(episode) => episode.no_longer_good(),
        }
    }

    fn unknown(&mut self, alert: &mut Alert, reason: Reason) {
        let for_ms = alert.missing.map_or(0, |missing| missing.for_ms);
        match &mut alert.phase {
            Phase::Ok | Phase::Closed => {}
            Phase::Pending { .. } => {
                if for_ms > millis(self.rule.longest_gap()) {
                    alert.enter(Phase::Ok, self.tick.at_ms);
                }
            }
            Phase::Firing(episode) => {
                let is_lost = reason.is_loss() && for_ms >= millis(self.rule.no_data_after());
                if is_lost && !episode.data_loss_told {
                    episode.data_loss_told = true;
                    let kind = TransitionKind::DataLost { reason };
                    let episode = Some(episode.clone());
                    self.found.push(told(alert, self.tick, kind, episode));
                }
            }
        }
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
