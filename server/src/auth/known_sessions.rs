//! What the desk knows by itself of sessions, for the time when the registry's database can't say.
//!
//! Every few seconds each replica reads from the registry which sessions stand, keeps them in memory,
//! and brings the desk's own store up to date. So a user who was deactivated or demoted, and a session
//! that was ended, however it was done, are known everywhere within seconds.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use ops::clock::Clock;

use super::token::{Access, Claims};
use crate::db::Db;
use crate::db::queries::{known_sessions, sessions};
use crate::db::time::naive;

pub struct KnownSessions {
    db: Db,
    ops: Db,
    clock: Arc<dyn Clock>,
    /// By id; `None` until the registry has told for the first time.
    held: Mutex<Option<HashMap<String, Held>>>,
}

struct Held {
    is_staff: bool,
    /// When the registry told of it.
    told_at: Instant,
}

/// What a session may while the registry can't be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The desk's own store says so.
    Known {
        is_staff: bool,
    },
    /// The store can't say either: as this process remembers it, or as the session says itself.
    Remembered {
        is_staff: bool,
    },
    Over,
}

impl KnownSessions {
    pub fn new(db: Db, ops: Db, clock: Arc<dyn Clock>) -> Self {
        Self {
            db,
            ops,
            clock,
            held: Mutex::default(),
        }
    }

    /// Of a session that has just begun.
    pub async fn admit(&self, id: &str, is_staff: bool) {
        let told_at = self.clock.monotonic();
        if let Some(held) = &mut *self.held() {
            held.insert(id.to_owned(), Held { is_staff, told_at });
        }
        // A store that is away hears of it in the next round.
        _ = known_sessions::admit(&self.ops, (id.to_owned(), is_staff)).await;
    }

    pub async fn judge(&self, claims: &Claims) -> Standing {
        let id = &claims.session_id;
        let here = {
            let held = self.held();
            held.as_ref()
                .map(|held| held.get(id).map(|known| known.is_staff))
        };
        let stored = known_sessions::find(&self.ops, id.clone()).await;
        // During an outage nobody is given more than they had: of two answers the lesser one counts.
        match (here, stored) {
            (Some(None), _) | (_, Ok(None)) => Standing::Over,
            (Some(Some(here)), Ok(Some(stored))) => Standing::Known {
                is_staff: here && stored,
            },
            (None, Ok(Some(is_staff))) => Standing::Known { is_staff },
            (Some(Some(is_staff)), Err(_)) => Standing::Remembered { is_staff },
            (None, Err(_)) => Standing::Remembered {
                is_staff: claims.access == Access::Staff,
            },
        }
    }

    /// Reads from the registry which sessions stand; false if it does not answer.
    pub async fn refresh(&self) -> bool {
        let began = self.clock.monotonic();
        // First what is stored: one that begins meanwhile is not taken for one that is gone.
        let stored = known_sessions::all(&self.ops).await;
        let now = naive(self.clock.now());
        let Ok(standing) = sessions::standing(&self.db, now).await else {
            return false;
        };
        self.hold(&standing, began);
        let Ok(stored) = stored else {
            return true;
        };
        let ids: HashSet<&String> = standing.iter().map(|(id, _)| id).collect();
        let gone: Vec<String> = stored
            .keys()
            .filter(|id| !ids.contains(id))
            .cloned()
            .collect();
        let changed: Vec<_> = standing
            .iter()
            .filter(|(id, is_staff)| stored.get(id) != Some(is_staff))
            .cloned()
            .collect();
        if !gone.is_empty() || !changed.is_empty() {
            // Tried again in the next round.
            _ = known_sessions::exchange(&self.ops, changed, gone).await;
        }
        true
    }

    fn hold(&self, standing: &[known_sessions::Known], began: Instant) {
        let told = standing.iter().map(|(id, is_staff)| {
            let held = Held {
                is_staff: *is_staff,
                told_at: began,
            };
            (id.clone(), held)
        });
        let mut held = self.held();
        let begun_since = held
            .take()
            .unwrap_or_default()
            .into_iter()
            .filter(|(_, known)| known.told_at >= began);
        *held = Some(begun_since.chain(told).collect());
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<HashMap<String, Held>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
