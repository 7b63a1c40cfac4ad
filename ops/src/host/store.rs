//! What is asked of persistence for host samples and events, and a [`MemoryHostStore`] for tests.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::event::{Event, EventKind};
use super::rows::HostRow;
use crate::clock::{Minute, Span};
use crate::store::{Run, StoreError};

#[async_trait]
pub trait HostStore: Send + Sync {
    /// Writes all of it or nothing. A row takes the place of one of the same span, start and run unless
    /// that knows more; an event that is there already stays.
    async fn write(&self, rows: Vec<HostRow>, events: Vec<Event>) -> Result<(), StoreError>;

    /// Rows that start at `from` or later, in any order.
    async fn rows_since(&self, span: Span, from: Minute) -> Result<Vec<HostRow>, StoreError>;

    /// From `from_ms` on, at least the newest thousand, in any order.
    async fn events_since(&self, from_ms: i64) -> Result<Vec<Event>, StoreError>;

    /// The last start before this one, of any other run.
    async fn start_before(&self, start: &Event) -> Result<Option<Event>, StoreError>;

    /// Deletes a small part of what starts before `oldest`, the oldest first.
    async fn trim(&self, span: Span, oldest: Minute) -> Result<(), StoreError>;

    /// Likewise of events before `oldest_ms`.
    async fn trim_events(&self, oldest_ms: i64) -> Result<(), StoreError>;
}

/// Keeps everything in memory, and is away when told.
#[derive(Default)]
pub struct MemoryHostStore(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    is_away: bool,
    rows: BTreeMap<(Span, Minute, Run), HostRow>,
    events: BTreeMap<(i64, Run, u32), Event>,
}

impl MemoryHostStore {
    pub fn set_away(&self, is_away: bool) {
        self.with(|memory| memory.is_away = is_away);
    }

    /// All rows of a kind of span, by their starts.
    pub fn rows(&self, span: Span) -> Vec<HostRow> {
        self.with(|memory| {
            let rows = memory.rows.values().filter(|row| row.span == span);
            rows.cloned().collect()
        })
    }

    /// All of them, oldest first.
    pub fn events(&self) -> Vec<Event> {
        self.with(|memory| memory.events.values().cloned().collect())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Memory) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn if_there<T>(&self, act: impl FnOnce(&mut Memory) -> T) -> Result<T, StoreError> {
        self.with(|memory| {
            if memory.is_away {
                Err(StoreError::Failed("away".into()))
            } else {
                Ok(act(memory))
            }
        })
    }
}

#[async_trait]
impl HostStore for MemoryHostStore {
    async fn write(&self, rows: Vec<HostRow>, events: Vec<Event>) -> Result<(), StoreError> {
        self.if_there(|memory| {
            for row in rows {
                let key = (row.span, row.start, row.run.clone());
                let known = memory.rows.get(&key);
                if known.is_none_or(|known| row.replaces(known)) {
                    memory.rows.insert(key, row);
                }
            }
            for event in events {
                let key = (event.at_ms, event.run.clone(), event.number);
                memory.events.entry(key).or_insert(event);
            }
        })
    }

    async fn rows_since(&self, span: Span, from: Minute) -> Result<Vec<HostRow>, StoreError> {
        self.if_there(|memory| {
            let rows = memory.rows.values();
            let rows = rows.filter(|row| row.span == span && row.start >= from);
            rows.cloned().collect()
        })
    }

    async fn events_since(&self, from_ms: i64) -> Result<Vec<Event>, StoreError> {
        self.if_there(|memory| {
            let events = memory.events.values();
            events
                .filter(|event| event.at_ms >= from_ms)
                .cloned()
                .collect()
        })
    }

    async fn start_before(&self, start: &Event) -> Result<Option<Event>, StoreError> {
        self.if_there(|memory| {
            let starts = memory.events.values().rev();
            let mut starts = starts.filter(|event| event.kind == EventKind::Start);
            let before = |event: &&Event| event.at_ms <= start.at_ms && event.run != start.run;
            starts.find(before).cloned()
        })
    }

    async fn trim(&self, span: Span, oldest: Minute) -> Result<(), StoreError> {
        self.if_there(|memory| {
            let is_old = |row: &HostRow| row.span == span && row.start < oldest;
            memory.rows.retain(|_, row| !is_old(row));
        })
    }

    async fn trim_events(&self, oldest_ms: i64) -> Result<(), StoreError> {
        self.if_there(|memory| memory.events.retain(|_, event| event.at_ms >= oldest_ms))
    }
}
