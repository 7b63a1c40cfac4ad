//! From where on a value is a finding. All of them stand here, for the page, JSON and alert rules.

use std::time::Duration;

/// A finding comes at `raise` and goes below `clear`: between the two it stays as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    pub raise: f64,
    pub clear: f64,
}

impl Threshold {
    const fn new(raise: f64, clear: f64) -> Self {
        Self { raise, clear }
    }

    /// `holds` is whether it is exceeded already.
    pub fn is_exceeded(self, value: f64, holds: bool) -> bool {
        value >= if holds { self.clear } else { self.raise }
    }
}

// Traffic. Shares are 0–1.

/// How many minutes traffic is judged by, the running one included.
pub const TRAFFIC_MINUTES: u32 = 5;
/// The latest requests are those of so long.
pub const LATEST: Duration = Duration::from_secs(20);
/// Fewer failures than this say nothing, whatever their share.
pub const ENOUGH_ERRORS: u64 = 5;
/// Below this many requests a percentile, and the share of a running minute, say little.
pub const ENOUGH_REQUESTS: u64 = 20;
pub const ERROR_SHARE: Threshold = Threshold::new(0.05, 0.025);
/// Of the latest requests: the service is failing.
pub const FAILING_SHARE: Threshold = Threshold::new(0.25, 0.15);
/// Of one route's latest requests.
pub const ROUTE_FAILING_SHARE: Threshold = Threshold::new(0.5, 0.3);
pub const P95_MS: Threshold = Threshold::new(1000.0, 800.0);
/// How many routes are named at most.
pub const ROUTES_NAMED: usize = 3;

// Databases.

/// Of the readiness check's round trip.
pub const DATABASE_LATENCY_MS: Threshold = Threshold::new(500.0, 250.0);
/// Waiting this long for a connection is felt by whoever asks.
pub const CONNECTION_WAIT_P95_MS: f64 = 50.0;
pub const QUERY_P95_MS: f64 = 100.0;
/// Below this many a percentile says little.
pub const ENOUGH_QUERIES: u64 = 20;
/// Below this many blocks the ratio is that of a cache which is still being filled.
pub const ENOUGH_BLOCKS: u64 = 10_000;
pub const CACHE_HIT_RATIO: f64 = 0.90;
/// Of the database server's connections.
pub const CONNECTIONS_SHARE: Threshold = Threshold::new(0.80, 0.75);
pub const STATEMENT_SECONDS: f64 = 60.0;
/// A transaction that is open and idle.
pub const IDLE_TRANSACTION_SECONDS: f64 = 10.0;
/// All connections of the pool may be in use for a moment; this long is trouble.
pub const POOL_EXHAUSTED_FOR: Duration = Duration::from_secs(4);
/// Statements wait for each other's locks all the time; this long is trouble, and it is over when none
/// waits any more.
pub const LOCK_WAIT_SECONDS: Threshold = Threshold::new(2.0, 0.0);
pub const WAL_BYTES: u64 = 64 << 20;
/// Free space is worth a VACUUM where it is both large and most of the file.
pub const RECLAIMABLE_BYTES: u64 = 64 << 20;

// Disks.

pub const DISK_USED_RATIO: Threshold = Threshold::new(0.80, 0.75);
pub const DISK_FULL_RATIO: Threshold = Threshold::new(0.90, 0.88);
/// A disk that will be full within this many hours is a finding.
pub const DISK_FULL_WITHIN_HOURS: f64 = 24.0;
/// It is none any more once it has this many hours again.
pub const DISK_FULL_CLEAR_HOURS: f64 = 36.0;
/// A forecast needs samples over at least this long.
pub const FORECAST_NEEDS: Duration = Duration::from_secs(3600);

// The process and what watches it.

/// Used memory, of the limit.
pub const MEMORY_RATIO: Threshold = Threshold::new(0.85, 0.80);
/// Above this the liveness probe fails.
pub const MEMORY_EXHAUSTED_RATIO: Threshold = Threshold::new(0.95, 0.93);
/// A silent instance that nobody has replaced for so long is not expected back.
pub const INSTANCE_MISSED_FOR: Duration = Duration::from_secs(24 * 3600);
/// How long a counted loss, such as of minutes, is a finding after it last grew.
pub const LOSS_TOLD_FOR: Duration = Duration::from_secs(300);
/// The time of day and the monotonic clock may drift apart so far between two looks.
pub const CLOCK_JUMP: Duration = Duration::from_secs(5);
/// How long a jump of the clock is told.
pub const CLOCK_JUMP_TOLD_FOR: Duration = Duration::from_secs(600);
/// A finding that comes back within this time never went: it keeps the time when it began.
pub const GONE_AFTER: Duration = Duration::from_secs(15);
/// The monitoring store is brought up beside the service: it may lack for so long after the start.
pub const STORE_STARTS_WITHIN: Duration = Duration::from_secs(30);
