//! A look at the process itself: processor, memory, files, disks, and the runtime that it works on.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, TryLockError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::runtime::Handle;

use super::disk::Disk;
use super::gauge::{Gauge, Sample};
use super::source::Source;
use super::{cpu, files};
use crate::clock::Clock;
use crate::procfs::{self, Roots};

/// How long one directory's file system may take to say how full it is.
const DISK_PATIENCE: Duration = Duration::from_millis(400);

/// The directories whose file systems may fill up.
#[derive(Clone, Debug, Default)]
pub struct Directories {
    pub logs: Option<PathBuf>,
    /// Where the files of the databases are, if any are files.
    pub data: Option<PathBuf>,
}

pub struct System(Arc<Mutex<Reader>>);

struct Reader {
    roots: Roots,
    disks: Vec<(Disk, [Gauge; 2])>,
    runtime: Handle,
    clock: Arc<dyn Clock>,
    before: Option<Spent>,
}

/// What was used up to a moment: shares are of the time between two of these.
#[derive(Clone, Copy)]
struct Spent {
    at: Instant,
    processor: Option<Duration>,
    /// By all workers of the runtime together.
    workers: Duration,
}

impl System {
    /// `runtime` is the one to be watched.
    pub fn new(
        roots: Roots,
        directories: Directories,
        runtime: Handle,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let disks = [
            (directories.logs, [Gauge::LogDiskUsed, Gauge::LogDiskFree]),
            (directories.data, [Gauge::DataDiskUsed, Gauge::DataDiskFree]),
        ];
        let disks = disks.into_iter();
        Self(Arc::new(Mutex::new(Reader {
            roots,
            disks: disks
                .filter_map(|(directory, gauges)| Some((Disk::of(directory?), gauges)))
                .collect(),
            runtime,
            clock,
            before: None,
        })))
    }
}

#[async_trait]
impl Source for System {
    /// On a thread for what blocks. While an earlier look hangs there is nothing to tell.
    async fn read(&self) -> Sample {
        let reader = Arc::clone(&self.0);
        let look = move || match reader.try_lock() {
            Ok(mut reader) => reader.read(),
            // What it held is still good.
            Err(TryLockError::Poisoned(reader)) => reader.into_inner().read(),
            Err(TryLockError::WouldBlock) => Sample::default(),
        };
        tokio::task::spawn_blocking(look).await.unwrap_or_default()
    }
}

impl Reader {
    fn read(&mut self) -> Sample {
        let mut sample = Sample::default();
        self.time(&mut sample);
        self.memory(&mut sample);
        sample.set(Gauge::OpenFiles, files::open(&self.roots));
        sample.set(Gauge::OpenFilesLimit, files::limit(&self.roots));
        for (disk, [used, free]) in &mut self.disks {
            let space = disk.read(DISK_PATIENCE);
            sample.set(*used, space.map(|space| space.used_bytes));
            sample.set(*free, space.map(|space| space.free_bytes));
        }
        sample
    }

    fn time(&mut self, sample: &mut Sample) {
        let metrics = self.runtime.metrics();
        let workers = metrics.num_workers();
        let busy = (0..workers).map(|worker| metrics.worker_total_busy_duration(worker));
        let usage = cpu::usage(&self.roots);
        let now = Spent {
            at: self.clock.monotonic(),
            processor: usage.map(|usage| usage.time),
            workers: busy.sum(),
        };
        let allowed = cpu::allowed_millicores(&self.roots);
        sample.set(Gauge::Threads, usage.map(|usage| usage.threads));
        sample.set(Gauge::CpuAllowed, allowed);
        sample.set(Gauge::TokioWorkers, u64::try_from(workers).ok());
        let tasks = u64::try_from(metrics.num_alive_tasks());
        sample.set(Gauge::TokioTasks, tasks.ok());
        let queue = u64::try_from(metrics.global_queue_depth());
        sample.set(Gauge::TokioQueue, queue.ok());
        // The first look has nothing to compare with.
        if let Some(before) = self.before.replace(now) {
            let passed = now.at.saturating_duration_since(before.at);
            let processor = now.processor.zip(before.processor);
            let processor = processor.and_then(|(now, before)| now.checked_sub(before));
            let available = allowed.map(|millicores| passed.mul_f64(millicores as f64 / 1000.0));
            let of_processor = processor.zip(available);
            let cpu = of_processor.and_then(|(used, available)| millionths(used, available));
            sample.set(Gauge::CpuShare, cpu);
            let available = passed.mul_f64(workers as f64);
            let busy = now.workers.checked_sub(before.workers);
            let busy = busy.and_then(|busy| millionths(busy, available));
            sample.set(Gauge::TokioBusy, busy);
        }
    }

