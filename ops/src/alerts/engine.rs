//! [`turn`]: one turn of the whole engine, in the one order that is right.

use std::time::Duration;

use super::incident::{
    Incident, Intent, Recipient, Telling, close_alerts, expire_events, take_in, tell,
};
use super::lifecycle::{EngineState, Tick, Transition, forget_instance as forget, round};
use super::rule::Rule;
use super::settings::Notify;
use super::snapshot::Snapshot;
use super::suppress::{Gate, MaintenanceWindow, Muted, Quiet, Silence};

/// All that is kept from one turn to the next, and over a restart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    pub engine: EngineState,
    pub silences: Vec<Silence>,
    pub quiet: Option<Quiet>,
    /// Those that are not settled, in the order in which they were opened.
    pub incidents: Vec<Incident>,
}

/// What the file and the environment say.
#[derive(Clone, Copy)]
pub struct Setup<'s> {
    pub rules: &'s [Rule],
    pub notify: &'s Notify,
    pub maintenance: &'s [MaintenanceWindow],
    pub recipients: &'s [Recipient],
}

/// What came of a turn. All of it and the state are to be written in one transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    pub transitions: Vec<Transition>,
    pub intents: Vec<Intent>,
    /// Incidents that are over for good and were taken out of the state.
    pub settled: Vec<Incident>,
    /// Silences that ended by themselves and had kept something from being told: who made one should
    /// know.
    pub silences_over: Vec<Silence>,
}

/// Evaluates the rules that are `due` and says what has changed and who is to be told. `next_id` makes
/// ids for episodes and incidents.
pub fn turn(
    state: &mut State,
    setup: Setup<'_>,
    due: impl Fn(&Rule) -> bool,
    snapshot: &Snapshot,
    tick: &Tick,
    next_id: &mut dyn FnMut() -> String,
) -> Turn {
    let flap = setup.notify.flap;
    let engine = &mut state.engine;
    let mut transitions = round(engine, setup.rules, due, snapshot, tick, flap, next_id);
    let silences_over = settle_silences(state, tick.at_ms);
    take_in_all(state, setup, &transitions, tick, next_id);
    let alerts = &mut state.engine.alerts;
    let expired = expire_events(&state.incidents, &transitions, alerts, tick);
    let incidents = take_in_all(state, setup, &expired, tick, next_id);
    transitions.extend(expired);
    // While nobody knows what time it is, nothing is due.
    let intents = if tick.has_jumped {
        Vec::new()
    } else {
        let telling = Telling {
            rules: setup.rules,
            recipients: setup.recipients,
            notify: setup.notify,
            at_ms: tick.at_ms,
        };
        tell(incidents, telling)
    };
    let incidents = std::mem::take(incidents).into_iter();
    let (settled, kept) = incidents.partition(|incident| incident.is_settled(tick.at_ms));
    state.incidents = kept;
    Turn {
        transitions,
        intents,
        settled,
        silences_over,
    }
}

/// A person closes an incident. What came of it is to be written as a turn is; it is told in the next
/// one.
pub fn close_incident(
    state: &mut State,
    setup: Setup<'_>,
    id: &str,
    tick: &Tick,
) -> Vec<Transition> {
    let Some(incident) = state.incidents.iter().find(|it| it.id == id) else {
        return Vec::new();
    };
    let transitions = close_alerts(incident, &mut state.engine.alerts, tick);
    // No episode is opened, so that no id is needed.
    take_in_all(state, setup, &transitions, tick, &mut String::new);
    transitions
}

/// An instance will not come back: its episodes end, and are told as ended in the next turn.
pub fn forget_instance(
    state: &mut State,
    setup: Setup<'_>,
    instance: &str,
    tick: &Tick,
) -> Vec<Transition> {
    let transitions = forget(&mut state.engine, instance, tick);
    take_in_all(state, setup, &transitions, tick, &mut String::new);
    transitions
}

fn take_in_all<'s>(
    state: &'s mut State,
    setup: Setup<'_>,
    transitions: &[Transition],
    tick: &Tick,
    next_id: &mut dyn FnMut() -> String,
) -> &'s mut Vec<Incident> {
    let muted = Muted {
        maintenance: setup.maintenance,
        quiet: state.quiet.as_ref(),
        silences: &state.silences,
    };
    let gate = Gate::new(setup.rules, &state.engine.alerts, muted, tick.at_ms);
    let group_by = &setup.notify.group_by;
    let incidents = &mut state.incidents;
    take_in(incidents, transitions, &gate, group_by, tick.at_ms, next_id);
    incidents
}

fn settle_silences(state: &mut State, at_ms: i64) -> Vec<Silence> {
    let alerts = state.engine.alerts.values();
    let firing: Vec<_> = alerts
        .filter_map(|alert| Some((alert.rule.as_str(), &alert.subject, alert.episode()?.worst)))
        .collect();
    let mut over = Vec::new();
    for silence in &mut state.silences {
        let has_ended = silence.settle(firing.iter().copied(), at_ms);
        if has_ended && silence.matched_ms.is_some() {
            over.push(silence.clone());
        }
    }
    // Ended ones are shown for a day.
    let day = i64::try_from(Duration::from_secs(86_400).as_millis()).unwrap_or(i64::MAX);
    state.silences.retain(|silence| {
        let ended = silence.ended_ms.map(|ended| at_ms.saturating_sub(ended));
        ended.is_none_or(|since| since < day)
    });
    over
}
