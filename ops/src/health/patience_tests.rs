//! Reports for those who can't wait.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::tests::{code, counted, probe, registry};
use super::*;
use crate::clock::ManualClock;

#[tokio::test]
async fn a_report_that_was_overtaken_by_events_is_not_served_again() {
    let clock = Arc::new(ManualClock::default());
    let is_migrated = Arc::new(AtomicBool::new(false));
    let seen = is_migrated.clone();
    let registry = registry(&clock)
        .probe(probe("it", move || {
            let is_migrated = seen.load(Ordering::SeqCst);
            async move {
                if is_migrated {
                    CheckResult::ok()
                } else {
                    CheckResult::failed(Code::Query)
                }
            }
        }))
        .build();
    registry.expire();
    assert_eq!(code(&registry.report().await, "it"), Some(Code::Query));
    is_migrated.store(true, Ordering::SeqCst);
    assert_eq!(code(&registry.report().await, "it"), Some(Code::Query));
    registry.expire();
    assert_eq!(code(&registry.report().await, "it"), None);
}

/// Answers while the gate is open, and hangs while it is closed.
fn gated(name: &'static str, is_open: &Arc<AtomicBool>) -> impl Probe {
    let is_open = is_open.clone();
    probe(name, move || {
        let is_open = is_open.load(Ordering::SeqCst);
        async move {
            if !is_open {
                pending::<()>().await;
            }
            CheckResult::ok()
        }
    })
    .within(Duration::from_secs(60))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_cannot_wait_hears_what_is_known_and_no_old_news() {
    const PATIENCE: Duration = Duration::from_millis(20);
    let clock = Arc::new(ManualClock::default());
    let is_open = Arc::new(AtomicBool::new(true));
    let registry = registry(&clock)
        .probe(gated("slow", &is_open))
        .probe(probe("quick", || async { CheckResult::failed(Code::Auth) }))
        .build();
    let report = registry.report_within(Duration::from_secs(60)).await;
    assert_eq!(code(&report, "slow"), None);

    is_open.store(false, Ordering::SeqCst);
    clock.advance(STAND_IN);
    let report = registry.report_within(PATIENCE).await;
    assert_eq!(code(&report, "slow"), None, "as it was a moment ago");
    assert_eq!(code(&report, "quick"), Some(Code::Auth));

    clock.advance(Duration::from_millis(1));
    let mut report = registry.report_within(PATIENCE).await;
    // Its second run may take longer than the patience, on a busy machine.
    while code(&report, "quick") != Some(Code::Auth) {
        report = registry.report_within(PATIENCE).await;
    }
    assert_eq!(
        code(&report, "slow"),
        Some(Code::Timeout),
        "nobody knows any more"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_check_alone_does_not_wait_for_a_probe_that_hangs() {
    const FOR_EVER: Duration = Duration::from_secs(60);
    let clock = Arc::new(ManualClock::default());
    let is_open = Arc::new(AtomicBool::new(false));
    let registry = registry(&clock)
        .probe(gated("hangs", &is_open))
        .probe(probe("quick", || async { CheckResult::failed(Code::Auth) }))
        .build();
    for _ in 0..3 {
        let quick = registry.check_within("quick", FOR_EVER).await.unwrap();
        assert_eq!(quick.error, Some(Code::Auth));
        clock.advance(FRESHNESS);
    }
    let hangs = registry
        .check_within("hangs", Duration::from_millis(5))
        .await;
    assert_eq!(hangs.unwrap().error, Some(Code::Timeout));
    assert!(registry.check_within("none", FOR_EVER).await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_joins_a_run_that_is_over() {
    let clock = Arc::new(ManualClock::default());
    let runs = Arc::new(AtomicUsize::new(0));
    let registry = registry(&clock).probe(counted(&runs)).build();
    for run in 1..=1000 {
        registry.report().await;
        assert_eq!(runs.load(Ordering::SeqCst), run);
        clock.advance(FRESHNESS);
    }
}
