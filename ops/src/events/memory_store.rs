//! A store of events for tests: keeps everything in memory, and is away when told.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::event::{Event, EventKind, EventStore};
use crate::series::{Run, StoreError};

#[derive(Default)]
pub(crate) struct MemoryEvents(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    is_away: bool,
    events: BTreeMap<(i64, Run, u32), Event>,
}

impl MemoryEvents {
    pub fn set_away(&self, is_away: bool) {
        self.with(|memory| memory.is_away = is_away);
    }

    /// All of them, oldest first.
    pub fn all(&self) -> Vec<Event> {
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
impl EventStore for MemoryEvents {
    async fn write(&self, events: Vec<Event>) -> Result<(), StoreError> {
        self.if_there(|memory| {
            for event in events {
                let key = (event.at_ms, event.run.clone(), event.number);
                memory.events.entry(key).or_insert(event);
            }
        })
    }

    async fn since(&self, from_ms: i64) -> Result<Vec<Event>, StoreError> {
        self.if_there(|memory| {
            let events = memory.events.values();
            let events = events.filter(|event| event.at_ms >= from_ms);
            events.cloned().collect()
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

    async fn trim(&self, before_ms: i64) -> Result<(), StoreError> {
        self.if_there(|memory| memory.events.retain(|_, event| event.at_ms >= before_ms))
    }
}
