//! How runs are shared, timed, cancelled and caught.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use async_trait::async_trait;
use tokio::sync::{Notify, Semaphore};

use super::*;
use crate::clock::{ManualClock, SystemClock};

type Results = Vec<(CheckName, CheckResult)>;

/// A probe made of a closure.
pub(super) struct Scripted<F> {
    names: Vec<CheckName>,
    timeout: Duration,
    script: F,
}

pub(super) fn probe<F, R>(name: &'static str, script: F) -> Scripted<F>
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = CheckResult> + Send + 'static,
{
    Scripted {
        names: vec![name.into()],
        timeout: Duration::from_secs(1),
        script,
    }
}

impl<F> Scripted<F> {
    pub(super) fn within(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

#[async_trait]
impl<F, R> Probe for Scripted<F>
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = CheckResult> + Send + 'static,
{
    fn names(&self) -> &[CheckName] {
        &self.names
    }

    fn timeout(&self) -> Duration {
        self.timeout
    }

    async fn run(&self) -> Results {
        let check = (self.script)().await;
        self.names
            .iter()
            .map(|name| (name.clone(), check.clone()))
            .collect()
    }
}

pub(super) fn registry(clock: &Arc<ManualClock>) -> HealthChecksBuilder {
    HealthChecks::builder(Handle::current(), clock.clone())
}

pub(super) fn code(report: &Report, name: &str) -> Option<Code> {
    report.check(name).unwrap().error
}

/// A probe that counts its runs.
pub(super) fn counted(runs: &Arc<AtomicUsize>) -> impl Probe {
    let runs = runs.clone();
    probe("it", move || {
        runs.fetch_add(1, Ordering::SeqCst);
        async { CheckResult::ok() }
    })
}

#[tokio::test]
async fn a_report_is_served_again_for_a_second_and_not_longer() {
    let clock = Arc::new(ManualClock::default());
    let runs = Arc::new(AtomicUsize::new(0));
    let registry = registry(&clock).probe(counted(&runs)).build();

    assert!(registry.last().is_none());
    registry.report().await;
    clock.advance(FRESHNESS - Duration::from_millis(1));
    registry.report().await;
    assert_eq!(runs.load(Ordering::SeqCst), 1);

    clock.advance(Duration::from_millis(1));
    let report = registry.report().await;
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    assert_eq!(report.measured_at(), clock.now());

    clock.advance(Duration::from_secs(60));
    let last = registry.last().unwrap();
    assert_eq!(last.measured_at(), report.measured_at());
    assert_eq!(runs.load(Ordering::SeqCst), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_at_once_share_one_run() {
    let clock = Arc::new(ManualClock::default());
    let runs = Arc::new(AtomicUsize::new(0));
    let gate = Arc::new(Semaphore::new(0));
    let registry = {
        let (runs, gate) = (runs.clone(), gate.clone());
        registry(&clock)
            .probe(probe("it", move || {
                runs.fetch_add(1, Ordering::SeqCst);
                let gate = gate.clone();
                async move {
                    let _pass = gate.acquire().await;
                    CheckResult::ok()
                }
            }))
            .build()
    };
    let callers: Vec<_> = (0..1000)
        .map(|_| {
            let registry = registry.clone();
            tokio::spawn(async move { registry.report().await.is_ready() })
        })
        .collect();
    gate.add_permits(1);
    for caller in callers {
        assert!(caller.await.unwrap());
    }
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_stop_the_run() {
    let clock = Arc::new(ManualClock::default());
    let (started, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let runs = Arc::new(AtomicUsize::new(0));
    let registry = {
        let (started, finish, runs) = (started.clone(), finish.clone(), runs.clone());
        registry(&clock)
            .probe(probe("it", move || {
                let (started, finish) = (started.clone(), finish.clone());
                runs.fetch_add(1, Ordering::SeqCst);
                async move {
                    started.notify_one();
                    finish.notified().await;
                    CheckResult::ok()
                }
            }))
            .build()
    };
    let caller = tokio::spawn({
        let registry = registry.clone();
        async move { registry.report().await }
    });
    started.notified().await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());

    finish.notify_one();
    assert!(registry.report().await.is_ready());
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn callers_on_another_runtime_are_served_by_the_given_one() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let home = std::thread::current().id();
    let registry = HealthChecks::builder(Handle::current(), clock)
        .probe(probe("it", move || async move {
            assert_eq!(std::thread::current().id(), home);
            CheckResult::ok()
        }))
        .build();
    let elsewhere = std::thread::spawn(move || {
        let worker = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        worker.block_on(registry.report()).is_ready()
    });
    let ready = tokio::task::spawn_blocking(move || elsewhere.join().unwrap());
    assert!(ready.await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn probes_run_side_by_side_each_within_its_own_time_out() {
    let clock = Arc::new(ManualClock::default());
    let registry = registry(&clock)
        .probe(probe("slow", pending).within(Duration::from_secs(2)))
        .probe(probe("quick", pending).within(Duration::from_millis(10)))
        .probe(
            probe("fine", || async {
                tokio::time::sleep(Duration::from_millis(1900)).await;
                CheckResult::ok()
            })
            .within(Duration::from_secs(2)),
        )
        .build();
    let start = tokio::time::Instant::now();
    let report = registry.report().await;
    assert!(start.elapsed() < Duration::from_millis(2100));
    assert_eq!(code(&report, "slow"), Some(Code::Timeout));
    assert_eq!(code(&report, "quick"), Some(Code::Timeout));
    assert_eq!(code(&report, "fine"), None);
    assert!(!report.is_ready());
}

#[tokio::test]
async fn one_probe_answers_for_all_its_names_and_no_other() {
    struct Database;

    #[async_trait]
    impl Probe for Database {
        fn names(&self) -> &[CheckName] {
            const {
                &[
                    CheckName::Borrowed("database"),
                    CheckName::Borrowed("migrations"),
                    CheckName::Borrowed("forgotten"),
                ]
            }
        }

        fn timeout(&self) -> Duration {
            Duration::from_secs(1)
        }

        async fn run(&self) -> Results {
            let unapplied = CheckResult::warning()
                .with_detail("unapplied", 2)
                .not_ready();
            vec![
                ("migrations".into(), unapplied),
                ("database".into(), CheckResult::ok()),
                ("stranger".into(), CheckResult::ok()),
            ]
        }
    }

    let clock = Arc::new(ManualClock::default());
    let report = registry(&clock).probe(Database).build().report().await;
    let names: Vec<_> = report.checks().map(|(name, _)| name).collect();
    assert_eq!(names, ["database", "migrations", "forgotten"]);
    assert_eq!(code(&report, "database"), None);
    assert_eq!(code(&report, "forgotten"), Some(Code::Query));
    let migrations = report.check("migrations").unwrap();
    assert_eq!(migrations.details.get("unapplied").unwrap(), 2);
    assert!(!report.is_ready());
}

#[tokio::test]
async fn states_are_asked_at_every_report() {
    let clock = Arc::new(ManualClock::default());
    let draining = Arc::new(AtomicBool::new(false));
    let runs = Arc::new(AtomicUsize::new(0));
    let registry = {
        let draining = draining.clone();
        registry(&clock)
            .probe(counted(&runs))
            .state("startup", move || match draining.load(Ordering::SeqCst) {
                true => CheckResult::failed(Code::Draining),
                false => CheckResult::ok(),
            })
            .build()
    };
    assert!(registry.report().await.is_ready());
    draining.store(true, Ordering::SeqCst);
    assert_eq!(
        code(&registry.report().await, "startup"),
        Some(Code::Draining)
    );
    assert!(!registry.last().unwrap().is_ready());
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_probe_that_ignores_cancellation_is_not_started_twice() {
    let clock = Arc::new(ManualClock::default());
    let runs = Arc::new(AtomicUsize::new(0));
    let (release, blocked) = mpsc::channel::<()>();
    let (done, ended) = mpsc::channel::<()>();
    let blocked = Mutex::new(blocked);
    let registry = {
        let runs = runs.clone();
        registry(&clock)
            .probe(
                probe("it", move || {
                    runs.fetch_add(1, Ordering::SeqCst);
                    let _ = blocked.lock().unwrap().recv();
                    let _ = done.send(());
                    async { CheckResult::ok() }
                })
                .within(Duration::from_millis(20)),
            )
            .build()
    };
    for _ in 0..5 {
        assert_eq!(code(&registry.report().await, "it"), Some(Code::Timeout));
        clock.advance(FRESHNESS);
    }
    assert_eq!(runs.load(Ordering::SeqCst), 1);

    drop(release);
    ended.recv().unwrap();
    // The task ends right after it said so.
    while registry.report().await.check("it").unwrap().error.is_some() {
        clock.advance(FRESHNESS);
        tokio::task::yield_now().await;
    }
    assert!(runs.load(Ordering::SeqCst) >= 2);
}

#[tokio::test]
async fn a_probe_that_hangs_is_cancelled_and_asked_again() {
    let clock = Arc::new(ManualClock::default());
    let hang = Arc::new(AtomicBool::new(true));
    let registry = {
        let hang = hang.clone();
        registry(&clock)
            .probe(
                probe("it", move || {
                    let hang = hang.load(Ordering::SeqCst);
                    async move {
                        if hang {
                            pending::<()>().await;
                        }
                        CheckResult::ok()
                    }
                })
                .within(Duration::from_millis(20)),
            )
            .build()
    };
    assert_eq!(code(&registry.report().await, "it"), Some(Code::Timeout));
    hang.store(false, Ordering::SeqCst);
    tokio::task::yield_now().await;
    clock.advance(FRESHNESS);
    assert_eq!(code(&registry.report().await, "it"), None);
}

#[tokio::test]
async fn a_panic_fails_its_check_alone_and_poisons_nothing() {
    let clock = Arc::new(ManualClock::default());
    let panicking = Arc::new(AtomicBool::new(true));
    let registry = {
        let panicking = panicking.clone();
        registry(&clock)
            .probe(probe("bad", move || {
                assert!(!panicking.load(Ordering::SeqCst), "on purpose");
                async { CheckResult::ok() }
            }))
            .probe(probe("good", || async { CheckResult::ok() }))
            .build()
    };
    let report = registry.report().await;
    assert_eq!(code(&report, "bad"), Some(Code::Query));
    assert_eq!(code(&report, "good"), None);

    panicking.store(false, Ordering::SeqCst);
    clock.advance(FRESHNESS);
    assert!(registry.report().await.is_ready());
}

#[tokio::test]
async fn without_its_runtime_every_probe_is_in_error() {
    let gone = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let registry = HealthChecks::builder(gone.handle().clone(), Arc::new(SystemClock))
        .probe(probe("it", || async { CheckResult::ok() }))
        .build();
    gone.shutdown_background();
    assert_eq!(code(&registry.report().await, "it"), Some(Code::Timeout));
    assert_eq!(code(&registry.report().await, "it"), Some(Code::Timeout));
}

#[test]
fn a_runtime_that_is_stuck_does_not_hold_up_a_caller_for_ever() {
    // Never driven: what is spawned there does not run.
    let stuck = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let caller = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    let registry = HealthChecks::builder(stuck.handle().clone(), Arc::new(SystemClock))
        .probe(probe("it", || async { CheckResult::ok() }))
        .build();
    let report = caller.block_on(registry.report());
    assert_eq!(code(&report, "it"), Some(Code::Timeout));
}