    fn memory(&self, sample: &mut Sample) {
        let limit = procfs::memory_limit(&self.roots);
        let working_set = procfs::working_set(&self.roots, limit.as_ref());
        let resident = procfs::resident_bytes(&self.roots);
        sample.set(Gauge::MemoryResident, resident);
        sample.set(Gauge::MemoryWorkingSet, working_set);
        sample.set(Gauge::MemoryLimit, limit.map(|limit| limit.bytes));
    }
}

/// The kernel counts by ticks, and so may have counted a little more than there was.
fn millionths(part: Duration, whole: Duration) -> Option<u64> {
    let share = part.as_nanos().checked_mul(1_000_000)?;
    let share = share.checked_div(whole.as_nanos())?.min(1_000_000);
    u64::try_from(share).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::clock::{ManualClock, SystemClock};
    use crate::procfs::Fixture;

    fn stat(ticks: u64) -> String {
        format!("1 (it) S 1 1 1 0 -1 0 0 0 0 0 {ticks} 0 0 0 20 0 3 0")
    }

    #[tokio::test]
    async fn the_share_is_of_what_is_allowed_since_the_last_look() {
        let clock = Arc::new(ManualClock::default());
        let fixture = Fixture::new("0::/");
        fixture
            .file("proc/status", "Cpus_allowed_list:\t0-3")
            .file("cgroup/cpu.max", "50000 100000")
            .file("proc/stat", stat(1000));
        let system = System::new(
            fixture.roots(),
            Directories::default(),
            Handle::current(),
            Arc::clone(&clock) as Arc<dyn Clock>,
        );
        let first = system.read().await;
        assert_eq!(first.get(Gauge::CpuShare), None);
        assert_eq!(first.get(Gauge::CpuAllowed), Some(500));
        assert_eq!(first.get(Gauge::Threads), Some(3));

        clock.advance(Duration::from_secs(10));
        fixture.file("proc/stat", stat(1100));
        // A second of processor time, of the five that half a processor has in ten.
        assert_eq!(system.read().await.get(Gauge::CpuShare), Some(200_000));

        clock.advance(Duration::from_secs(10));
        fixture.file("proc/stat", stat(9000));
        assert_eq!(system.read().await.get(Gauge::CpuShare), Some(1_000_000));
        // No time has passed: there is nothing to divide by.
        assert_eq!(system.read().await.get(Gauge::CpuShare), None);
    }

    #[tokio::test]
    async fn this_very_process_is_measured_whole() {
        let directory = tempfile::tempdir().unwrap();
        let directories = Directories {
            logs: Some(directory.path().to_owned()),
            data: Some(directory.path().join("missing")),
        };
        let clock = Arc::new(SystemClock);
        let system = System::new(Roots::default(), directories, Handle::current(), clock);
        system.read().await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        let sample = system.read().await;
        for gauge in [
            Gauge::CpuShare,
            Gauge::CpuAllowed,
            Gauge::MemoryResident,
            Gauge::OpenFiles,
            Gauge::Threads,
            Gauge::LogDiskUsed,
            Gauge::LogDiskFree,
            Gauge::TokioWorkers,
            Gauge::TokioTasks,
            Gauge::TokioQueue,
            Gauge::TokioBusy,
        ] {
            assert!(sample.get(gauge).is_some(), "{gauge:?} in {sample:?}");
        }
        assert_eq!(sample.get(Gauge::DataDiskUsed), None);
    }

    #[tokio::test]
    async fn a_system_that_shows_nothing_is_no_error() {
        let roots = Fixture::empty().roots();
        let clock = Arc::new(SystemClock);
        let system = System::new(roots, Directories::default(), Handle::current(), clock);
        let sample = system.read().await;
        assert_eq!(sample.get(Gauge::MemoryResident), None);
        assert_eq!(sample.get(Gauge::OpenFiles), None);
        assert!(sample.get(Gauge::TokioWorkers).is_some());
    }
}
