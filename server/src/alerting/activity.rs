//! What the process does beside answering requests, by the minute: lines of the log, queries, losses.
//! Rules look at it, and at its past.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ops::clock::{Clock, Minute, Period};
use ops::log::{LEVELS, LogFile, LogHandle};
use ops::series::{
    Corrupt, Idle, InstanceFilter, Kind, Payload, Retention, Run, Series, SeriesStore, Spec,
    Summary,
};
use ops::task::Pulse;
use ops::traffic::Tally;
use tokio::time::sleep;

use crate::db::Db;

pub const ACTIVITY: Kind = Kind("activity");

const SPEC: Spec = Spec {
    what: "counts of log lines and queries",
    total: ACTIVITY,
    by_key: None,
    idle: Idle::Unknown,
};

/// How often counters are read and the running minute is written.
const EVERY: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Of `app.log`.
    pub lines: u64,
    /// Of these, ERROR lines.
    pub error_lines: u64,
    /// That could not be written, of all files.
    pub lost_lines: u64,
    /// Minutes of figures that could not be stored.
    pub lost_minutes: u64,
    /// Of the registry's database; only the durations are used.
    pub queries: Tally,
}

/// Decimal numbers before the histogram: `12,1,0,0|`.
const END_OF_COUNTERS: u8 = b'|';

impl Payload for Activity {
    fn merge(&mut self, other: &Self) {
        self.add([
            other.lines,
            other.error_lines,
            other.lost_lines,
            other.lost_minutes,
        ]);
        self.queries.merge(&other.queries);
    }

    fn encode(&self, start: Minute) -> Vec<u8> {
        let Self {
            lines,
            error_lines,
            lost_lines,
            lost_minutes,
            queries,
        } = self;
        let mut out = format!("{lines},{error_lines},{lost_lines},{lost_minutes}").into_bytes();
        out.push(END_OF_COUNTERS);
        out.extend(queries.encode(start));
        out
    }

    fn merge_encoded(&mut self, bytes: &[u8], start: Minute) -> Result<(), Corrupt> {
        let mut parts = bytes.splitn(2, |byte| *byte == END_OF_COUNTERS);
        let (Some(counters), Some(queries)) = (parts.next(), parts.next()) else {
            return Err(Corrupt);
        };
        let counters = std::str::from_utf8(counters).map_err(|_| Corrupt)?;
        let counters: Result<Vec<u64>, _> = counters.split(',').map(str::parse).collect();
        let counters: [u64; 4] = counters
            .map_err(|_| Corrupt)?
            .try_into()
            .map_err(|_| Corrupt)?;
        self.queries.merge_encoded(queries, start)?;
        self.add(counters);
        Ok(())
    }
}

impl Activity {
    fn add(&mut self, [lines, error_lines, lost_lines, lost_minutes]: [u64; 4]) {
        self.lines = self.lines.saturating_add(lines);
        self.error_lines = self.error_lines.saturating_add(error_lines);
        self.lost_lines = self.lost_lines.saturating_add(lost_lines);
        self.lost_minutes = self.lost_minutes.saturating_add(lost_minutes);
    }
}

/// No chart shows it.
#[derive(Clone, Copy, Debug)]
pub struct Unseen;

impl From<&Activity> for Unseen {
    fn from(_: &Activity) -> Self {
        Self
    }
}

pub struct ActivityRecorder {
    log: LogHandle,
    db: Db,
    /// Since the start.
    lost_minutes: Box<dyn Fn() -> u64 + Send + Sync>,
    series: Series<Activity, Unseen>,
    /// The counters as they were read last.
    seen: Mutex<[u64; 4]>,
}

impl ActivityRecorder {
    pub fn new(
        run: Run,
        clock: Arc<dyn Clock>,
        store: Arc<dyn SeriesStore>,
        retention: Retention,
        (log, db): (LogHandle, Db),
        lost_minutes: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Self {
        Self {
            log,
            db,
            lost_minutes: Box::new(lost_minutes),
            series: Series::new(SPEC, run, clock, store, retention),
            seen: Mutex::default(),
        }
    }

    /// Reads and writes until `stop` resolves, and then once more.
    pub async fn run_until(&self, pulse: &Pulse, stop: impl Future<Output = ()>) {
        let rounds = async {
            loop {
                pulse.beat();
                self.record();
                self.series.tick().await;
                sleep(EVERY).await;
            }
        };
        tokio::select! {
            () = stop => {}
            () = rounds => {}
        }
        self.record();
        self.series.flush().await;
    }

    /// The running minute counts at once.
    pub async fn summary(
        &self,
        period: Period,
        filter: &InstanceFilter,
    ) -> Summary<Activity, Unseen> {
        self.record();
        self.series.summary(period, filter).await
    }

    fn record(&self) {
        let by_level = self.log.lines_by_level(LogFile::App);
        let [.., errors] = by_level;
        let lost = LogFile::ALL.map(|file| self.log.counts(file).dropped);
        let now = [
            by_level.iter().sum(),
            errors,
            lost.iter().sum(),
            (self.lost_minutes)(),
        ];
        let before = std::mem::replace(
            &mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner),
            now,
        );
        let mut activity = Activity::default();
        let mut grown = now;
        for (now, before) in grown.iter_mut().zip(before) {
            *now = now.saturating_sub(before);
        }
        activity.add(grown);
        activity.queries.durations = self.db.take_durations();
        self.series.turn();
        self.series.record(|add| add("", 1, &activity));
    }
}

const _: () = assert!(LEVELS.len() == 4, "ERROR is the last of them");

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_is_written_down_comes_back_and_nothing_else_does() {
        let mut one = Activity {
            lines: 12,
            error_lines: 1,
            lost_lines: 3,
            lost_minutes: 0,
            queries: Tally::default(),
        };
        one.queries.durations.record(Duration::from_millis(3));
        let written = one.encode(Minute::EARLIEST);
        let mut twice = one.clone();
        twice.merge_encoded(&written, Minute::EARLIEST).unwrap();
        let mut merged = one.clone();
        merged.merge(&one);
        assert_eq!(twice, merged);
        for bad in [&b""[..], b"1,2,3,4", b"1,2,3|0,0,0,0,0,0,0;", b"1,2,3,-4|"] {
            let mut unchanged = one.clone();
            let refused = unchanged.merge_encoded(bad, Minute::EARLIEST);
            assert_eq!((refused, &unchanged), (Err(Corrupt), &one), "{bad:?}");
        }
    }
}
