//! A series key by key.
//!
//! There is too much of it to be held in memory, as the totals are: it is read from the store when
//! somebody asks, from the coarsest rows that will do. The windows of what was read are kept as long as
//! somebody goes on asking, so that the next reader reads only what is new.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use tokio::time::timeout;

use super::local::Counted;
use super::payload::Payload;
use super::series::{Series, State};
use super::store::{InstanceFilter, Row, StoreError, in_time};
use super::summary::{Point, Summary};
use super::window::{Sum, Window, Windows, parts, pieces};
use crate::clock::{Grid, Minute, Period, Resolution};

/// A page opens within a second, whatever the store does.
const LIMIT: Duration = Duration::from_millis(700);

/// What was read makes room when nobody has asked for so long.
const KEPT_FOR: Duration = Duration::from_secs(900);

/// How many minutes, hours or days are read at once: with many keys and instances they are large.
const STARTS_A_READ: usize = 6;

/// A period of a series as a whole, and of each of its keys, sorted.
#[derive(Clone, Debug)]
pub struct Details<P, V> {
    pub total: Summary<P, V>,
    pub by_key: Vec<(Arc<str>, Summary<P, V>)>,
}

/// What of a period is known, and what is to be read.
struct ReadPlan<V> {
    known: Windows<V>,
    /// Oldest first.
    lacking: Vec<(Resolution, Minute)>,
    /// What the store does not have yet, or less of.
    unstored: Vec<Row>,
    /// Nothing that is read may be kept if anything changed meanwhile.
    changes: u64,
    now: Minute,
}

impl<P, V> Series<P, V>
where
    P: Payload,
    V: Clone + for<'p> From<&'p P>,
{
    /// Periods in steps of minutes are read from minutes; of hours or days, from those.
    ///
    /// Where the store is out of reach there is what this process still holds, and the error.
    pub async fn details(&self, period: Period, filter: &InstanceFilter) -> Details<P, V> {
        self.read_first().await;
        let monotonic = self.clock.monotonic();
        let away = self.with(|state| {
            state.keys_asked_at = Some(monotonic);
            state.status.error()
        });
        let grid = period.grid(self.now());
        let read = match away {
            Some(error) => Err(error),
            None => timeout(LIMIT, self.read_windows(period, &grid, filter))
                .await
                .unwrap_or(Err(StoreError::Timeout))
                .map_err(Arc::new),
        };
        match read {
            Ok(mut known) => details(&mut known, &grid),
            Err(error) => {
                let unstored = self.with(|state| state.local.unstored());
                let mut known = self.sums(unstored.iter(), filter, Resolution::Minute, None);
                let mut found = details(&mut known, &grid);
                found.total.store_error = Some(error);
                found
            }
        }
    }

    /// The windows of all of a period's steps.
    async fn read_windows(
        &self,
        period: Period,
        grid: &Grid,
        filter: &InstanceFilter,
    ) -> Result<Windows<V>, StoreError> {
        let plan = self.with(|state| state.plan(period, grid, filter, self.now()));
        let is_unstored: HashSet<_> = plan
            .unstored
            .iter()
            .map(|row| (row.start, &row.run))
            .collect();
        let mut unstored: HashMap<Minute, Vec<&Row>> = HashMap::new();
        for row in &plan.unstored {
            unstored.entry(row.start).or_default().push(row);
        }
        let mut known = plan.known;
        for (resolution, starts) in in_reads(&plan.lacking) {
            let (Some(first), Some(last)) = (starts.first(), starts.last()) else {
                continue;
            };
            let range = *first..resolution.end_of(*last);
            let reads = self.spec.kinds().map(|kind| {
                let range = range.clone();
                in_time(self.store.read(kind, resolution, range))
            });
            let found: Vec<Row> = try_join_all(reads).await?.into_iter().flatten().collect();
            let is_minute = resolution == Resolution::Minute;
            let stored = found
                .iter()
                .filter(|row| !is_minute || !is_unstored.contains(&(row.start, &row.run)));
            let held = starts.iter().filter(|_| is_minute);
            let held = held.filter_map(|start| unstored.get(start)).flatten();
            let rows = stored.chain(held.copied());
            let read = self.sums(rows, filter, resolution, Some(&starts));
            // At once: whoever comes next goes on from here, should there be no time for the rest.
            self.keep(filter, &read, plan.changes, plan.now);
            known.extend(read);
        }
        for step in 0..grid.count {
            for (length, start) in pieces(grid.within(step)) {
                window::<P, V>(&mut known, length, start);
            }
        }
        self.keep(filter, &known, plan.changes, plan.now);
        Ok(known)
    }

    /// A window for each start that there are rows of, and for all of `starts`.
    fn sums<'r>(
        &self,
        rows: impl Iterator<Item = &'r Row>,
        filter: &InstanceFilter,
        resolution: Resolution,
        starts: Option<&[Minute]>,
    ) -> Windows<V> {
        let group = self
            .spec
            .by_key
            .map_or(whole as fn(&str) -> &str, |of| of.group);
        let of_starts = starts.into_iter().flatten();
        let mut sums: HashMap<Minute, Sum<P>> =
            of_starts.map(|start| (*start, Sum::default())).collect();
        for row in rows.filter(|row| filter.matches(&row.run.instance)) {
            sums.entry(row.start).or_default().add_row(row, group);
        }
        let windows = sums.into_iter();
        let windows =
            windows.map(|(start, sum)| ((resolution.minutes(), start), sum.finish(start)));
        windows.collect()
    }

    /// What is over, and has not changed since it was read.
    fn keep(&self, filter: &InstanceFilter, read: &Windows<V>, changes: u64, now: Minute) {
        self.with(|state| {
            if state.cache.by_key.changes() == changes {
                let over = read
                    .iter()
                    .filter(|((length, start), _)| start.plus(*length) <= now);
                let over = over.map(|(of, window)| (*of, window.clone()));
                state.cache.by_key.of(filter).extend(over);
            }
        });
    }
}

