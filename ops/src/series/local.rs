//! The minutes of this process: the running one, and those that wait for the store.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use super::payload::Payload;
use super::store::{RETENTION_MINUTES, Row, Run};
use super::{Idle, Spec};
use crate::clock::{Covered, Minute, Resolution};

/// A payload, and how many events or samples are in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counted<P> {
    pub count: u64,
    pub payload: P,
}

pub(crate) struct LocalMinutes<P> {
    spec: Spec,
    first_run: i64,
    run: Run,
    running: Running<P>,
    /// Closed, and not known to be stored: in the order in which they were closed.
    waiting: VecDeque<Closed>,
    dropped: u64,
}

struct Running<P> {
    minute: Minute,
    total: Counted<P>,
    by_key: HashMap<Arc<str>, Counted<P>>,
}

/// All rows of a minute; that of the total is the first.
struct Closed {
    minute: Minute,
    run: Run,
    rows: Vec<Row>,
}

impl<P: Payload> LocalMinutes<P> {
    pub fn new(spec: Spec, run: Run, now: Minute) -> Self {
        Self {
            spec,
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

    /// Adds to the running minute what was recorded of `key`; without one, to the total alone.
    pub fn add(&mut self, key: &str, count: u64, payload: &P) {
        let Running { total, by_key, .. } = &mut self.running;
        total.add(count, payload);
        if !key.is_empty() {
            match by_key.get_mut(key) {
                Some(known) => known.add(count, payload),
                None => by_key
                    .entry(Arc::from(key))
                    .or_default()
                    .add(count, payload),
            }
        }
    }

    /// Closes the running minute if it is over, and returns its total. After a jump back minutes come
    /// a second time: as those of another run, so that they never replace the first.
    pub fn turn(&mut self, now: Minute) -> Option<Row> {
        let minute = self.running.minute;
        if now == minute {
            return None;
        }
        let rows = self.running_rows();
        let total = rows.first().cloned();
        if total.is_some() {
            let run = self.run.clone();
            self.waiting.push_back(Closed { minute, run, rows });
        }
        if now < minute {
            self.run = self.run.next();
        }
        self.running = Running::new(now);
        if self.waiting.len() > RETENTION_MINUTES as usize && self.waiting.pop_front().is_some() {
            self.dropped += 1;
        }
        total
    }

    /// The rows of closed minutes that the store does not have yet, of at most `most` minutes, the
    /// oldest first; and of how many minutes they are.
    pub fn waiting(&self, most: usize) -> (Vec<Row>, usize) {
        let closed = self.waiting.iter().take(most);
        let rows = closed.flat_map(|closed| &closed.rows).cloned().collect();
        (rows, self.waiting.len().min(most))
    }

    /// All rows that only this process has.
    pub fn unstored(&self) -> Vec<Row> {
        let (mut rows, _) = self.waiting(usize::MAX);
        rows.extend(self.running_rows());
        rows
    }

    /// The rows of the running minute, if anything is known of it.
    pub fn running_rows(&self) -> Vec<Row> {
        let Running {
            minute,
            total,
            by_key,
        } = &self.running;
        let is_known = total.count > 0 || self.spec.idle == Idle::Covered;
        let row = |kind, key: Arc<str>, counted: &Counted<P>| Row {
            kind,
            resolution: Resolution::Minute,
            start: *minute,
            run: self.run.clone(),
            key,
            covered: Covered::MINUTE,
            count: counted.count,
            payload: counted.payload.encode(*minute).into_boxed_slice(),
        };
        let total = is_known.then(|| row(self.spec.total, Arc::from(""), total));
        let detail = self.spec.by_key.into_iter();
        let by_key = detail.flat_map(|detail| {
            let of_key = by_key.iter();
            of_key.map(move |(key, counted)| (detail.kind, key, counted))
        });
        let by_key = by_key.map(|(kind, key, counted)| row(kind, Arc::clone(key), counted));
        total.into_iter().chain(by_key).collect()
    }

    /// The store has them.
    pub fn stored(&mut self, rows: &[Row]) {
        let stored: BTreeSet<(Minute, &Run)> =
            rows.iter().map(|row| (row.start, &row.run)).collect();
        self.waiting
            .retain(|closed| !stored.contains(&(closed.minute, &closed.run)));
    }

    /// Minutes that waited for the store until there was no room for them.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The running minute and its total, if anything is known of it.
    pub fn running(&self) -> Option<(Minute, &Counted<P>)> {
        let Running { minute, total, .. } = &self.running;
        let is_known = total.count > 0 || self.spec.idle == Idle::Covered;
        is_known.then_some((*minute, total))
    }
}

impl<P: Payload> Running<P> {
    fn new(minute: Minute) -> Self {
        Self {
            minute,
            total: Counted::default(),
            by_key: HashMap::new(),
        }
    }
}

impl<P: Payload> Counted<P> {
    pub fn add(&mut self, count: u64, payload: &P) {
        self.count = self.count.saturating_add(count);
        self.payload.merge(payload);
    }
}
