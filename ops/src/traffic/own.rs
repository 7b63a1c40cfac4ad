//! The minutes of this process: the running one, and those that wait for the store.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::encoding::EncodedHistogram;
use super::recorder::{Measure, Recorder};
use super::rows::{Rows, RunTotals, SeriesTotals, Tally, Totals};
use super::series::SeriesKey;
use crate::clock::{Covered, Minute, Span};
use crate::store::{RETENTION_MINUTES, Run};

pub(super) struct OwnMinutes {
    first_run: i64,
    run: Run,
    running: Running,
    /// Closed, and not known to be stored: in the order in which they were closed.
    waiting: VecDeque<Rows>,
    dropped: u64,
}

struct Running {
    minute: Minute,
    series: HashMap<Arc<SeriesKey>, Measure>,
}

impl OwnMinutes {
    pub fn new(run: Run, now: Minute) -> Self {
        Self {
            first_run: run.number,
            run,
            running: Running::new(now),
            waiting: VecDeque::new(),
            dropped: 0,
        }
    }

    pub fn instance(&self) -> &str {
        &self.run.instance
    }

    pub fn is_own(&self, run: &Run) -> bool {
        let own = self.first_run..=self.run.number;
        run.instance == self.run.instance && own.contains(&run.number)
    }

    /// Takes over what was counted, into the running minute.
    pub fn absorb(&mut self, recorder: &Recorder) {
        let series = &mut self.running.series;
        recorder.drain(|key, measure| match series.get_mut(key) {
            Some(known) => known.merge(&measure),
            None => {
                series.insert(Arc::clone(key), measure);
            }
        });
    }

    /// Closes the running minute if it is over. After a jump back minutes come a second time: as
    /// those of another run, so that they never replace the first.
    pub fn turn(&mut self, now: Minute) -> Option<RunTotals> {
        let minute = self.running.minute;
        if now == minute {
            return None;
        }
        let rows = self.running_rows();
        let closed = rows.without_series();
        self.waiting.push_back(rows);
        if now < minute {
            self.run = self.run.next();
        }
        self.running = Running::new(now);
        if self.waiting.len() > RETENTION_MINUTES as usize && self.waiting.pop_front().is_some() {
            self.dropped += 1;
        }
        Some(closed)
    }

    /// Closed minutes that the store does not have yet, oldest first, at most `most`.
    pub fn waiting(&self, most: usize) -> Vec<Rows> {
        self.waiting.iter().take(most).cloned().collect()
    }

    /// All that can still be told apart by route: once the store has it, memory need not.
    pub fn unstored(&self) -> Vec<Rows> {
        let mut rows = self.waiting(usize::MAX);
        rows.push(self.running_rows());
        rows
    }

    pub fn running_rows(&self) -> Rows {
        self.running.rows(&self.run)
    }

    /// The store has them.
    pub fn stored(&mut self, rows: &[Rows]) {
        let is_one = |a: &Rows, b: &Rows| (a.start, &a.run) == (b.start, &b.run);
        self.waiting
            .retain(|waiting| !rows.iter().any(|stored| is_one(stored, waiting)));
    }

    /// Minutes that waited for the store until there was no room for them.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    pub fn running(&self) -> (Minute, Tally) {
        (self.running.minute, self.running.tally())
    }
}

impl Running {
    fn new(minute: Minute) -> Self {
        Self {
            minute,
            series: HashMap::new(),
        }
    }

    fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for (key, measure) in &self.series {
            tally.add(key.class, measure);
        }
        tally
    }

    fn rows(&self, run: &Run) -> Rows {
        let series = self.series.iter().map(|(key, measure)| SeriesTotals {
            key: Arc::clone(key),
            requests: measure.durations.count(),
            bytes: measure.bytes,
            database_us: measure.database_us,
            durations: EncodedHistogram::of(&measure.durations),
        });
        Rows {
            span: Span::Minute,
            start: self.minute,
            run: run.clone(),
            covered: Covered::MINUTE,
            totals: Totals::from(&self.tally()),
            series: series.collect(),
        }
    }
}
