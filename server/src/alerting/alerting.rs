//! [`Alerting`]: what the evaluator, the sender, people and pages share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use app::dto;
use ops::alerts::incident::{Entry, Recipient};
use ops::alerts::lifecycle::Tick;
use ops::alerts::{self, State};
use ops::clock::{Clock, unix_millis};
use tokio::sync::Notify;
use uuid::Uuid;

use super::book::Book;
use super::channels::Courier;
use super::outbox::ChannelState;
use super::setup::Setup;
use super::spool::Spool;
use crate::db::queries::alerts::EntryRow;
use crate::db::queries::notices::NoticeRow;
use crate::ops_store::OpsStore;

pub struct Alerting {
    /// Which replica this is.
    pub instance: String,
    /// Milliseconds since the Unix epoch at which this process started.
    pub run: i64,
    pub clock: Arc<dyn Clock>,
    pub store: Arc<OpsStore>,
    pub courier: Courier,
    /// Nobody else can share the store.
    pub is_alone: bool,
    /// The names of those that readiness checks.
    pub dependencies: Vec<String>,
    /// The logs and the data lie on one file system.
    pub is_one_disk: bool,
    /// Where notices are written while the store is away.
    pub spool: Arc<Spool>,
    /// Something may be due to be sent.
    pub to_send: Notify,
    started: Instant,
    setup: RwLock<Arc<Setup>>,
    book: tokio::sync::Mutex<Book>,
    seen: Mutex<Arc<Seen>>,
    channels: Mutex<BTreeMap<String, ChannelState>>,
    tests: Mutex<Vec<Instant>>,
    took: Mutex<Option<Duration>>,
}

/// The state as everybody may look at it, without waiting.
#[derive(Clone, Default)]
pub struct Seen {
    pub state: State,
    /// For how long, and why, the store has been away.
    pub away: Option<(Duration, dto::Code)>,
    pub leads: bool,
    /// When a round was last finished.
    pub last_round: Option<(SystemTime, Instant)>,
    /// When each rule was last evaluated, since the start.
    pub evaluated: BTreeMap<String, Duration>,
    /// What was known when an incident of the state opened, as JSON.
    pub evidence: BTreeMap<String, String>,
    /// What no store has yet.
    pub entries: Vec<EntryRow>,
    pub notices: Vec<NoticeRow>,
}

/// What an [`Alerting`] is built from.
pub struct Parts {
    pub instance: String,
    pub run: i64,
    pub clock: Arc<dyn Clock>,
    pub store: Arc<OpsStore>,
    pub courier: Courier,
    pub is_alone: bool,
    pub dependencies: Vec<String>,
    pub is_one_disk: bool,
    pub spool: Spool,
    pub setup: Setup,
}

impl Alerting {
    pub fn new(parts: Parts) -> Self {
        Self {
            instance: parts.instance,
            run: parts.run,
            started: parts.clock.monotonic(),
            clock: parts.clock,
            store: parts.store,
            courier: parts.courier,
            is_alone: parts.is_alone,
            dependencies: parts.dependencies,
            is_one_disk: parts.is_one_disk,
            spool: Arc::new(parts.spool),
            to_send: Notify::new(),
            setup: RwLock::new(Arc::new(parts.setup)),
            book: tokio::sync::Mutex::default(),
            seen: Mutex::default(),
            channels: Mutex::default(),
            tests: Mutex::default(),
            took: Mutex::default(),
        }
    }

    pub fn setup(&self) -> Arc<Setup> {
        let setup = self.setup.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&setup)
    }

    /// What file and environment say now. Whether the file differs from before.
    pub fn configure(&self, setup: Setup) -> bool {
        let mut known = self.setup.write().unwrap_or_else(PoisonError::into_inner);
        let has_changed = known.fingerprint != setup.fingerprint;
        *known = Arc::new(setup);
        has_changed
    }

    /// By the monotonic clock.
    pub fn uptime(&self) -> Duration {
        self.clock
            .monotonic()
            .saturating_duration_since(self.started)
    }

    pub fn now_ms(&self) -> i64 {
        unix_millis(self.clock.now())
    }

    pub fn tick(&self, has_jumped: bool) -> Tick {
        Tick {
            at_ms: self.now_ms(),
            uptime_ms: u64::try_from(self.uptime().as_millis()).unwrap_or(u64::MAX),
            run: self.run,
            has_jumped,
        }
    }

    /// One change at a time.
    pub async fn book(&self) -> tokio::sync::MutexGuard<'_, Book> {
        self.book.lock().await
    }

    pub fn seen(&self) -> Arc<Seen> {
        Arc::clone(&lock(&self.seen))
    }

    /// What everybody sees from now on.
    pub fn publish(&self, book: &mut Book, change: impl FnOnce(&mut Seen)) {
        let now = self.clock.monotonic();
        let mut seen = lock(&self.seen);
        let mut next = Seen {
            state: book.state.clone(),
            away: book.away(now),
            leads: book.leads(self.is_alone, now),
            last_round: seen.last_round,
            evaluated: seen.evaluated.clone(),
            evidence: book.evidence().clone(),
            entries: book.unsaved_entries().to_vec(),
            notices: book.unsaved_notices().clone(),
        };
        change(&mut next);
        *seen = Arc::new(next);
    }

    /// How long the last round took in which a rule was evaluated.
    pub fn round_took(&self) -> Option<Duration> {
        *lock(&self.took)
    }

    pub fn note_round(&self, took: Duration) {
        *lock(&self.took) = Some(took);
    }

    pub fn channels(&self) -> MutexGuard<'_, BTreeMap<String, ChannelState>> {
        lock(&self.channels)
    }

    /// Another one may evaluate what all see together, from now on.
    pub async fn stop(&self) {
        self.book().await.release(&self.store, &self.instance).await;
    }

    /// Whether one more test of a channel may be made: six a minute.
    pub fn admits_test(&self) -> bool {
        const MOST: usize = 6;
        let now = self.clock.monotonic();
        let mut tests = lock(&self.tests);
        tests.retain(|at| now.saturating_duration_since(*at) < Duration::from_secs(60));
        let is_admitted = tests.len() < MOST;
        if is_admitted {
            tests.push(now);
        }
        is_admitted
    }
}

/// What the engine needs of the setup.
pub fn engine_setup<'s>(setup: &'s Setup, recipients: &'s [Recipient]) -> alerts::Setup<'s> {
    alerts::Setup {
        rules: &setup.rules,
        notify: &setup.notify,
        maintenance: &setup.maintenance,
        recipients,
    }
}

pub fn recipients(setup: &Setup) -> Vec<Recipient> {
    let channels = setup.channels.iter();
    channels
        .map(|channel| Recipient {
            channel: channel.name.clone(),
            min_severity: channel.min_severity,
        })
        .collect()
}

/// Ids sort by time.
pub fn new_id() -> String {
    Uuid::now_v7().to_string()
}

pub fn entry_row(entry: Entry) -> EntryRow {
    EntryRow {
        id: new_id(),
        incident_id: entry.incident_id,
        at_ms: entry.at_ms,
        kind: entry.kind.name().to_owned(),
        actor: entry.actor,
        detail: serde_json::to_string(&entry.detail).unwrap_or_default(),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
