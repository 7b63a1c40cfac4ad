//! Rules that wait for events. There is no good after an event: its alert ends when nothing more has
//! happened for a while. More than so many an hour are counted and become one alert, [`DIGEST`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::alert::{Alert, Alerts, Episode, Phase};
use super::step::{end, millis, told};
use super::tick::Tick;
use super::transition::{EndKind, Transition, TransitionKind};
use crate::alerts::evaluate::Measure;
use crate::alerts::expression::Unit;
use crate::alerts::rule::{EventTrigger, Rule, Scope};
use crate::alerts::snapshot::{Event, Snapshot};
use crate::alerts::subject::Subject;

/// The part that stands for all events beyond the most that are told one by one.
pub const DIGEST: &str = "more";

const HOUR_MS: u64 = 3_600_000;

/// Of one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventState {
    /// Events up to here are done. `None` before the first round: what was before is no news.
    cursor: Option<(i64, String)>,
    /// When alerts were opened, within the last hour.
    opened_ms: Vec<i64>,
    /// Events beyond the most, since when.
    held: Option<(u32, i64)>,
}

pub(super) struct Events<'e> {
    pub rule: &'e Rule,
    pub trigger: &'e EventTrigger,
    pub snapshot: &'e Snapshot,
    pub tick: &'e Tick,
}

impl Events<'_> {
    pub(super) fn run(
        &self,
        state: &mut EventState,
        alerts: &mut Alerts,
        next_id: &mut dyn FnMut() -> String,
    ) -> Vec<Transition> {
        if self.tick.has_jumped {
            return Vec::new();
        }
        let mut found = Vec::new();
        state
            .opened_ms
            .retain(|opened| self.tick.since_ms(*opened) < HOUR_MS);
        for event in self.new_events(state) {
            let subject = self.subject(&event.part);
            let alert = self.alert(alerts, subject);
            if let Phase::Firing(episode) = &mut alert.phase {
                episode.last_event_ms = Some(event.at_ms.min(self.tick.at_ms));
            } else if state.opened_ms.len() < self.trigger.max_per_hour as usize {
                state.opened_ms.push(self.tick.at_ms);
                found.push(self.open(alert, event.at_ms, None, next_id));
            } else {
                let (count, since) = state.held.unwrap_or((0, self.tick.at_ms));
                state.held = Some((count.saturating_add(1), since));
            }
        }
        found.extend(self.digest(state, alerts, next_id));
        found.extend(self.expire(alerts));
        found
    }

    fn subject(&self, part: &str) -> Subject {
        Subject {
            instance: match self.rule.scope {
                Scope::Instance => Some(self.snapshot.instance.clone()),
                Scope::Service => None,
            },
            part: Some(part.to_owned()),
        }
    }

    fn alert<'a>(&self, alerts: &'a mut Alerts, subject: Subject) -> &'a mut Alert {
        let key = (self.rule.name.clone(), subject.clone());
        alerts
            .entry(key)
            .or_insert_with(|| Alert::new(&self.rule.name, subject, self.tick.at_ms))
    }

    fn new_events(&self, state: &mut EventState) -> Vec<Event> {
        let events = self.snapshot.events.iter();
        let mut events: Vec<Event> = events
            .filter(|event| self.trigger.kinds.contains(&event.kind))
            .cloned()
            .collect();
        events.sort_by(|one, other| (one.at_ms, &one.part).cmp(&(other.at_ms, &other.part)));
        match &state.cursor {
            Some(cursor) => events.retain(|it| (it.at_ms, &it.part) > (cursor.0, &cursor.1)),
            None => {
                state.cursor = Some((self.tick.at_ms, String::new()));
                events.clear();
            }
        }
        if let Some(last) = events.last() {
            state.cursor = Some((last.at_ms, last.part.clone()));
        }
        events
    }

    fn open(
        &self,
        alert: &mut Alert,
        event_ms: i64,
        measure: Option<Measure>,
        next_id: &mut dyn FnMut() -> String,
    ) -> Transition {
        let event_ms = event_ms.min(self.tick.at_ms);
        let episode = Episode {
            id: next_id(),
            opened_ms: self.tick.at_ms,
            bad_since_ms: event_ms,
            severity: self.rule.severity,
            worst: self.rule.severity,
            peak: measure.map(|measure| measure.value),
            good: 0,
            good_ms: 0,
            away: None,
            data_loss_told: false,
            last_event_ms: Some(event_ms),
            ended_ms: None,
        };
        alert.measure = measure;
        alert.evaluated = Some(self.tick.evaluated());
        alert.troubled_ms = Some(self.tick.at_ms);
        alert.enter(Phase::Firing(episode.clone()), self.tick.at_ms);
        told(alert, self.tick, TransitionKind::Opened, Some(episode))
    }

    /// An hour after the first one that was held back, all of them are told as one.
    fn digest(
        &self,
        state: &mut EventState,
        alerts: &mut Alerts,
        next_id: &mut dyn FnMut() -> String,
    ) -> Option<Transition> {
        let (count, since_ms) = state.held?;
        if self.tick.since_ms(since_ms) < HOUR_MS {
            return None;
        }
        state.held = None;
        let measure = Measure {
            value: count.into(),
            threshold: None,
            unit: Unit::Count,
            samples: None,
            more_is_worse: true,
        };
        let alert = self.alert(alerts, self.subject(DIGEST));
        if let Phase::Firing(episode) = &mut alert.phase {
            episode.last_event_ms = Some(self.tick.at_ms);
            let told_before = episode.peak.unwrap_or(0.0);
            episode.peak = Some(told_before + measure.value);
            return None;
        }
        Some(self.open(alert, self.tick.at_ms, Some(measure), next_id))
    }

    fn expire(&self, alerts: &mut Alerts) -> Vec<Transition> {
        let quiet_for = millis(self.trigger.quiet_for);
        let mut found = Vec::new();
        let of_rule = alerts.values_mut().filter(|it| it.rule == self.rule.name);
        for alert in of_rule {
            alert.evaluated = Some(self.tick.evaluated());
            let last = alert.episode().and_then(|episode| episode.last_event_ms);
            if last.is_some_and(|last| self.tick.since_ms(last) >= quiet_for) {
                found.extend(end(alert, self.tick, EndKind::Expired));
            }
        }
        alerts.retain(|_, alert| alert.rule != self.rule.name || alert.episode().is_some());
        found
    }
}

/// Of all rules, by name.
pub(super) type EventStates = BTreeMap<String, EventState>;
