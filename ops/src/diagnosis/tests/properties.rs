//! Whatever the snapshots say: findings do not flap, and a verdict fits its findings.

use std::collections::HashSet;
use std::time::Duration;

use proptest::prelude::*;

use super::super::thresholds::{DISK_USED_RATIO, MEMORY_RATIO, P95_MS, Threshold};
use super::*;

/// How often the state turned.
fn turns(snapshots: impl IntoIterator<Item = Snapshot>) -> usize {
    let mut memory = Memory::default();
    let states: Vec<State> = snapshots
        .into_iter()
        .map(|snapshot| diagnose(&snapshot, &mut memory).state)
        .collect();
    states
        .windows(2)
        .filter(|pair| pair.first() != pair.last())
        .count()
}

/// Values of which none passes both ends of the threshold.
fn between(threshold: Threshold) -> impl Strategy<Value = Vec<f64>> {
    let (clear, raise) = (threshold.clear, threshold.raise);
    proptest::collection::vec(clear..raise, 1..50).prop_flat_map(move |values| {
        // Raised at some time, and never cleared.
        (Just(values), 0..50_usize).prop_map(move |(mut values, at)| {
            let at = at.min(values.len() - 1);
            if let Some(value) = values.get_mut(at) {
                *value = raise;
            }
            values
        })
    })
}

proptest! {
    #[test]
    fn memory_about_its_threshold_turns_the_verdict_once(values in between(MEMORY_RATIO)) {
        let snapshots = values.into_iter().map(|ratio| {
            let mut snapshot = calm();
            snapshot.memory = MemoryUse {
                used_bytes: (ratio * 1e9).ceil() as u64,
                limit_bytes: Some(1_000_000_000),
            };
            snapshot
        });
        prop_assert!(turns(snapshots) <= 1);
    }

    #[test]
    fn a_disk_about_its_threshold_turns_the_verdict_once(values in between(DISK_USED_RATIO)) {
        let snapshots = values.into_iter().map(|ratio| {
            let mut snapshot = calm();
            let used = (ratio * 1e9).ceil() as u64;
            for disk in &mut snapshot.disks {
                (disk.used_bytes, disk.free_bytes) = (used, 1_000_000_000 - used);
            }
            snapshot
        });
        prop_assert!(turns(snapshots) <= 1);
    }

    #[test]
    fn response_times_about_their_threshold_turn_the_verdict_once(values in between(P95_MS)) {
        let snapshots = values.into_iter().map(|p95_ms| {
            let mut snapshot = calm();
            for minute in &mut snapshot.traffic.all.minutes {
                minute.p95_ms = Some(p95_ms);
            }
            snapshot
        });
        prop_assert!(turns(snapshots) <= 1);
    }

    #[test]
    fn a_steady_share_of_failures_is_judged_alike_through_the_minutes(
        errors in 0_u64..=100, seconds in 1_u64..60, a_second in 1_u64..40,
    ) {
        // A steady stream is seen at every second of some minutes.
        let of = |second: u64| (second * a_second, second * a_second * errors / 100);
        let full = of(60);
        let snapshots = (0..120).map(|at| {
            let mut snapshot = calm();
            let running = of((seconds + at) % 60);
            snapshot.traffic.all = window(&[full, full, full, full, running]);
            snapshot
        });
        prop_assert!(turns(snapshots) <= 1);
    }

    #[test]
    fn most_requests_failing_is_never_called_well(
        before in 0_u64..100_000, requests in 20_u64..1000, share in 0.3_f64..1.0,
    ) {
        let errors = (requests as f64 * share).ceil() as u64;
        let mut snapshot = calm();
        snapshot.traffic.all = window(&[(before, 0), (before, 0), (requests, errors)]);
        let verdict = diagnose(&snapshot, &mut Memory::default());
        prop_assert_eq!(verdict.state, State::Failing);
    }

    #[test]
    fn a_verdict_fits_its_findings(
        ready in any::<[bool; 3]>(), errors in 0_u64..100, used in 0_u64..100,
        memory in 0_u64..100, lost in 0_u64..3, store: bool, active in 0_u32..=20,
        steps in proptest::collection::vec(0_u64..20, 1..5),
    ) {
        let mut known = Memory::default();
        let mut snapshot = calm();
        for (check, is_ready) in snapshot.checks.iter_mut().zip(ready) {
            check.is_ready = is_ready;
            check.has_failed = !is_ready;
        }
        snapshot.traffic.all = window(&[(100, 0), (100, errors)]);
        for disk in &mut snapshot.disks {
            (disk.used_bytes, disk.free_bytes) = (used, 100 - used);
        }
        snapshot.memory = MemoryUse { used_bytes: memory, limit_bytes: Some(100) };
        snapshot.monitor.minutes_lost = lost;
        snapshot.monitor.store_error = store.then(|| "timeout".to_owned());
        for store in &mut snapshot.stores {
            store.pool.active = active;
        }
        for step in steps {
            snapshot.now += Duration::from_secs(step);
            snapshot.uptime += Duration::from_secs(step);
            let verdict = diagnose(&snapshot, &mut known);
            let is_ready = ready.iter().all(|ready| *ready);
            prop_assert_eq!(verdict.state == State::NotReady, !is_ready);
            prop_assert_eq!(verdict.state == State::Ok, is_ready && verdict.findings.is_empty());
            let severities: Vec<Severity> = verdict.findings.iter().map(|it| it.severity).collect();
            prop_assert!(severities.is_sorted_by(|a, b| a >= b));
            prop_assert!(!severities.contains(&Severity::Info));
            prop_assert!(verdict.findings.iter().all(|it| it.since.is_some_and(|at| at <= snapshot.now)));
            let keys: HashSet<_> = verdict.findings.iter().map(|it| (it.id, it.subject.clone())).collect();
            prop_assert_eq!(keys.len(), verdict.findings.len());
        }
    }
}
