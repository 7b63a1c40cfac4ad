//! [`take_in`]: what happened to alerts, as incidents.

use std::collections::BTreeMap;

use super::group;
use super::record::{Ended, Incident, Member};
use crate::alerts::lifecycle::{
    Alert, Alerts, EndKind, Episode, Tick, Transition, TransitionKind, close, expire,
};
use crate::alerts::settings::GroupBy;
use crate::alerts::subject::Subject;
use crate::alerts::suppress::{Gate, Suppression};

/// Adds transitions in their order to the incidents that are not settled, and asks the gate anew of
/// all of them. `next_id` makes an id for a new incident.
pub fn take_in(
    incidents: &mut Vec<Incident>,
    transitions: &[Transition],
    gate: &Gate<'_>,
    group_by: &[GroupBy],
    at_ms: i64,
    next_id: &mut dyn FnMut() -> String,
) {
    for transition in transitions {
        let episode = transition.episode.as_ref();
        match (&transition.kind, episode) {
            (TransitionKind::Opened, Some(episode)) => {
                open(incidents, transition, episode, gate, group_by, next_id);
            }
            (TransitionKind::LevelUp { .. }, Some(episode)) => {
                if let Some((incident, at)) = latest(incidents, transition) {
                    incident.severity = incident.severity.max(episode.worst);
                    if let Some(member) = incident.members.get_mut(at) {
                        member.severity = episode.worst;
                        member.peak = episode.peak;
                    }
                }
            }
            (TransitionKind::DataLost { reason }, _) => {
                with_member(incidents, transition, |it| it.data_lost = Some(*reason));
            }
            (TransitionKind::Ended { end }, Some(episode)) => {
                finish(incidents, transition, episode, *end, gate);
            }
            // The alert itself says whether it is flapping; an episode goes with all others.
            (TransitionKind::FlappingStarted { .. } | TransitionKind::FlappingEnded, _)
            | (_, None) => {}
        }
    }
    for incident in incidents.iter_mut().filter(|it| !it.is_settled(at_ms)) {
        for member in &mut incident.members {
            refresh(member, gate);
        }
        end_strays(incident, gate, at_ms);
        // A clock that was set back must not keep it from being settled.
        incident.closed_ms = incident.closed_ms.map(|closed| closed.min(at_ms));
        choose_headline(incident);
    }
}

fn refresh(member: &mut Member, gate: &Gate<'_>) {
    let suppression = gate.asks(&member.rule, &member.subject, member.severity);
    // That a rule was switched off is the very end that is to be told.
    let is_end = member.ended.is_some() && suppression == Some(Suppression::Disabled);
    member.suppressed_by = suppression.filter(|_| !is_end);
    member.is_muted = gate.is_muted(&member.rule, &member.subject, member.severity);
    let alert = gate.alert(&member.rule, &member.subject);
    member.is_flapping = alert.is_some_and(|alert| alert.flapping.is_flapping);
    if let Some(alert) = alert.filter(|_| member.ended.is_none()) {
        member.measure = alert.measure;
        member.peak = alert.episode().and_then(|episode| episode.peak);
    }
}

fn latest<'i>(
    incidents: &'i mut [Incident],
    transition: &Transition,
) -> Option<(&'i mut Incident, usize)> {
    incidents.iter_mut().rev().find_map(|incident| {
        let mut members = incident.members.iter();
        let at = members.position(|it| it.is(&transition.rule, &transition.subject))?;
        Some((incident, at))
    })
}

fn with_member(
    incidents: &mut [Incident],
    transition: &Transition,
    change: impl FnOnce(&mut Member),
) {
    if let Some((incident, at)) = latest(incidents, transition)
        && let Some(member) = incident.members.get_mut(at)
    {
        change(member);
    }
}

fn open(
    incidents: &mut Vec<Incident>,
    transition: &Transition,
    episode: &Episode,
    gate: &Gate<'_>,
    group_by: &[GroupBy],
    next_id: &mut dyn FnMut() -> String,
) {
    let suppressed_by = gate.asks(&transition.rule, &transition.subject, episode.worst);
    let group = group::key(group_by, transition, episode);
    let at = fitting(incidents, transition, suppressed_by.as_ref(), &group);
    let member = Member {
        rule: transition.rule.clone(),
        subject: transition.subject.clone(),
        episode: episode.id.clone(),
        since_ms: episode.bad_since_ms,
        severity: episode.worst,
        peak: episode.peak,
        measure: None,
        ended: None,
        away: None,
        data_lost: None,
        is_flapping: false,
        opened_while: suppressed_by.clone(),
        suppressed_by,
        is_muted: false,
        ended_while: None,
    };
    let Some(incident) = at.and_then(|at| incidents.get_mut(at)) else {
        incidents.push(Incident {
            id: next_id(),
            group,
            opened_ms: transition.at_ms,
            closed_ms: None,
            severity: episode.worst,
            members: vec![member],
            headline: 0,
            acknowledged: None,
            told: BTreeMap::new(),
        });
        return;
    };
    if incident.closed_ms.take().is_some() {
        // Who took it then has not taken it now, and what comes back may be less than what was.
        incident.acknowledged = None;
        incident.severity = episode.worst;
    }
    incident.severity = incident.severity.max(episode.worst);
    let mut members = incident.members.iter_mut();
    match members.find(|it| it.is(&member.rule, &member.subject)) {
        Some(known) => *known = member,
        None => incident.members.push(member),
    }
}

