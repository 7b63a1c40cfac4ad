//! What happened to an instance, to be seen beside what the figures did.

use std::collections::VecDeque;
use std::time::SystemTime;

use crate::clock::{Minute, unix_millis};
use crate::store::Run;

/// How many wait for the store: a process that starts and stops has a handful.
const MAX_WAITING: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// The detail is the version.
    Start,
    /// A clean one: a process that is killed has none.
    Stop,
    /// Migrations were applied; the detail names them.
    Migration,
    /// A start of another version than the start before it had, of whichever instance; the detail is
    /// both.
    VersionChange,
}

impl EventKind {
    pub const ALL: [Self; 4] = [
        Self::Start,
        Self::Stop,
        Self::Migration,
        Self::VersionChange,
    ];

    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Migration => "migration",
            Self::VersionChange => "version_change",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub run: Run,
    /// Counts the events of a run: written twice, it is still one.
    pub number: u32,
    /// Milliseconds since the Unix epoch.
    pub at_ms: i64,
    pub kind: EventKind,
    pub detail: String,
}

/// This process's events until the store has them, and those that the store told of.
pub(super) struct Events {
    run: Run,
    next: u32,
    waiting: VecDeque<Event>,
    known: Vec<Event>,
    /// The store can say only when it is there whether the version is another one.
    is_start_compared: bool,
}

impl Events {
    pub fn new(run: Run, started_at: SystemTime, version: String) -> Self {
        let mut events = Self {
            run,
            next: 0,
            waiting: VecDeque::new(),
            known: Vec::new(),
            is_start_compared: false,
        };
        events.add(EventKind::Start, started_at, version);
        events
    }

    pub fn add(&mut self, kind: EventKind, at: SystemTime, detail: String) {
        self.waiting.push_back(Event {
            run: self.run.clone(),
            number: self.next,
            at_ms: unix_millis(at),
            kind,
            detail,
        });
        self.next = self.next.saturating_add(1);
        if self.waiting.len() > MAX_WAITING {
            self.waiting.pop_front();
        }
    }

    /// This process's start, if nobody has said yet what ran before it.
    pub fn uncompared_start(&self) -> Option<Event> {
        let mut waiting = self.waiting.iter();
        let start = waiting.find(|event| event.kind == EventKind::Start);
        start.filter(|_| !self.is_start_compared).cloned()
    }

    /// `before` is the last start before `start`.
    pub fn compare(&mut self, start: &Event, before: Option<&Event>) {
        self.is_start_compared = true;
        let other = before.filter(|before| before.detail != start.detail);
        if let Some(before) = other {
            let detail = format!("{} → {}", before.detail, start.detail);
            let at = crate::clock::from_unix_millis(start.at_ms);
            self.add(EventKind::VersionChange, at, detail);
        }
    }

    pub fn waiting(&self) -> Vec<Event> {
        self.waiting.iter().cloned().collect()
    }

    pub fn stored(&mut self, events: &[Event]) {
        let is_stored = |event: &Event| events.iter().any(|stored| stored.number == event.number);
        let waiting = std::mem::take(&mut self.waiting);
        let (stored, waiting) = waiting.into_iter().partition::<Vec<_>, _>(is_stored);
        self.known.extend(stored);
        self.waiting = waiting.into();
    }

    pub fn replace(&mut self, known: Vec<Event>) {
        self.known = known;
    }

    /// Some of them, maybe anew.
    pub fn update(&mut self, found: Vec<Event>) {
        for event in found {
            let is_it = |known: &Event| (&known.run, known.number) == (&event.run, event.number);
            if !self.known.iter().any(is_it) {
                self.known.push(event);
            }
        }
    }

    /// Oldest first.
    pub fn since(&self, from: Minute) -> Vec<Event> {
        let from = unix_millis(from.start());
        let all = self.known.iter().chain(&self.waiting);
        let mut found: Vec<Event> = all.filter(|event| event.at_ms >= from).cloned().collect();
        // Of one moment: as they were told, so that a version follows its start.
        found.sort_by(|a, b| {
            let order = |event: &Event| (event.at_ms, event.run.number, event.number);
            order(a)
                .cmp(&order(b))
                .then_with(|| a.run.instance.cmp(&b.run.instance))
        });
        // Told by the store, and not yet known to be stored.
        found.dedup_by(|a, b| (&a.run, a.number) == (&b.run, b.number));
        found
    }
}
