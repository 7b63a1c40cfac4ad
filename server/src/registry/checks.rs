//! Checks, off the threads that answer requests and under a budget.
//!
//! A check recurses as deep as its schema and its document together, so that it has a thread with a
//! stack of its own; and a thread can't be stopped, so that only a few run at once and what each may
//! do is bounded before it begins (`a2a::cost`). A request waits for a moment, not for the end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout;

pub use super::a2a::ExtensionSchema;
use super::a2a::{self, Compiled, Verdict};
use super::cards::Validity;
use super::schemas::SchemaInput;
use crate::db::queries::schemas;
use crate::db::{Db, DbError};
use crate::http::error::ApiError;

/// How many run at once.
const AT_ONCE: usize = 2;
/// How long a request waits for its turn, and then for the end.
const TURN_LIMIT: Duration = Duration::from_secs(2);
const END_LIMIT: Duration = Duration::from_secs(3);
/// Only pages that are used are there in memory.
const STACK_BYTES: usize = 64 * 1024 * 1024;
/// A smaller card without extensions of ours is checked at once: that takes less than a millisecond.
const MAX_BYTES_AT_ONCE: usize = 32 * 1024;
/// How many schemas of extensions are looked at for one card.
const MAX_SCHEMAS: usize = 32;
/// How many schemas are kept ready.
const MAX_READY: usize = 32;

const TOO_BUSY: &str = "not checked: too many other checks were running";
const TOO_SLOW: &str = "not checked: the check did not end in time";

pub struct Checks {
    turns: Arc<Semaphore>,
    ready: Arc<Ready>,
}

/// Who waits for a check.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// A client, not for long.
    Request,
    /// Nobody: what a check may do is bounded, so it ends.
    Background,
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            ready: Arc::default(),
        }
    }
}

impl Checks {
    /// Checks a card with the schemas that are registered now.
    ///
    /// # Errors
    /// If these can't be read.
    pub async fn card(
        &self,
        db: &Db,
        card: Arc<Value>,
        bytes: usize,
        patience: Patience,
    ) -> Result<Validity, DbError> {
        let uris = a2a::extension_uris(&card);
        // Few cards declare any, and then there is nothing to ask.
        let schemas = if uris.is_empty() {
            Vec::new()
        } else {
            schemas::of_extensions(db, uris, MAX_SCHEMAS as i64 + 1).await?
        };
        if schemas.is_empty() && bytes <= MAX_BYTES_AT_ONCE {
            return Ok(Validity::of(a2a::check(&card, &[])));
        }
        if schemas.len() > MAX_SCHEMAS {
            let reason = format!(
                "not checked: it declares more than {MAX_SCHEMAS} extensions that have a schema"
            );
            return Ok(Validity::of(Verdict::Unchecked(reason)));
        }
        let ready = Arc::clone(&self.ready);
        let check = move || {
            let schemas: Vec<ExtensionSchema> = schemas
                .into_iter()
                .map(|(uri, document)| (uri, ready.get(document.text())))
                .collect();
            Validity::of(a2a::check(&card, &schemas))
        };
        let checked = self.run(check, patience).await;
        Ok(checked.unwrap_or_else(|reason| Validity::of(Verdict::Unchecked(reason.to_owned()))))
    }

    /// Reads a schema from the text of a body.
    ///
    /// # Errors
    /// 400 with every complaint; 503 if it could not be looked at.
    pub async fn schema(&self, text: String) -> Result<SchemaInput, ApiError> {
        let parsed = self
            .run(move || SchemaInput::parse(&text), Patience::Request)
            .await;
        parsed.unwrap_or_else(|_| {
            Err(ApiError::unavailable(
                "The schema could not be checked in time. Try again in a few seconds.",
            ))
        })
    }

    async fn run<T: Send + 'static>(
        &self,
        check: impl FnOnce() -> T + Send + 'static,
        patience: Patience,
    ) -> Result<T, &'static str> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        let turn = match patience {
            Patience::Background => turn.await.ok(),
            Patience::Request => timeout(TURN_LIMIT, turn).await.ok().and_then(Result::ok),
        };
        let end = on_own_stack(check, Some(turn.ok_or(TOO_BUSY)?));
        match patience {
            Patience::Background => end.await.ok(),
            Patience::Request => timeout(END_LIMIT, end).await.ok().and_then(Result::ok),
        }
        .ok_or(TOO_SLOW)
    }
}

/// Runs a check on a thread with room for its recursion. The turn is over when the check is, whether
/// anybody still waits or not.
pub fn on_own_stack<T: Send + 'static>(
    check: impl FnOnce() -> T + Send + 'static,
    turn: Option<OwnedSemaphorePermit>,
) -> oneshot::Receiver<T> {
    let (done, end) = oneshot::channel();
    let started = thread::Builder::new()
        .name("check".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            // Who asked may have gone.
            _ = done.send(check());
            drop(turn);
        });
    if let Err(error) = started {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "no thread for a check"
        );
    }
    end
}

/// Schemas that are compiled already, by their text: each revision once, not once a card.
#[derive(Default)]
pub struct Ready {
    kept: Mutex<Kept>,
}

/// The schema, or why it does not compile.
type Outcome = Result<Arc<Compiled>, String>;

#[derive(Default)]
struct Kept {
    /// Each with the moment of its last use, counted in uses.
    schemas: HashMap<Arc<str>, (u64, Outcome)>,
    used: u64,
}

impl Ready {
    /// A registered document was compiled when it came in. One that was written past the service, or
    /// by one that took more, may be anything.
    pub fn get(&self, text: &str) -> Outcome {
        if let Some(known) = self.known(text) {
            return known;
        }
        let made = compiled(text);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.schemas.len() >= MAX_READY {
            let oldest = kept.schemas.iter().min_by_key(|(_, (used, _))| *used);
            if let Some(oldest) = oldest.map(|(text, _)| Arc::clone(text)) {
                kept.schemas.remove(&oldest);
            }
        }
        let used = kept.used;
        kept.schemas.insert(text.into(), (used, made.clone()));
        made
    }

    fn known(&self, text: &str) -> Option<Outcome> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.used += 1;
        let now = kept.used;
        let (used, schema) = kept.schemas.get_mut(text)?;
        *used = now;
        Some(schema.clone())
    }
}

fn compiled(text: &str) -> Result<Arc<Compiled>, String> {
    let document = serde_json::from_str(text).map_err(|_| "is not JSON".to_owned())?;
    a2a::compile(&document).map(Arc::new).map_err(|found| {
        let first = found.into_iter().next();
        first.map_or_else(String::new, |first| first.message)
    })
}
