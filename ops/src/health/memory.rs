//! How much of its cgroup's memory the process uses.
//!
//! Liveness may touch no file, so a task samples once a second and liveness reads two atomics.
//! "Used" is the process's resident set: the page cache, which counts towards the cgroup, is the
//! kernel's to give back and no reason for a restart.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::procfs::{self, Roots};

const SAMPLE_EVERY: Duration = Duration::from_secs(1);
const MAX_PERCENT: u64 = 95;

/// The latest sample. What can't be read, on another system for example, counts as no use and no
/// limit.
#[derive(Debug)]
pub struct Memory {
    roots: Roots,
    used_bytes: AtomicU64,
    /// `u64::MAX`: none.
    limit_bytes: AtomicU64,
}

impl Memory {
    /// Takes a first sample, then one a second on `handle` for as long as the result is held.
    pub fn watch(handle: &Handle, roots: Roots) -> Arc<Self> {
        let memory = Arc::new(Self::new(roots));
        let weak = Arc::downgrade(&memory);
        handle.spawn(async move {
            let mut ticks = tokio::time::interval(SAMPLE_EVERY);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                let Some(memory) = weak.upgrade() else { return };
                memory.sample();
            }
        });
        memory
    }

    fn new(roots: Roots) -> Self {
        let memory = Self {
            roots,
            used_bytes: AtomicU64::new(0),
            limit_bytes: AtomicU64::new(u64::MAX),
        };
        memory.sample();
        memory
    }

    /// The process's resident set.
    pub fn used_bytes(&self) -> u64 {
        self.used_bytes.load(Ordering::Relaxed)
    }

    /// The tightest limit of the process's cgroup and those around it.
    pub fn limit_bytes(&self) -> Option<u64> {
        let limit = self.limit_bytes.load(Ordering::Relaxed);
        (limit != u64::MAX).then_some(limit)
    }

    /// Whether the process is above 95 % of its limit.
    pub fn is_exhausted(&self) -> bool {
        self.limit_bytes().is_some_and(|limit| {
            u128::from(self.used_bytes()) * 100 > u128::from(limit) * u128::from(MAX_PERCENT)
        })
    }

    fn sample(&self) {
        let used = procfs::resident_bytes(&self.roots).unwrap_or(0);
        let limit = procfs::memory_limit(&self.roots)
            .map(|limit| limit.bytes)
            .unwrap_or(u64::MAX);
        self.used_bytes.store(used, Ordering::Relaxed);
        self.limit_bytes.store(limit, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procfs::Fixture;

    const MB: u64 = 1024 * 1024;

    fn fixture(membership: &str, used_bytes: u64) -> Fixture {
        let fixture = Fixture::new(membership);
        let kilobytes = used_bytes / 1024;
        let status = format!("Name:\tx\nVmHWM:\t  9 kB\nVmRSS:\t  {kilobytes} kB\n");
        fixture.file("proc/status", status);
        fixture
    }

    fn memory(fixture: &Fixture) -> Memory {
        Memory::new(fixture.roots())
    }

    #[test]
    fn a_v2_limit_is_found_at_the_processs_own_group() {
        let fixture = fixture("0::/app.slice/it", 96 * MB);
        fixture.file("cgroup/app.slice/it/memory.max", 100 * MB);
        let memory = memory(&fixture);
        assert_eq!(
            (memory.used_bytes(), memory.limit_bytes()),
            (96 * MB, Some(100 * MB))
        );
        assert!(memory.is_exhausted());
    }

    #[test]
    fn exactly_95_percent_is_still_well() {
        let fixture = fixture("0::/", 95 * MB);
        fixture.file("cgroup/memory.max", 100 * MB);
        assert!(!memory(&fixture).is_exhausted());
    }

    #[test]
    fn of_nested_groups_the_tightest_counts() {
        let fixture = fixture("0::/a/b/c", 60 * MB);
        fixture
            .file("cgroup/a/memory.max", 50 * MB)
            .file("cgroup/a/b/memory.max", "max")
            .file("cgroup/a/b/c/memory.max", 200 * MB);
        assert_eq!(memory(&fixture).limit_bytes(), Some(50 * MB));
    }

    #[test]
    fn a_path_of_the_host_leads_to_the_containers_own_group() {
        let fixture = fixture("0::/../../docker/0123", MB);
        fixture.file("cgroup/memory.max", 64 * MB);
        assert_eq!(memory(&fixture).limit_bytes(), Some(64 * MB));
    }

    #[test]
    fn max_is_no_limit() {
        let fixture = fixture("0::/a", MB);
        fixture.file("cgroup/a/memory.max", "max");
        let memory = memory(&fixture);
        assert_eq!(memory.limit_bytes(), None);
        assert!(!memory.is_exhausted());
    }

    #[test]
    fn a_v1_limit_is_found_and_its_huge_value_is_none() {
        let membership = "12:cpu,cpuacct:/x\n9:memory:/docker/0123\n1:name=systemd:/y";
        let fixture = fixture(membership, MB);
        fixture
            .file(
                "cgroup/memory/memory.limit_in_bytes",
                9_223_372_036_854_771_712_u64,
            )
            .file("cgroup/memory/docker/0123/memory.limit_in_bytes", 32 * MB);
        assert_eq!(memory(&fixture).limit_bytes(), Some(32 * MB));

        fixture.file(
            "cgroup/memory/docker/0123/memory.limit_in_bytes",
            9_223_372_036_854_771_712_u64,
        );
        assert_eq!(memory(&fixture).limit_bytes(), None);
    }

    #[test]
    fn nothing_to_read_is_no_limit() {
        let roots = Fixture::empty().roots();
        let memory = Memory::new(roots);
        assert_eq!((memory.used_bytes(), memory.limit_bytes()), (0, None));
        assert!(!memory.is_exhausted());
    }

    #[test]
    fn this_very_process_uses_memory() {
        assert!(Memory::new(Roots::default()).used_bytes() > MB / 4);
    }

    #[tokio::test(start_paused = true)]
    async fn samples_follow_the_files() {
        let fixture = fixture("0::/", MB);
        fixture.file("cgroup/memory.max", 100 * MB);
        let memory = Memory::watch(&Handle::current(), fixture.roots());
        assert!(!memory.is_exhausted());

        fixture.file("cgroup/memory.max", MB);
        tokio::time::sleep(SAMPLE_EVERY * 2).await;
        assert!(memory.is_exhausted());
    }
}
