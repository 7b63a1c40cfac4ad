//! Fills a desk's own store with a past, for `make bench`: 90 days of four instances that serve a
//! hundred routes, in minutes, hours and days, as they would have written it.
//!
//! `history sqlite://data/ops.sqlite3 10`: every route ten times a minute.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use ops::traffic::{
    Covered, Histogram, Minute, Rows, Run, SeriesKey, SeriesTotals, Span, StatusClass, Tally,
    Totals,
};
use server::db::Db;
use server::db::queries::traffic;
use server::db::url::DatabaseUrl;
use tokio::runtime::Handle;

const INSTANCES: u64 = 4;
const ROUTES: u64 = 100;
const DAYS: u32 = 90;
const MINUTES: u32 = 48 * 60;
/// How many rows go into one transaction.
const BATCH: usize = 40;
/// One of so many requests fails.
const FAILURES: u64 = 50;

/// Numbers like thrown dice, and the same in each run.
struct Dice(u64);

impl Dice {
    /// Splitmix64.
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From a tenth of a millisecond to a second, most of them short.
    fn duration(&mut self) -> Duration {
        let octave = self.throw() % 14;
        let octave = octave.min(self.throw() % 14);
        Duration::from_micros((100 << octave) + self.throw() % (100 << octave))
    }
}

/// A span of one instance in which every route was called `calls` times.
fn rows(dice: &mut Dice, span: Span, start: Minute, instance: u64, calls: u64) -> Rows {
    let mut all = Tally::default();
    let mut series = Vec::new();
    for route in 0..ROUTES {
        let (mut good, mut bad) = (Tally::default(), Tally::default());
        for _ in 0..calls {
            let has_failed = dice.throw().is_multiple_of(FAILURES);
            let (tally, status) = if has_failed {
                (&mut bad, 500)
            } else {
                (&mut good, 200)
            };
            tally.by_class.add(StatusClass::of(status), 1);
            tally.bytes += 900;
            tally.durations.record(dice.duration());
        }
        for (tally, status) in [(good, 200), (bad, 500)] {
            let requests = tally.by_class.total();
            if requests > 0 {
                let route = format!("/api/things/{route}/{{id}}/");
                series.push(SeriesTotals {
                    key: Arc::new(SeriesKey::new("GET", route, StatusClass::of(status))),
                    requests,
                    bytes: tally.bytes,
                    database_us: tally.database_us,
                    durations: encoded(&tally.durations),
                });
                all.merge(&tally);
            }
        }
    }
    Rows {
        span,
        start,
        run: Run {
            instance: format!("web-{instance}"),
            number: 1,
        },
        covered: match span {
            Span::Minute => Covered::MINUTE,
            Span::Hour => Covered::from_bits((1 << 60) - 1),
            Span::Day => Covered::from_bits((1 << 24) - 1),
        },
        totals: Totals::from(&all),
        series,
    }
}

fn encoded(histogram: &Histogram) -> ops::traffic::EncodedHistogram {
    ops::traffic::EncodedHistogram::of(histogram)
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().context("which store?")?;
    let calls: u64 = arguments.next().context("how many calls?")?.parse()?;
    let url = DatabaseUrl::parse(&url).map_err(anyhow::Error::msg)?;
    let store = Db::new(url, 1, Duration::from_secs(60), Handle::current());
    let now = Minute::of(SystemTime::now());
    let mut dice = Dice(7);
    for (span, minutes) in [
        (Span::Minute, MINUTES),
        (Span::Hour, DAYS * 1440),
        (Span::Day, DAYS * 1440),
    ] {
        let first = span.start_of(now.minus(minutes));
        let mut start = first;
        let mut batch = Vec::new();
        // What is running is this process's own.
        while span.end_of(start) <= now {
            for instance in 0..INSTANCES {
                let calls = calls * u64::from(span.minutes());
                batch.push(rows(&mut dice, span, start, instance, calls));
            }
            start = span.end_of(start);
            if batch.len() >= BATCH {
                traffic::write(&store, std::mem::take(&mut batch)).await?;
            }
        }
        traffic::write(&store, batch).await?;
    }
    Ok(())
}
