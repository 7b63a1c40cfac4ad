//! What is kept of stretches never differs from what the rows say.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::traffic::StatusClass;

const NOW: i64 = 30_000_007;

#[derive(Clone, Debug)]
enum Change {
    /// A row comes: of a span so many of them ago, of a run.
    Row(Span, u32, i64, u64),
    /// All is read again, and the store lacks some.
    ReadAgain(Span, u32),
    TimePasses(u32),
    Forget,
    Look(usize),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let row = (any::<bool>(), 0..3000_u32, 0..3_i64, 1..9_u64).prop_map(
        |(is_minute, ago, run, requests)| {
            let span = if is_minute { Span::Minute } else { Span::Hour };
            Change::Row(
                span,
                ago % if is_minute { 3000 } else { 200 },
                run,
                requests,
            )
        },
    );
    let again = (any::<bool>(), 1..5_u32).prop_map(|(is_minute, every)| {
        Change::ReadAgain(if is_minute { Span::Minute } else { Span::Hour }, every)
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
    // No stretch is that long.
    Period::of(1440, 7),
];

fn run(number: i64) -> Run {
    Run {
        instance: format!("web-{}", number % 2),
        number,
    }
}

fn row(span: Span, start: Minute, number: i64, requests: u64) -> RunTotals {
    let mut tally = Tally::default();
    for request in 0..requests {
        tally.by_class.add(StatusClass::Success, 1);
        tally.durations.record(Duration::from_millis(3 + request));
    }
    RunTotals {
        start,
        run: run(number),
        covered: match span {
            Span::Minute => Covered::MINUTE,
            _ => Covered::from_bits(1 << (requests + 3)),
        },
        totals: Totals::from(&tally),
    }
}

fn rows(past: &Past, span: Span) -> Vec<RunTotals> {
    let history = if span == Span::Minute {
        &past.minutes
    } else {
        &past.hours
    };
    history.all()
}

fn assert_same(past: &mut Past, period: Period, now: Minute) {
    let mut tally = Tally::default();
    tally.by_class.add(StatusClass::ServerError, 2);
    let running = || Some((now, tally.clone()));
    // The same rows, and nothing kept.
    let mut fresh = Past::default();
    for span in [Span::Minute, Span::Hour] {
        fresh.update(span, rows(past, span));
    }
    for whose in [Whose::All, Whose::Instance("web-1".to_owned())] {
        let kept = past.summary(period, &whose, now, running());
        let anew = fresh.summary(period, &whose, now, running());
        assert_eq!(kept.points, anew.points, "{period:?}");
        assert_eq!(kept.tally, anew.tally, "{period:?}");
        assert_eq!(kept.covered_minutes, anew.covered_minutes, "{period:?}");
        let of_points: u64 = kept.points.iter().map(Point::requests).sum();
        assert_eq!(of_points, kept.tally.requests(), "{period:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_kept_is_what_the_rows_say(changes in changes()) {
        let mut past = Past::default();
        let mut now = Minute::from_number(NOW);
        for change in changes {
            match change {
                Change::Row(span, ago, number, requests) => {
                    let start = span.start_of(now.minus(ago * span.minutes()));
                    past.update(span, vec![row(span, start, number, requests)]);
                }
                Change::ReadAgain(span, every) => {
                    let found = rows(&past, span).into_iter();
                    let found = found.enumerate().filter(|(at, _)| at % every as usize == 0);
                    let found = found.map(|(_, row)| row).collect();
                    past.replace(span, found, |run| run.number == 2);
                }
                Change::TimePasses(minutes) => now = now.plus(minutes),
                Change::Forget => past.forget(now),
                Change::Look(at) => assert_same(&mut past, *PERIODS.get(at).unwrap(), now),
            }
        }
        for period in PERIODS {
            assert_same(&mut past, period, now);
        }
    }
}
