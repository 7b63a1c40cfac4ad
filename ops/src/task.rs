//! Tasks that run beside the requests: started here, started again when they break, and shown.
//!
//! A task that panics is logged and started again, after a pause that doubles while it keeps breaking.
//! One that has rounds says so by its [`Pulse`] at each of them, so that one that hangs is seen, too.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use futures_util::FutureExt as _;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::clock::Clock;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What has run for so long before it broke begins again with the first pause.
const STEADY_AFTER: Duration = Duration::from_secs(300);

/// How a task ends when the service does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtStop {
    /// Wherever it is.
    Abort,
    /// By itself: it is told in its own way, and waited for.
    Finish,
}

/// What is known of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskReport {
    pub name: &'static str,
    /// How often it was started again.
    pub restarts: u32,
    /// When it broke last, and how.
    pub broke: Option<(SystemTime, String)>,
    /// It waits to be started again.
    pub is_broken: bool,
    /// It has rounds and has begun none for longer than it should.
    pub is_stuck: bool,
}

/// By which a task says that another round begins.
#[derive(Clone)]
pub struct Pulse {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

impl Pulse {
    /// Of nobody whom a supervisor watches.
    #[cfg(test)]
    pub(crate) fn unwatched() -> Self {
        Self {
            clock: Arc::new(crate::clock::ManualClock::default()),
            state: Arc::default(),
        }
    }

    pub fn beat(&self) {
        let now = self.clock.monotonic();
        lock(&self.state).beat = Some(now);
    }
}

#[derive(Default)]
struct State {
    restarts: u32,
    broke: Option<(SystemTime, String)>,
    is_broken: bool,
    has_ended: bool,
    /// The last beat, since the last start; `None` before the first.
    beat: Option<Instant>,
}

struct Task {
    name: &'static str,
    round: Option<Duration>,
    at_stop: AtStop,
    state: Arc<Mutex<State>>,
    running: JoinHandle<()>,
}

/// Starts tasks, and keeps them running.
pub struct Supervisor {
    clock: Arc<dyn Clock>,
    runtime: Handle,
    tasks: Mutex<Vec<Task>>,
}

impl Supervisor {
    /// `runtime` is where the tasks run.
    pub fn new(clock: Arc<dyn Clock>, runtime: Handle) -> Self {
        Self {
            clock,
            runtime,
            tasks: Mutex::default(),
        }
    }

    /// Runs what `work` makes until that ends, and anew whenever it panics. `round` is how long it may
    /// take from one beat of its pulse to the next, if it has rounds at all.
    pub fn start<F>(
        &self,
        name: &'static str,
        at_stop: AtStop,
        round: Option<Duration>,
        work: impl Fn(Pulse) -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let state = Arc::<Mutex<State>>::default();
        let pulse = Pulse {
            clock: Arc::clone(&self.clock),
            state: Arc::clone(&state),
        };
        let running = self.runtime.spawn(keep_running(name, pulse, work));
        self.lock().push(Task {
            name,
            round,
            at_stop,
            state,
            running,
        });
    }

    pub fn report(&self) -> Vec<TaskReport> {
        let now = self.clock.monotonic();
        let tasks = self.lock();
        tasks.iter().map(|task| task.report(now)).collect()
    }

    /// Ends the tasks that are [aborted](AtStop::Abort).
    pub fn abort(&self) {
        let tasks = self.lock();
        let aborted = tasks.iter().filter(|task| task.at_stop == AtStop::Abort);
        aborted.for_each(|task| task.running.abort());
    }

