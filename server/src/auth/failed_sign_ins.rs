//! What is said of sign-ins that fail: an entry in the audit for a name and an address that begin to
//! fail, and a WARNING and another entry when they are throttled; each once a window, and no more of
//! all together than a table can bear.
//!
//! A name that nobody has may well be a password in the wrong field: of it only the beginning is
//! told, and a hash that shows when it is the same again.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::audit_trail::AuditTrail;
use super::budget::Budget;
use super::throttle::{Network, Pair, Throttle, WINDOW};
use super::username::ANONYMOUS;
use crate::db::queries::audit::Trace;

const MAX_TOLD: usize = 10_000;
/// Of each kind: a good many at once, and at most 1 440 a day.
const BURST: u32 = 30;
const EVERY: Duration = Duration::from_secs(60);
/// Of a name that nobody has, this many characters are told at most.
const MAX_HINT_CHARS: usize = 3;

pub struct FailedSignIns {
    told: Mutex<HashMap<Subject, Instant>>,
    failed: Budget,
    throttled: Budget,
    trail: AuditTrail,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Subject {
    Fails(Pair),
    Throttled(Pair),
    /// With whatever names.
    NetworkThrottled(Network),
}

/// An attempt to sign in, as far as it is told.
pub struct Attempted<'a> {
    pub pair: Pair,
    /// As it was typed.
    pub name: &'a str,
    pub ip: Option<IpAddr>,
    pub trace: &'a Trace,
    pub now: Instant,
}

impl FailedSignIns {
    pub fn new(trail: AuditTrail) -> Self {
        Self {
            told: Mutex::default(),
            failed: Budget::new(BURST, EVERY),
            throttled: Budget::new(BURST, EVERY),
            trail,
        }
    }

    /// Name or password were wrong. `is_known`: somebody has that name.
    pub fn failed(&self, attempted: &Attempted, is_known: bool) {
        if !self.is_new(Subject::Fails(attempted.pair), attempted.now) {
            return;
        }
        let Some(held_back) = self.failed.take(attempted.now) else {
            return;
        };
        let name = if is_known {
            attempted.name.to_owned()
        } else {
            hint(attempted)
        };
        self.record(attempted, "sign_in_failed", name, and_more(held_back));
    }

    /// Refused unheard, because too many have failed.
    pub fn throttled(&self, attempted: &Attempted, throttle: &Throttle) {
        let (of_pair, of_network) = throttle.failures(&attempted.pair, attempted.ip, attempted.now);
        let narrow = Subject::Throttled(attempted.pair);
        let wide = Subject::NetworkThrottled(attempted.pair.network());
        let is_narrow = of_pair >= Throttle::MAX_FAILURES_OF_PAIR;
        let subject = if is_narrow { narrow } else { wide };
        if !self.is_new(subject, attempted.now) {
            return;
        }
        let Some(held_back) = self.throttled.take(attempted.now) else {
            return;
        };
        let failures = if is_narrow { of_pair } else { of_network };
        let name = if is_narrow {
            hint(attempted)
        } else {
            "any name".to_owned()
        };
        tracing::warn!(
            name,
            ip = attempted.ip.map(tracing::field::display),
            failures,
            window_seconds = WINDOW.as_secs(),
            held_back,
            "sign-ins are refused for a while: too many have failed"
        );
        let mut detail = format!("{failures} failures in {} s", WINDOW.as_secs());
        let more = and_more(held_back);
        if !more.is_empty() {
            detail = format!("{detail}; {more}");
        }
        self.record(attempted, "sign_in_throttled", name, detail);
    }

    fn record(&self, attempted: &Attempted, action: &'static str, name: String, detail: String) {
        let trace = Trace {
            actor: ANONYMOUS.to_owned(),
            ..attempted.trace.clone()
        };
        self.trail
            .enqueue(trace.entry(action, "user", name, detail));
    }

    /// Whether the window has not heard of it yet.
    fn is_new(&self, subject: Subject, now: Instant) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.get(&subject).is_some_and(|&until| until > now) {
            return false;
        }
        if told.len() >= MAX_TOLD {
            told.retain(|_, &mut until| until > now);
        }
        // Full of others: the budget alone has to do.
        if told.len() < MAX_TOLD {
            told.insert(subject, now + WINDOW);
        }
        true
    }
}

fn and_more(held_back: u64) -> String {
    match held_back {
        0 => String::new(),
        _ => format!("{held_back} others before it are not listed"),
    }
}

/// At most half of the name, and its hash.
fn hint(attempted: &Attempted) -> String {
    let printable = attempted
        .name
        .chars()
        .filter(|character| !character.is_control() && !character.is_whitespace());
    let shown = (attempted.name.chars().take(2 * MAX_HINT_CHARS).count() / 2).min(MAX_HINT_CHARS);
    let beginning: String = printable.take(shown).collect();
    format!("{beginning}…#{}", attempted.pair.name_hash())
}
