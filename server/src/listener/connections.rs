//! How many connections are taken at once: as many as there are file descriptors left beside the log
//! files and the databases, so that no flood of clients keeps the service from its own files.
//!
//! There are two limits. Above [`Limits::served`] whoever asks for anything but health is told 503 at
//! once and goes; above [`Limits::accepted`] new clients wait in the kernel's queue. The room between
//! them is kept for health probes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::db::Db;
use crate::db::figures::Vendor;

/// Standard streams, log files, listener, every runtime's poller, checks of dependencies, files that
/// are searched or downloaded.
const OWN_DESCRIPTORS: usize = 64;

/// A SQLite connection has its file, the write-ahead log and the shared memory open.
const SQLITE_DESCRIPTORS: usize = 3;

/// Where there is no limit to be known: what actix-web takes by itself.
const PER_WORKER: usize = 25_600;

/// A line a minute, however many were turned away.
const TELL_EVERY: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Above it requests are turned away.
    pub served: usize,
    /// Above it connections are not even accepted.
    pub accepted: usize,
}

impl Limits {
    /// What this process may open, less what it needs itself.
    pub fn of_process(databases: &[&Db], pool_max: u32, workers: usize) -> Self {
        let descriptors = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        let pool_max = usize::try_from(pool_max).unwrap_or(usize::MAX);
        let of_databases = databases.iter().map(|db| {
            let each = match db.vendor() {
                Vendor::Sqlite => SQLITE_DESCRIPTORS,
                Vendor::Postgresql => 1,
            };
            pool_max.saturating_mul(each)
        });
        let reserved = of_databases.fold(OWN_DESCRIPTORS, usize::saturating_add);
        let most = PER_WORKER.saturating_mul(workers);
        let descriptors = descriptors.and_then(|it| usize::try_from(it).ok());
        Self::of(descriptors, reserved, most)
    }

    fn of(descriptors: Option<usize>, reserved: usize, most: usize) -> Self {
        let accepted = descriptors.map_or(most, |descriptors| {
            // Never nothing: with so few descriptors, the databases' pools will hardly fill up.
            descriptors
                .saturating_sub(reserved)
                .max(descriptors / 4)
                .clamp(4, most)
        });
        Self {
            served: accepted / 4 * 3,
            accepted,
        }
    }
}

/// The connections that are open now.
pub struct Connections {
    limits: Limits,
    open: AtomicUsize,
    turned_away: AtomicUsize,
}

/// One of them, as long as it lives.
pub struct Connection(Arc<Connections>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Connections {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            open: AtomicUsize::new(0),
            turned_away: AtomicUsize::new(0),
        }
    }

    pub fn limits(&self) -> Limits {
        self.limits
    }

    pub fn enter(self: &Arc<Self>) -> Connection {
        self.open.fetch_add(1, Ordering::Relaxed);
        Connection(Arc::clone(self))
    }

    /// Whether connections are better closed than kept for a next request.
    pub fn are_many(&self) -> bool {
        self.open.load(Ordering::Relaxed) > self.limits.served / 2
    }

    /// Whether a request has to be turned away; counts it then.
    pub fn turn_away(&self) -> bool {
        let is_full = self.open.load(Ordering::Relaxed) > self.limits.served;
        if is_full {
            self.turned_away.fetch_add(1, Ordering::Relaxed);
        }
        is_full
    }

    /// Writes down how many were turned away: once a minute, if any were.
    pub async fn report(self: Arc<Self>) {
        loop {
            tokio::time::sleep(TELL_EVERY).await;
            let turned_away = self.turned_away.swap(0, Ordering::Relaxed);
            if turned_away > 0 {
                tracing::warn!(
                    turned_away,
                    served = self.limits.served,
                    "requests were turned away: more connections are open than there are file descriptors for"
                );
            }
        }
    }
}

/// A worker a core, each with its share of the connections.
pub fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_files_and_databases_and_for_probes() {
        let limits = |descriptors, reserved| Limits::of(descriptors, reserved, 51_200);
        let of = |served, accepted| Limits { served, accepted };
        assert_eq!(limits(Some(1024), 184), of(630, 840));
        assert_eq!(limits(Some(65_536), 104), of(38_400, 51_200));
        assert_eq!(limits(None, 184), of(38_400, 51_200));
        // Fewer than it needs itself: a quarter all the same.
        assert_eq!(limits(Some(128), 184), of(24, 32));
        assert_eq!(limits(Some(0), 184), of(3, 4));
    }

    #[test]
    fn who_left_makes_room() {
        let connections = Arc::new(Connections::new(Limits {
            served: 3,
            accepted: 4,
        }));
        let open: Vec<_> = (0..3).map(|_| connections.enter()).collect();
        assert!(connections.are_many() && !connections.turn_away());
        let fourth = connections.enter();
        assert!(connections.turn_away());
        drop((open, fourth));
        assert!(!connections.are_many() && !connections.turn_away());
    }
}
