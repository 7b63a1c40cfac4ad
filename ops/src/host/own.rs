//! The minutes of this process: the running one, and those that are closed.

use std::collections::VecDeque;
use std::time::SystemTime;

use super::encoding::EncodedLevels;
use super::gauge::Sample;
use super::levels::Levels;
use super::rows::HostRow;
use crate::clock::{Covered, Minute, Span};
use crate::store::{RETENTION_MINUTES, Run};

pub(super) struct OwnMinutes {
    first_run: i64,
    run: Run,
    minute: Minute,
    samples: u64,
    levels: Levels,
    /// In the order in which they were closed.
    closed: VecDeque<Closed>,
    dropped: u64,
}

struct Closed {
    row: HostRow,
    is_stored: bool,
}

impl OwnMinutes {
    pub fn new(run: Run, now: Minute) -> Self {
        Self {
            first_run: run.number,
            run,
            minute: now,
            samples: 0,
            levels: Levels::default(),
            closed: VecDeque::new(),
            dropped: 0,
        }
    }

    pub fn is_own(&self, run: &Run) -> bool {
        let own = self.first_run..=self.run.number;
        run.instance == self.run.instance && own.contains(&run.number)
    }

    pub fn record(&mut self, sample: &Sample, at: SystemTime) {
        self.turn(Minute::of(at));
        self.samples += 1;
        self.levels.record(sample, at);
    }

    /// Closes the running minute if it is over. After a jump back minutes come a second time: as those
    /// of another run, so that they never replace the first.
    pub fn turn(&mut self, now: Minute) {
        if now == self.minute {
            return;
        }
        if let Some(row) = self.running() {
            self.closed.push_back(Closed {
                row,
                is_stored: false,
            });
        }
        if now < self.minute {
            self.run = self.run.next();
        }
        self.minute = now;
        self.samples = 0;
        self.levels = Levels::default();
        if self.closed.len() > RETENTION_MINUTES as usize
            && let Some(oldest) = self.closed.pop_front()
            && !oldest.is_stored
        {
            self.dropped += 1;
        }
    }

    /// `None` before its first sample: then nothing is known of it.
    pub fn running(&self) -> Option<HostRow> {
        (self.samples > 0).then(|| HostRow {
            span: Span::Minute,
            start: self.minute,
            run: self.run.clone(),
            covered: Covered::MINUTE,
            samples: self.samples,
            levels: EncodedLevels::of(&self.levels, self.minute),
        })
    }

    /// Closed minutes that the store does not have yet, oldest first, at most `most`.
    pub fn waiting(&self, most: usize) -> Vec<HostRow> {
        let waiting = self.closed.iter().filter(|closed| !closed.is_stored);
        waiting
            .take(most)
            .map(|closed| closed.row.clone())
            .collect()
    }

    pub fn stored(&mut self, rows: &[HostRow]) {
        for closed in &mut self.closed {
            let is_it =
                |row: &HostRow| (row.start, &row.run) == (closed.row.start, &closed.row.run);
            closed.is_stored |= rows.iter().any(is_it);
        }
    }

    /// Minutes that waited for the store until there was no room for them.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    pub fn closed(&self) -> impl Iterator<Item = &HostRow> {
        self.closed.iter().map(|closed| &closed.row)
    }
}