/// The incident that an alert which begins belongs to: that of its cause, else one of its group that is
/// open or may be opened again.
fn fitting(
    incidents: &[Incident],
    transition: &Transition,
    suppressed_by: Option<&Suppression>,
    group: &str,
) -> Option<usize> {
    let of_cause = match suppressed_by {
        Some(Suppression::Dependency { rule }) => of_rule(incidents, rule, &transition.subject),
        _ => None,
    };
    let of_group = || {
        incidents
            .iter()
            .rposition(|it| it.is_open() && it.group == group)
    };
    of_cause.or_else(of_group).or_else(|| {
        let is_recent = |it: &Incident| it.group == group && !it.is_settled(transition.at_ms);
        incidents.iter().rposition(is_recent)
    })
}

/// The open incident of a rule's alert that may be the cause of trouble with `subject`.
fn of_rule(incidents: &[Incident], rule: &str, subject: &Subject) -> Option<usize> {
    incidents.iter().rposition(|incident| {
        let mut members = incident.members.iter();
        let is_cause = |it: &Member| it.rule == rule && it.subject.is_related_to(subject);
        incident.is_open() && members.any(is_cause)
    })
}

fn finish(
    incidents: &mut [Incident],
    transition: &Transition,
    episode: &Episode,
    end: EndKind,
    gate: &Gate<'_>,
) {
    let Some((incident, at)) = latest(incidents, transition) else {
        return;
    };
    if let Some(member) = incident.members.get_mut(at) {
        member.ended = Some(Ended {
            at_ms: transition.at_ms,
            end,
        });
        member.peak = episode.peak;
        member.away = episode.away;
        // A silence "until it ends" has just ended with it.
        let now = gate.asks(&member.rule, &member.subject, member.severity);
        member.ended_while = now.or_else(|| member.suppressed_by.take());
    }
    close_if_over(incident, transition.at_ms);
}

/// Two that could not see each other have opened an incident each, and of what was one alert all the time
/// only one state is kept: where that is good, the other incident is over as well.
fn end_strays(incident: &mut Incident, gate: &Gate<'_>, at_ms: i64) {
    if !incident.is_open() {
        return;
    }
    for member in &mut incident.members {
        let alert = gate.alert(&member.rule, &member.subject);
        if member.ended.is_none() && alert.is_some_and(Alert::is_known_good) {
            let end = EndKind::Resolved;
            member.ended = Some(Ended { at_ms, end });
            member.ended_while = member.suppressed_by.clone();
        }
    }
    close_if_over(incident, at_ms);
}

fn close_if_over(incident: &mut Incident, at_ms: i64) {
    if incident.members.iter().all(|member| member.ended.is_some()) {
        incident.closed_ms = Some(at_ms);
    }
}

/// The most severe that is no consequence, of these the first, over or not: what is left at the end is not
/// what it was about. It does not change once it is told; what opens it again is told anew.
fn choose_headline(incident: &mut Incident) {
    let was_told = incident.told.values().any(|told| told.count > 0);
    let is_told = incident.told.values().any(|told| told.is_open);
    if was_told && (is_told || !incident.is_open()) {
        return;
    }
    let is_back = |member: &Member| was_told && member.ended.is_none();
    let rank = |member: &Member| (is_back(member), !member.follows(), member.severity);
    let members = incident.members.iter().enumerate().rev();
    let best = members.max_by_key(|(_, member)| rank(member));
    incident.headline = best.map_or(0, |(at, _)| at);
}

/// There is no good after an event, and so nothing to wait for: it ends with the last alert of its
/// incident that can become good, among `transitions`.
pub fn expire_events(
    incidents: &[Incident],
    transitions: &[Transition],
    alerts: &mut Alerts,
    tick: &Tick,
) -> Vec<Transition> {
    let mut expired = Vec::new();
    for incident in incidents.iter().filter(|it| it.is_open()) {
        let has_resolved = transitions.iter().any(|it| {
            let end = EndKind::Resolved;
            it.kind == TransitionKind::Ended { end }
                && incident.member(&it.rule, &it.subject).is_some()
        });
        let open = incident.members.iter().filter(|it| it.ended.is_none());
        let open: Vec<_> = open
            .map(|it| (it.rule.clone(), it.subject.clone()))
            .collect();
        let is_event = |key| alerts.get(key).is_some_and(Alert::waits_for_events);
        if has_resolved && open.iter().all(is_event) {
            expired.extend(open);
        }
    }
    let mut ends = Vec::new();
    for key in expired {
        let ended = alerts.remove(&key);
        ends.extend(ended.and_then(|mut alert| expire(&mut alert, tick)));
    }
    ends
}

/// A person closes an incident: all of its alerts, which stay closed until they were good once.
pub fn close_alerts(incident: &Incident, alerts: &mut Alerts, tick: &Tick) -> Vec<Transition> {
    let open = incident.members.iter().filter(|it| it.ended.is_none());
    open.filter_map(|member| {
        let key = (member.rule.clone(), member.subject.clone());
        close(alerts.get_mut(&key)?, tick)
    })
    .collect()
}
