//! A store for tests: keeps everything in memory, and is away when told.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::store::{Kind, Row, Run, SeriesStore, StoreError};
use crate::clock::{Minute, Resolution};

type Name = (Kind, Resolution, Minute, Run, Arc<str>);

#[derive(Default)]
pub(crate) struct MemoryStore(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    is_away: bool,
    rows: BTreeMap<Name, Row>,
}

impl MemoryStore {
    pub fn set_away(&self, is_away: bool) {
        self.with(|memory| memory.is_away = is_away);
    }

    /// All rows of a kind and resolution, by their starts.
    pub fn rows(&self, kind: Kind, resolution: Resolution) -> Vec<Row> {
        self.with(|memory| {
            let rows = memory.rows.values();
            let rows = rows.filter(|row| (row.kind, row.resolution) == (kind, resolution));
            rows.cloned().collect()
        })
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

impl Memory {
    fn range(
        &self,
        kind: Kind,
        resolution: Resolution,
        range: Range<Minute>,
    ) -> impl Iterator<Item = (&Name, &Row)> {
        let first = Run {
            instance: String::new(),
            number: i64::MIN,
        };
        let from = (kind, resolution, range.start, first, Arc::from(""));
        let rows = self.rows.range(from..);
        rows.take_while(move |(_, row)| {
            (row.kind, row.resolution) == (kind, resolution) && row.start < range.end
        })
    }
}

#[async_trait]
impl SeriesStore for MemoryStore {
    async fn write(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        self.if_there(|memory| {
            for row in rows {
                let (run, key) = (row.run.clone(), Arc::clone(&row.key));
                let name = (row.kind, row.resolution, row.start, run, key);
                let known = memory.rows.get(&name);
                if known.is_none_or(|known| row.replaces(known)) {
                    memory.rows.insert(name, row);
                }
            }
        })
    }

    async fn read(
        &self,
        kind: Kind,
        resolution: Resolution,
        range: Range<Minute>,
    ) -> Result<Vec<Row>, StoreError> {
        self.if_there(|memory| {
            let rows = memory.range(kind, resolution, range);
            rows.map(|(_, row)| row.clone()).collect()
        })
    }

    async fn trim(
        &self,
        kind: Kind,
        resolution: Resolution,
        before: Minute,
    ) -> Result<(), StoreError> {
        self.if_there(|memory| {
            let old = memory.range(kind, resolution, Minute::EARLIEST..before);
            let old: Vec<Name> = old.map(|(name, _)| name.clone()).collect();
            for name in old {
                memory.rows.remove(&name);
            }
        })
    }
}
