//! Fills a desk's own store with a past, for `make bench`: 90 days of four instances that serve a
//! hundred routes, in minutes, hours and days, as they would have written it.
//!
//! `history sqlite://data/ops.sqlite3 10`: every route ten times a minute.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl as _;
use ops::clock::{Covered, Minute, Resolution};
use ops::series::{Kind, Payload as _, Row, Run};
use ops::traffic::{ROUTES, SeriesKey, StatusClass, TRAFFIC, Tally};
use server::db::Db;
use server::db::queries::series;
use server::db::url::DatabaseUrl;
use server::query;
use tokio::runtime::Handle;

const INSTANCES: u64 = 4;
const ROUTE_COUNT: u64 = 100;
const DAYS: u32 = 90;
const MINUTES: u32 = 48 * 60;
/// So many minutes, hours or days in a row are drawn; what is later repeats them.
const PATTERN: u32 = 24;
/// For one statement, which may copy the rows of a whole pattern.
const LIMIT: Duration = Duration::from_secs(60);
/// So many durations have the shape of all of them.
const DRAWN: u64 = 60;
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

/// A minute, hour or day of one instance in which every route was called `calls` times.
fn rows(
    dice: &mut Dice,
    resolution: Resolution,
    start: Minute,
    instance: u64,
    calls: u64,
) -> Vec<Row> {
    let row = |kind: Kind, key: &str, tally: &Tally| Row {
        kind,
        resolution,
        start,
        run: Run {
            instance: format!("web-{instance}"),
            number: 1,
        },
        key: Arc::from(key),
        covered: match resolution {
            Resolution::Minute => Covered::MINUTE,
            Resolution::Hour => Covered::from_bits((1 << 60) - 1),
            Resolution::Day => Covered::from_bits((1 << 24) - 1),
        },
        count: tally.requests(),
        payload: tally.encode(start).into(),
    };
    let mut all = Tally::default();
    let mut rows = Vec::new();
    for route in 0..ROUTE_COUNT {
        let (mut good, mut bad) = (Tally::default(), Tally::default());
        let drawn = calls.min(DRAWN);
        for _ in 0..drawn {
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
        for (once, status) in [(good, 200), (bad, 500)] {
            let mut tally = Tally::default();
            for _ in 0..calls / drawn.max(1) {
                tally.merge(&once);
            }
            if tally.requests() > 0 {
                let route = format!("/api/things/{route}/{{id}}/");
                let key = SeriesKey::new("GET", route, StatusClass::of(status));
                rows.push(row(ROUTES, &key.name(), &tally));
                all.merge(&tally);
            }
        }
    }
    rows.push(row(TRAFFIC, "", &all));
    rows
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().context("which store?")?;
    let calls: u64 = arguments.next().context("how many calls?")?.parse()?;
    let url = DatabaseUrl::parse(&url).map_err(anyhow::Error::msg)?;
    let store = Db::new(url, 1, LIMIT, Handle::current());
    let now = Minute::of(SystemTime::now());
    let mut dice = Dice(7);
    for (resolution, minutes) in [
        (Resolution::Minute, MINUTES),
        (Resolution::Hour, DAYS * 1440),
        (Resolution::Day, DAYS * 1440),
    ] {
        let first = resolution.start_of(now.minus(minutes));
        let mut start = first;
        for _ in 0..PATTERN {
            for instance in 0..INSTANCES {
                let calls = calls * u64::from(resolution.minutes());
                let rows = rows(&mut dice, resolution, start, instance, calls);
                series::write(&store, rows).await?;
            }
            start = resolution.end_of(start);
        }
        repeat(&store, resolution, first..start, now).await?;
    }
    Ok(())
}

/// Copies the rows of `drawn` to all that is later. What is running is the service's own.
async fn repeat(
    store: &Db,
    resolution: Resolution,
    drawn: Range<Minute>,
    now: Minute,
) -> Result<()> {
    // The service rolls up what it finds while this goes on.
    const COPY: &str = "INSERT OR IGNORE INTO series
        SELECT kind, resolution, start + ?, instance, run, key, covered, count, payload
        FROM series
        WHERE resolution = ? AND start >= ? AND start < ? AND start + resolution + ? <= ?";
    let length = i64::from(resolution.minutes());
    let (from, until, now) = (drawn.start.number(), drawn.end.number(), now.number());
    let mut later = until - from;
    while from + later + length <= now {
        store
            .recurring_transaction(
                LIMIT,
                "history.repeat",
                query!(conn => {
                    diesel::sql_query(COPY)
                        .bind::<BigInt, _>(later)
                        .bind::<BigInt, _>(length)
                        .bind::<BigInt, _>(from)
                        .bind::<BigInt, _>(until)
                        .bind::<BigInt, _>(later)
                        .bind::<BigInt, _>(now)
                        .execute(conn)
                        .await
                        .map(drop)
                }),
            )
            .await?;
        later += until - from;
    }
    Ok(())
}
