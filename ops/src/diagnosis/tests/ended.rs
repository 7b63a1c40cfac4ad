//! What a finding leaves when it is over.

use std::time::Duration;

use proptest::prelude::*;

use super::super::thresholds::GONE_AFTER;
use super::*;

/// So many seconds after [`calm`], with the database down or not.
fn at(seconds: u64, is_down: bool) -> Snapshot {
    let mut snapshot = calm();
    let later = Duration::from_secs(seconds);
    (snapshot.now, snapshot.uptime) = (snapshot.now + later, snapshot.uptime + later);
    if is_down {
        let database = &mut snapshot.checks[0];
        (database.is_ready, database.has_failed) = (false, true);
        database.code = Some("refused".to_owned());
    }
    snapshot
}

#[test]
fn a_finding_that_is_over_is_told_once_with_its_from_and_to() {
    let mut memory = Memory::default();
    let mut ended = Vec::new();
    for second in 0..60 {
        let verdict = diagnose(&at(second, (10..25).contains(&second)), &mut memory);
        ended.extend(verdict.ended.into_iter().map(|it| (second, it)));
    }
    let [(told, ended)] = ended.as_slice() else {
        panic!("{ended:?}");
    };
    assert_eq!(*told, 25 + GONE_AFTER.as_secs());
    assert_eq!(
        (ended.finding.id, &*ended.finding.subject.name()),
        ("check_failed", "database")
    );
    assert_eq!(ended.finding.since, Some(at(10, true).now));
    assert_eq!(ended.ended_at, at(25, false).now);
}

#[test]
fn a_finding_that_comes_back_soon_never_went() {
    let mut memory = Memory::default();
    for second in 0..60 {
        let is_down = second >= 10 && second % 10 != 5;
        let verdict = diagnose(&at(second, is_down), &mut memory);
        assert_eq!(verdict.ended, []);
        assert_eq!(
            verdict.findings.is_empty(),
            !is_down,
            "the page is calm at once"
        );
        if let Some(finding) = verdict.findings.first() {
            assert_eq!(finding.since, Some(at(10, true).now));
        }
    }
}

proptest! {
    #[test]
    fn each_trouble_is_told_once_and_its_end_lies_where_it_was_last_seen(
        states in proptest::collection::vec(any::<bool>(), 1..200),
    ) {
        let mut memory = Memory::default();
        let start = calm().now;
        let second = |time: std::time::SystemTime| time.duration_since(start).unwrap().as_secs();
        let quiet = std::iter::repeat_n(false, 30);
        let states: Vec<bool> = states.into_iter().chain(quiet).collect();
        let mut told = Vec::new();
        for (second_now, is_down) in (0..).zip(&states) {
            let verdict = diagnose(&at(second_now, *is_down), &mut memory);
            told.extend(verdict.ended.iter().map(|ended| {
                (second(ended.finding.since.unwrap()), second(ended.ended_at))
            }));
        }
        // Stretches of trouble, those no more than the time apart being one.
        let mut expected: Vec<(u64, u64)> = Vec::new();
        for (at, _) in (0_u64..).zip(&states).filter(|(_, is_down)| **is_down) {
            match expected.last_mut() {
                Some((_, end)) if at - *end <= GONE_AFTER.as_secs() => *end = at + 1,
                _ => expected.push((at, at + 1)),
            }
        }
        prop_assert_eq!(told, expected);
    }
}
