//! States, told by colour, symbol and word at once.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::dto::{CheckStatus, Severity, VerdictState};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Ok,
    Warning,
    Error,
    /// Nobody has said anything about it for too long.
    Unknown,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Ok, Self::Warning, Self::Error, Self::Unknown];

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Unknown => "unknown",
        }
    }

    pub fn symbol(self) -> &'static str {
        match self {
            Self::Ok => "✓",
            Self::Warning => "!",
            Self::Error => "✕",
            Self::Unknown => "?",
        }
    }
}

impl From<CheckStatus> for State {
    fn from(status: CheckStatus) -> Self {
        match status {
            CheckStatus::Ok => Self::Ok,
            CheckStatus::Warning => Self::Warning,
            CheckStatus::Error => Self::Error,
        }
    }
}

impl From<Severity> for State {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info | Severity::Warning => Self::Warning,
            Severity::Critical => Self::Error,
        }
    }
}

impl From<VerdictState> for State {
    fn from(state: VerdictState) -> Self {
        match state {
            VerdictState::Ok => Self::Ok,
            VerdictState::Warning => Self::Warning,
            VerdictState::Failing | VerdictState::NotReady => Self::Error,
        }
    }
}

pub fn badge(state: State, text: impl IntoView) -> impl IntoView {
    view! {
        <span class="badge" data-state=state.name()>
            {symbol(state)}
            <span>{text}</span>
        </span>
    }
}

/// Beside a word that says the same, so hidden from screen readers.
pub fn symbol(state: State) -> impl IntoView {
    view! {
        <span class="symbol" data-state=state.name() aria-hidden="true">
            {state.symbol()}
        </span>
    }
}
