//! What the windows say never differs from what the rows say, whatever changed meanwhile.

#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::clock::Covered;
use crate::series::{Corrupt, Kind};

const NOW: i64 = 30_000_007;

#[derive(Clone, Debug)]
enum Change {
    /// A row comes: of a resolution so many of them ago, of a run.
    Row(Resolution, u32, i64, u64),
    /// All is read again, and the store lacks some.
    ReadAgain(Resolution, u32),
    TimePasses(u32),
    Forget,
    Look(usize),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let row = (any::<bool>(), 0..3000_u32, 0..3_i64, 1..9_u64).prop_map(
        |(is_minute, ago, run, requests)| {
            let resolution = if is_minute {
                Resolution::Minute
            } else {
                Resolution::Hour
            };
            Change::Row(
                resolution,
                ago % if is_minute { 3000 } else { 200 },
                run,
                requests,
            )
        },
    );
    let again = (any::<bool>(), 1..5_u32).prop_map(|(is_minute, every)| {
        Change::ReadAgain(
            if is_minute {
                Resolution::Minute
            } else {
                Resolution::Hour
            },
            every,
        )
    });
    let change = prop_oneof![
        20 => row,
        1 => again,
        2 => (1..100_u32).prop_map(Change::TimePasses),
        1 => Just(Change::Forget),
        5 => (0..PERIODS.len()).prop_map(Change::Look),
    ];
    vec(change, 1..80)
}

const PERIODS: [Period; 7] = [
    Period::of(60, 1),
    Period::of(360, 5),
    Period::of(1440, 10),
    Period::total(1440).before(1440),
    Period::of(7 * 1440, 60),
    Period::of(30 * 1440, 360),
    // No window is that long.
    Period::of(1440, 7),
];

fn run(number: i64) -> Run {
    Run {
        instance: format!("web-{}", number % 2),
        number,
    }
}

/// The simplest payload: a sum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Total(u64);

impl Payload for Total {
    fn merge(&mut self, other: &Self) {
        self.0 += other.0;
    }

    fn encode(&self, _: Minute) -> Vec<u8> {
        self.0.to_be_bytes().to_vec()
    }

    fn merge_encoded(&mut self, bytes: &[u8], _: Minute) -> Result<(), Corrupt> {
        let number = bytes.try_into().map_err(|_| Corrupt)?;
        self.0 += u64::from_be_bytes(number);
        Ok(())
    }
}

impl From<&Self> for Total {
    fn from(total: &Self) -> Self {
        total.clone()
    }
}

type Cache = HistoryCache<Total>;

fn row(resolution: Resolution, start: Minute, number: i64, count: u64) -> Row {
    Row {
        kind: Kind("test"),
        resolution,
        start,
        run: run(number),
        key: Arc::from(""),
        covered: match resolution {
            Resolution::Minute => Covered::MINUTE,
            _ => Covered::from_bits(1 << (count + 3)),
        },
        count,
        payload: Total(count).encode(start).into(),
    }
}

fn rows(cache: &Cache, resolution: Resolution) -> Vec<Row> {
    let history = if resolution == Resolution::Minute {
        &cache.minutes
    } else {
        &cache.hours
    };
    history.all()
}

fn assert_same(cache: &mut Cache, period: Period, now: Minute) {
    let running = Counted {
        count: 2,
        payload: Total(2),
    };
    let running = || Some((now, &running));
    // The same rows, and nothing kept.
    let mut fresh = Cache::default();
    for resolution in [Resolution::Minute, Resolution::Hour] {
        fresh.update::<Total>(resolution, rows(cache, resolution));
    }
    for filter in [
        InstanceFilter::All,
        InstanceFilter::Instance("web-1".to_owned()),
    ] {
        let kept = cache.summary(period, &filter, now, running());
        let anew = fresh.summary(period, &filter, now, running());
        assert_eq!(kept.points, anew.points, "{period:?}");
        assert_eq!(kept.total, anew.total, "{period:?}");
        assert_eq!(kept.covered_minutes, anew.covered_minutes, "{period:?}");
        let of_points: u64 = kept.points.iter().map(|point| point.value.0).sum();
        assert_eq!(of_points, kept.total.0, "{period:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_kept_is_what_the_rows_say(changes in changes()) {
        let mut cache = Cache::default();
        let mut now = Minute::from_number(NOW);
        for change in changes {
            match change {
                Change::Row(resolution, ago, number, count) => {
                    let start = resolution.start_of(now.minus(ago * resolution.minutes()));
                    let row = row(resolution, start, number, count);
                    cache.update::<Total>(resolution, vec![row]);
                }
                Change::ReadAgain(resolution, every) => {
                    let found = rows(&cache, resolution).into_iter();
                    let found = found.enumerate().filter(|(at, _)| at % every as usize == 0);
                    let found = found.map(|(_, row)| row).collect();
                    cache.replace::<Total>(resolution, found, |run| run.number == 2);
                }
                Change::TimePasses(minutes) => now = now.plus(minutes),
                Change::Forget => cache.forget(now),
                Change::Look(at) => assert_same(&mut cache, *PERIODS.get(at).unwrap(), now),
            }
        }
        for period in PERIODS {
            assert_same(&mut cache, period, now);
        }
    }
}
