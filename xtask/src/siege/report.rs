//! What the siege showed, held against what is promised.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::time::Duration;

use anyhow::{Result, ensure};

use super::attacks::Outcome;
use super::honest::Honest;
use super::watch::Liveness;

/// The longest that liveness may take.
const LIVENESS_LIMIT: Duration = Duration::from_millis(100);

/// How far the last quarter's peak may lie above the second quarter's.
const GROWTH_MIB: f64 = 16.0;

pub struct Report {
    pub idle_mib: f64,
    /// Resident memory, a sample a second.
    pub memory: Vec<f64>,
    pub resident_after_mib: f64,
    pub attacks: Vec<Outcome>,
    pub honest: Honest,
    pub liveness: Liveness,
}

impl Report {
    /// Prints all of it; fails if a promise is broken.
    pub fn tell(mut self, logged: &BTreeSet<u64>, counted_lost: u64) -> Result<()> {
        let mut out = io::stdout().lock();
        for outcome in &self.attacks {
            writeln!(
                out,
                "{:<38} {:>7} rounds, {:>6} cut off, {}",
                outcome.name,
                outcome.rounds,
                outcome.cut_off,
                listed(&outcome.by_status)
            )?;
        }
        let honest = &self.honest;
        writeln!(
            out,
            "honest requests {}, unanswered {}, longest {:.0} ms, {}",
            honest.answered,
            honest.unanswered,
            honest.longest.as_secs_f64() * 1000.0,
            listed(&honest.by_status)
        )?;
        self.liveness.durations.sort();
        let longest = self.liveness.durations.last().copied().unwrap_or_default();
        let p99 = self.liveness.durations.len() * 99 / 100;
        writeln!(
            out,
            "liveness {} probes, {} failed, P99 {:.1} ms, longest {:.1} ms",
            self.liveness.durations.len(),
            self.liveness.failures,
            millis(self.liveness.durations.get(p99)),
            millis(Some(&longest))
        )?;
        let (second, last) = (self.peak_of_quarter(1), self.peak_of_quarter(3));
        writeln!(
            out,
            "memory {:.1} MiB idle; peak of each quarter {:.1}, {second:.1}, {:.1}, {last:.1}; \
             {:.1} afterwards",
            self.idle_mib,
            self.peak_of_quarter(0),
            self.peak_of_quarter(2),
            self.resident_after_mib
        )?;
        let missing = self.missing(logged);
        writeln!(
            out,
            "access log: {missing} honest lines missing, {counted_lost} lines counted as lost"
        )?;
        self.judge(missing, counted_lost)
    }

    /// Fails if a promise is broken.
    fn judge(&self, missing: u64, counted_lost: u64) -> Result<()> {
        let longest = self.liveness.durations.last().copied().unwrap_or_default();
        let (second, last) = (self.peak_of_quarter(1), self.peak_of_quarter(3));
        ensure!(self.liveness.failures == 0, "liveness failed");
        ensure!(longest < LIVENESS_LIMIT, "liveness took {longest:?}");
        ensure!(self.honest.unanswered == 0, "honest requests got no answer");
        ensure!(
            self.honest.by_status.keys().all(|status| *status < 400),
            "honest requests failed"
        );
        for outcome in &self.attacks {
            // A refusal for lack of room is an answer; an unhandled error is a defect.
            ensure!(
                outcome
                    .by_status
                    .keys()
                    .all(|status| *status < 500 || *status == 503),
                "{}: {}",
                outcome.name,
                listed(&outcome.by_status)
            );
        }
        ensure!(
            last <= second + GROWTH_MIB,
            "memory grows: {second:.1} MiB, then {last:.1} MiB"
        );
        ensure!(
            missing <= counted_lost,
            "{missing} lines are missing, {counted_lost} were counted"
        );
        Ok(())
    }

    /// How many honest requests have no line in the access log.
    fn missing(&self, logged: &BTreeSet<u64>) -> u64 {
        let numbers = 0..self.honest.answered;
        numbers.filter(|number| !logged.contains(number)).count() as u64
    }

    fn peak_of_quarter(&self, quarter: usize) -> f64 {
        let length = (self.memory.len() / 4).max(1);
        self.memory
            .chunks(length)
            .nth(quarter)
            .unwrap_or_default()
            .iter()
            .copied()
            .fold(0.0, f64::max)
    }
}

fn millis(duration: Option<&Duration>) -> f64 {
    duration.map_or(0.0, |duration| duration.as_secs_f64() * 1000.0)
}

fn listed(by_status: &BTreeMap<u16, u64>) -> String {
    let listed: Vec<String> = by_status
        .iter()
        .map(|(status, count)| format!("{status} ×{count}"))
        .collect();
    listed.join(", ")
}
