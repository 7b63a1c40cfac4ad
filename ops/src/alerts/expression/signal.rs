//! What can be measured: the signals, with what each takes and gives.

use super::unit::Unit;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignalKind {
    /// Whether a readiness check fails.
    CheckFailed,
    /// Answers with a status of 500 and above among requests.
    ErrorShare,
    /// Of requests.
    Latency,
    Requests,
    /// ERROR lines among all lines of `app.log`.
    LogErrorShare,
    /// Of the registry's named queries.
    QueryLatency,
    /// How many waited for a connection to the registry's database at once, the most in the window.
    PoolWaiting,
    /// The largest share of the pool that was in use in the window.
    PoolUsedRatio,
    DiskUsedRatio,
    MemoryWorkingSet,
    MemoryLimit,
    /// By how much a counter has grown.
    Increase,
    /// For how long an instance has not been heard of that did not say that it ends.
    InstanceSilent,
    Starts,
    /// Starts after which no clean stop followed before the next.
    UncleanStarts,
    UnappliedMigrations,
    /// Of the certificate of an `https` dependency.
    CertificateDaysLeft,
    /// For how long the desk's own store has been out of reach.
    StoreUnreachable,
    /// The age of the oldest notice that a channel has not taken.
    NoticesOldestQueued,
    /// Notices that were given up.
    NoticesDead,
    /// Since rules were last evaluated.
    EvaluationAge,
}

/// What a signal takes before its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    Quantile,
    Check,
    Counter,
}

/// What there can be several of, each with an alert of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    Disk,
    Dependency,
    Instance,
    Channel,
}

impl SignalKind {
    pub const ALL: [Self; 21] = [
        Self::CheckFailed,
        Self::ErrorShare,
        Self::Latency,
        Self::Requests,
        Self::LogErrorShare,
        Self::QueryLatency,
        Self::PoolWaiting,
        Self::PoolUsedRatio,
        Self::DiskUsedRatio,
        Self::MemoryWorkingSet,
        Self::MemoryLimit,
        Self::Increase,
        Self::InstanceSilent,
        Self::Starts,
        Self::UncleanStarts,
        Self::UnappliedMigrations,
        Self::CertificateDaysLeft,
        Self::StoreUnreachable,
        Self::NoticesOldestQueued,
        Self::NoticesDead,
        Self::EvaluationAge,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::CheckFailed => "check_failed",
            Self::ErrorShare => "error_share",
            Self::Latency => "latency",
            Self::Requests => "requests",
            Self::LogErrorShare => "log_error_share",
            Self::QueryLatency => "query_latency",
            Self::PoolWaiting => "pool_waiting",
            Self::PoolUsedRatio => "pool_used_ratio",
            Self::DiskUsedRatio => "disk_used_ratio",
            Self::MemoryWorkingSet => "memory_working_set",
            Self::MemoryLimit => "memory_limit",
            Self::Increase => "increase",
            Self::InstanceSilent => "instance_silent",
            Self::Starts => "starts",
            Self::UncleanStarts => "unclean_starts",
            Self::UnappliedMigrations => "unapplied_migrations",
            Self::CertificateDaysLeft => "certificate_days_left",
            Self::StoreUnreachable => "store_unreachable",
            Self::NoticesOldestQueued => "notices_oldest_queued",
            Self::NoticesDead => "notices_dead",
            Self::EvaluationAge => "evaluation_age",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub fn unit(self) -> Unit {
        match self {
            Self::CheckFailed => Unit::Flag,
            Self::ErrorShare | Self::LogErrorShare | Self::PoolUsedRatio | Self::DiskUsedRatio => {
                Unit::Share
            }
            Self::Latency
            | Self::QueryLatency
            | Self::InstanceSilent
            | Self::StoreUnreachable
            | Self::NoticesOldestQueued
            | Self::EvaluationAge => Unit::Time,
            Self::MemoryWorkingSet | Self::MemoryLimit => Unit::Bytes,
            Self::Requests
            | Self::PoolWaiting
            | Self::Increase
            | Self::Starts
            | Self::UncleanStarts
            | Self::UnappliedMigrations
            | Self::CertificateDaysLeft
            | Self::NoticesDead => Unit::Count,
        }
    }

    pub(super) fn takes(self) -> Takes {
        match self {
            Self::CheckFailed => Takes::Check,
            Self::Latency | Self::QueryLatency => Takes::Quantile,
            Self::Increase => Takes::Counter,
            _ => Takes::Nothing,
        }
    }

    pub fn has_window(self) -> bool {
        matches!(
            self,
            Self::ErrorShare
                | Self::Latency
                | Self::Requests
                | Self::LogErrorShare
                | Self::QueryLatency
                | Self::PoolWaiting
                | Self::PoolUsedRatio
                | Self::Increase
                | Self::Starts
                | Self::UncleanStarts
                | Self::NoticesDead
        )
    }

    /// Whether it is a share of things that are counted, so that few of them say little.
    pub fn counts_bad(self) -> bool {
        matches!(self, Self::ErrorShare | Self::LogErrorShare)
    }

    pub fn is_percentile(self) -> bool {
        self.takes() == Takes::Quantile
    }

    /// How it is written, for messages.
    pub(super) fn example(self) -> String {
        let argument = match self.takes() {
            Takes::Nothing => None,
            Takes::Quantile => Some("0.95"),
            Takes::Check => Some("'ready'"),
            Takes::Counter => Some(Counter::LogLinesDropped.name()),
        };
        let window = self.has_window().then_some("5m");
        let arguments: Vec<&str> = argument.into_iter().chain(window).collect();
        match arguments.as_slice() {
            [] => self.name().to_owned(),
            all => format!("{}({})", self.name(), all.join(", ")),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counter {
    /// Of all log files.
    LogLinesDropped,
    /// Minutes of figures that could not be stored.
    MinutesLost,
}

impl Counter {
    pub const ALL: [Self; 2] = [Self::LogLinesDropped, Self::MinutesLost];

    pub fn name(self) -> &'static str {
        match self {
            Self::LogLinesDropped => "log_lines_dropped",
            Self::MinutesLost => "minutes_lost",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|counter| counter.name() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Argument {
    None,
    /// In thousandths: 950 is the 95th percentile.
    Quantile(u16),
    /// `ready` is readiness as a whole; a dependency is `dependency/NAME`.
    Check(String),
    /// `dependency/*`: each of them by itself.
    EachDependency,
    Counter(Counter),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signal {
    pub kind: SignalKind,
    pub argument: Argument,
    /// In minutes; `None` for what has no window.
    pub window: Option<u32>,
}

impl Signal {
    /// What there are several of, if it is one figure for each.
    pub fn dimension(&self) -> Option<Dimension> {
        match self.kind {
            SignalKind::DiskUsedRatio => Some(Dimension::Disk),
            SignalKind::InstanceSilent => Some(Dimension::Instance),
            SignalKind::CertificateDaysLeft => Some(Dimension::Dependency),
            SignalKind::NoticesOldestQueued | SignalKind::NoticesDead => Some(Dimension::Channel),
            SignalKind::CheckFailed if self.argument == Argument::EachDependency => {
                Some(Dimension::Dependency)
            }
            _ => None,
        }
    }
}