    /// Waits for the tasks that [finish](AtStop::Finish) by themselves. One that waits to be started
    /// again has nothing to finish.
    pub async fn finished(&self) {
        let tasks = std::mem::take(&mut *self.lock());
        for task in tasks {
            if task.at_stop == AtStop::Finish && !lock(&task.state).is_broken {
                // It catches its own panics.
                _ = task.running.await;
            } else {
                task.running.abort();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Task>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Task {
    fn report(&self, now: Instant) -> TaskReport {
        let state = lock(&self.state);
        let is_late = |round, beat| now.saturating_duration_since(beat) > round;
        let is_running = !state.is_broken && !state.has_ended;
        TaskReport {
            name: self.name,
            restarts: state.restarts,
            broke: state.broke.clone(),
            is_broken: state.is_broken,
            is_stuck: is_running
                && self
                    .round
                    .zip(state.beat)
                    .is_some_and(|(round, beat)| is_late(round, beat)),
        }
    }
}

async fn keep_running<F>(name: &'static str, pulse: Pulse, work: impl Fn(Pulse) -> F)
where
    F: Future<Output = ()>,
{
    let mut pause = FIRST_PAUSE;
    loop {
        let started = pulse.clock.monotonic();
        lock(&pulse.state).beat = Some(started);
        let ended = AssertUnwindSafe(async { work(pulse.clone()).await });
        let Err(panic) = ended.catch_unwind().await else {
            lock(&pulse.state).has_ended = true;
            return;
        };
        let reason = reason(&*panic);
        if pulse.clock.monotonic().saturating_duration_since(started) >= STEADY_AFTER {
            pause = FIRST_PAUSE;
        }
        tracing::error!(
            task = name,
            reason,
            "the {name} broke; it is started again in {} s",
            pause.as_secs()
        );
        {
            let mut state = lock(&pulse.state);
            state.broke = Some((pulse.clock.now(), reason));
            state.is_broken = true;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        let mut state = lock(&pulse.state);
        state.is_broken = false;
        state.restarts = state.restarts.saturating_add(1);
    }
}

/// What a panic says.
fn reason(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned())
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::sync::watch;

    use super::*;
    use crate::clock::ManualClock;

    fn supervisor() -> (Arc<ManualClock>, Supervisor) {
        let clock = Arc::new(ManualClock::default());
        let supervisor = Supervisor::new(clock.clone(), Handle::current());
        (clock, supervisor)
    }

    fn only(supervisor: &Supervisor) -> TaskReport {
        supervisor.report().pop().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn what_panics_is_started_again_after_a_pause_that_doubles() {
        let (_, supervisor) = supervisor();
        let (starts, mut started) = watch::channel(0);
        supervisor.start("sampler", AtStop::Abort, None, move |_| {
            starts.send_modify(|count| *count += 1);
            async { panic!("no disk") }
        });
        for (start, pause) in [(1, 1), (2, 2), (3, 4), (4, 8)] {
            started.wait_for(|count| *count == start).await.unwrap();
            let begun = tokio::time::Instant::now();
            started.wait_for(|count| *count == start + 1).await.unwrap();
            assert_eq!(begun.elapsed().as_secs(), pause);
        }
        let report = only(&supervisor);
        assert_eq!(report.restarts, 4);
        assert_eq!(report.broke.unwrap().1, "no disk");
        supervisor.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_no_longer_than_a_minute() {
        let (_, supervisor) = supervisor();
        let (starts, mut started) = watch::channel(0);
        supervisor.start("sampler", AtStop::Abort, None, move |_| {
            starts.send_modify(|count| *count += 1);
            async { panic!("no disk") }
        });
        started.wait_for(|count| *count == 10).await.unwrap();
        let begun = tokio::time::Instant::now();
        started.wait_for(|count| *count == 11).await.unwrap();
        assert_eq!(begun.elapsed(), LONGEST_PAUSE);
    }

    #[tokio::test(start_paused = true)]
    async fn what_makes_the_work_may_panic_too() {
        let (_, supervisor) = supervisor();
        let calls = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&calls);
        supervisor.start("sampler", AtStop::Finish, None, move |_| {
            assert!(counted.fetch_add(1, Ordering::Relaxed) > 0, "not yet");
            std::future::ready(())
        });
        tokio::time::sleep(Duration::from_secs(2)).await;
        supervisor.finished().await;
        assert_eq!(calls.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn what_has_rounds_and_begins_none_is_stuck() {
        let (clock, supervisor) = supervisor();
        let (pulses, mut pulse) = watch::channel(None);
        let round = Some(Duration::from_secs(30));
        supervisor.start("sampler", AtStop::Abort, round, move |pulse| {
            pulses.send_replace(Some(pulse));
            std::future::pending()
        });
        let pulse = pulse
            .wait_for(Option::is_some)
            .await
            .unwrap()
            .clone()
            .unwrap();
        clock.advance(Duration::from_secs(30));
        assert!(!only(&supervisor).is_stuck);
        clock.advance(Duration::from_secs(1));
        assert!(only(&supervisor).is_stuck);
        pulse.beat();
        assert!(!only(&supervisor).is_stuck);
    }

    #[tokio::test]
    async fn at_the_end_some_are_aborted_and_some_are_waited_for() {
        let (_, supervisor) = supervisor();
        supervisor.start("level", AtStop::Abort, None, |_| std::future::pending());
        let (stop, stopped) = watch::channel(false);
        let written = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&written);
        supervisor.start("recorder", AtStop::Finish, None, move |_| {
            let (mut stopped, written) = (stopped.clone(), Arc::clone(&count));
            async move {
                _ = stopped.wait_for(|stop| *stop).await;
                written.store(1, Ordering::Relaxed);
            }
        });
        supervisor.abort();
        stop.send_replace(true);
        supervisor.finished().await;
        assert_eq!(written.load(Ordering::Relaxed), 1);
        assert!(supervisor.report().is_empty());
    }
}
