//! [`State`] as documents: what a store keeps, one small text for each thing that can change by itself.
//!
//! A store writes what differs between [`documents`] before and after, so that a round that changed one
//! alert writes one row.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::engine::State;
use super::incident::Incident;
use super::lifecycle::Alert;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// By rule, instance and part.
    Alert,
    /// What a rule that waits for events has seen, by the rule's name.
    Events,
    Silence,
    /// One at most.
    Quiet,
    /// That is not settled, by its id.
    Incident,
}

impl DocumentKind {
    pub const ALL: [Self; 5] = [
        Self::Alert,
        Self::Events,
        Self::Silence,
        Self::Quiet,
        Self::Incident,
    ];

    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Events => "events",
            Self::Silence => "silence",
            Self::Quiet => "quiet",
            Self::Incident => "incident",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// JSON by kind and key.
pub type Documents = BTreeMap<(DocumentKind, String), String>;

pub fn documents(state: &State) -> Documents {
    let mut found = Documents::new();
    let mut add = |kind, key: String, json: String| {
        found.insert((kind, key), json);
    };
    for alert in state.engine.alerts.values() {
        add(DocumentKind::Alert, alert_key(alert), json(alert));
    }
    for (rule, events) in &state.engine.events {
        add(DocumentKind::Events, rule.clone(), json(events));
    }
    for silence in &state.silences {
        add(DocumentKind::Silence, silence.id.clone(), json(silence));
    }
    if let Some(quiet) = &state.quiet {
        add(DocumentKind::Quiet, "quiet".to_owned(), json(quiet));
    }
    for incident in &state.incidents {
        add(DocumentKind::Incident, incident.id.clone(), json(incident));
    }
    found
}

/// What can't be read is left out, and named: a later version may have written it.
pub fn state(documents: &Documents) -> (State, Vec<String>) {
    let mut state = State::default();
    let mut unread = Vec::new();
    for ((kind, key), text) in documents {
        let is_read = match kind {
            DocumentKind::Alert => read::<Alert>(text).map(|alert| {
                let key = (alert.rule.clone(), alert.subject.clone());
                state.engine.alerts.insert(key, alert);
            }),
            DocumentKind::Events => read(text).map(|events| {
                state.engine.events.insert(key.clone(), events);
            }),
            DocumentKind::Silence => read(text).map(|silence| state.silences.push(silence)),
            DocumentKind::Quiet => read(text).map(|quiet| state.quiet = Some(quiet)),
            DocumentKind::Incident => read(text).map(|incident| state.incidents.push(incident)),
        };
        if is_read.is_none() {
            unread.push(format!("{} {key}", kind.name()));
        }
    }
    let order = |incident: &Incident| (incident.opened_ms, incident.id.clone());
    state.incidents.sort_by_key(order);
    (state, unread)
}

/// A part may hold anything: it stands last, and nothing has to be taken apart again.
fn alert_key(alert: &Alert) -> String {
    let subject = &alert.subject;
    let instance = subject.instance.as_deref().unwrap_or_default();
    let part = subject.part.as_deref().unwrap_or_default();
    format!("{}\u{1f}{instance}\u{1f}{part}", alert.rule)
}

/// All keys are texts, all numbers finite or `null`: nothing of it fails.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}