fn whole(key: &str) -> &str {
    key
}

impl<P: Payload, V> State<P, V> {
    /// What was read of keys makes room if nobody asks any more.
    pub(super) fn forget_keys(&mut self, monotonic: Instant) {
        let asked = self.keys_asked_at;
        if asked.is_some_and(|asked| monotonic.saturating_duration_since(asked) >= KEPT_FOR) {
            self.keys_asked_at = None;
            self.cache.by_key.clear();
        }
    }

    fn plan(
        &mut self,
        period: Period,
        grid: &Grid,
        filter: &InstanceFilter,
        now: Minute,
    ) -> ReadPlan<V> {
        let coarsest = period.granule();
        let unstored = self.local.unstored();
        let oldest_unstored = unstored.iter().map(|row| row.start).min();
        let changes = self.cache.by_key.changes();
        let Self { plan, cache, .. } = self;
        // Whether there are rows of that resolution with all that is known in them.
        let is_rolled_up = |resolution: Resolution, start: Minute| {
            resolution <= coarsest
                && resolution.end_of(start) <= Resolution::Hour.start_of(now)
                && oldest_unstored.is_none_or(|oldest| resolution.end_of(start) <= oldest)
                && !plan.is_any_in(resolution, start)
        };
        let kept = cache.by_key.of(filter);
        let mut read = ReadPlan {
            known: Windows::new(),
            lacking: Vec::new(),
            unstored,
            changes,
            now,
        };
        let mut waiting: Vec<(u32, Minute)> = Vec::new();
        for step in (0..grid.count).rev() {
            waiting.extend(pieces(grid.within(step)));
        }
        // The oldest last, where it is taken from.
        waiting.sort_unstable_by_key(|(_, start)| Reverse(*start));
        while let Some((length, start)) = waiting.pop() {
            let resolution = match length {
                1 => Some(Resolution::Minute),
                60 if is_rolled_up(Resolution::Hour, start) => Some(Resolution::Hour),
                1440 if is_rolled_up(Resolution::Day, start) => Some(Resolution::Day),
                _ => None,
            };
            match (kept.get(&(length, start)), resolution) {
                (Some(window), _) => {
                    read.known.insert((length, start), window.clone());
                }
                (None, Some(resolution)) => read.lacking.push((resolution, start)),
                (None, None) => {
                    let mut parts: Vec<_> = parts(length, start).collect();
                    parts.reverse();
                    waiting.extend(parts);
                }
            }
        }
        read
    }
}

/// Neighbours of one resolution together, a few at a time.
fn in_reads(lacking: &[(Resolution, Minute)]) -> Vec<(Resolution, Vec<Minute>)> {
    let mut reads: Vec<(Resolution, Vec<Minute>)> = Vec::new();
    for (resolution, start) in lacking {
        match reads.last_mut() {
            Some((of, starts))
                if of == resolution
                    && starts.len() < STARTS_A_READ
                    && starts.last().map(|last| resolution.end_of(*last)) == Some(*start) =>
            {
                starts.push(*start);
            }
            _ => reads.push((*resolution, vec![*start])),
        }
    }
    reads
}

/// Sums a window that is not there from what it is made of. Of a minute that is not there nothing is
/// known.
fn window<P: Payload, V>(
    known: &mut Windows<V>,
    length: u32,
    start: Minute,
) -> Option<Arc<Window<V>>> {
    if let Some(found) = known.get(&(length, start)) {
        return found.clone();
    }
    let mut sum: Sum<P> = Sum::default();
    for (length, start) in parts(length, start) {
        if let Some(part) = window::<P, V>(known, length, start) {
            sum.add_window(&part);
        }
    }
    let found = sum.finish(start);
    if length > 1 {
        known.insert((length, start), found.clone());
    }
    found
}

/// A period of each key, from the windows of its [`pieces`].
fn details<P, V>(known: &mut Windows<V>, grid: &Grid) -> Details<P, V>
where
    P: Payload,
    V: for<'p> From<&'p P>,
{
    let mut by_key: BTreeMap<Arc<str>, (P, Vec<Point<V>>)> = BTreeMap::new();
    // Also of a period in which nobody was up.
    by_key.insert(Arc::from(""), Default::default());
    for step in 0..grid.count {
        let start = grid.start.plus(step * grid.length);
        let mut of_step: Vec<_> = pieces(grid.within(step))
            .filter_map(|(length, start)| window::<P, V>(known, length, start))
            .collect();
        let of_step = match of_step.pop() {
            Some(only) if of_step.is_empty() => Some(only),
            Some(last) => {
                let mut sum: Sum<P> = Sum::default();
                let all = of_step.iter().chain([&last]);
                all.for_each(|part| sum.add_window(part));
                sum.finish(start)
            }
            None => None,
        };
        let Some(of_step) = of_step else { continue };
        for (key, Counted { payload, .. }) in of_step.decoded::<P>() {
            let (total, points) = match by_key.get_mut(key) {
                Some(known) => known,
                None => by_key.entry(Arc::clone(key)).or_default(),
            };
            total.merge(&payload);
            points.push(Point {
                start,
                covered_minutes: of_step.covered_minutes,
                value: V::from(&payload),
            });
        }
    }
    let summaries = by_key.into_iter();
    let mut summaries =
        summaries.map(|(key, (total, points))| (key, Summary::of(grid, total, points)));
    // The empty key is the first.
    let (_, total) = summaries
        .next()
        .unwrap_or_else(|| (Arc::from(""), Summary::of(grid, P::default(), Vec::new())));
    Details {
        total,
        by_key: summaries.collect(),
    }
}
