//! How much of its cgroup's memory the process uses.
//!
//! Liveness may touch no file, so a task samples once a second and liveness reads two atomics.
//! "Used" is the process's resident set: the page cache, which counts towards the cgroup, is the
//! kernel's to give back and no reason for a restart.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;

const SAMPLE_EVERY: Duration = Duration::from_secs(1);
const MAX_PERCENT: u64 = 95;

/// cgroup v1 has no word for "no limit": it shows the largest number of whole pages. Nothing of
/// this size is a limit.
const V1_UNLIMITED_BYTES: u64 = 1 << 60;

/// Where the kernel shows its figures.
#[derive(Debug, Clone)]
pub struct MemoryRoots {
    /// The process's own directory, `/proc/self`.
    pub process: PathBuf,
    /// `/sys/fs/cgroup`
    pub cgroup: PathBuf,
}

impl Default for MemoryRoots {
    fn default() -> Self {
        Self {
            process: "/proc/self".into(),
            cgroup: "/sys/fs/cgroup".into(),
        }
    }
}

/// The latest sample. What can't be read, on another system for example, counts as no use and no
/// limit.
#[derive(Debug)]
pub struct Memory {
    roots: MemoryRoots,
    used_bytes: AtomicU64,
    /// `u64::MAX`: none.
    limit_bytes: AtomicU64,
}

impl Memory {
    /// Takes a first sample, then one a second on `handle` for as long as the result is held.
    pub fn watch(handle: &Handle, roots: MemoryRoots) -> Arc<Self> {
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

    fn new(roots: MemoryRoots) -> Self {
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
        let used = resident_bytes(&self.roots.process).unwrap_or(0);
        let limit = cgroup_limit_bytes(&self.roots).unwrap_or(u64::MAX);
        self.used_bytes.store(used, Ordering::Relaxed);
        self.limit_bytes.store(limit, Ordering::Relaxed);
    }
}

/// `VmRSS` of `status`, which is in kB; `statm` would be in pages, of a size to be asked for.
fn resident_bytes(process: &Path) -> Option<u64> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

fn cgroup_limit_bytes(roots: &MemoryRoots) -> Option<u64> {
    let membership = fs::read_to_string(roots.process.join("cgroup")).ok()?;
    membership
        .lines()
        .filter_map(|line| limit_of_membership(line, &roots.cgroup))
        .min()
}

/// A line of `/proc/self/cgroup` is `hierarchy:controllers:path`, see `cgroups(7)`.
fn limit_of_membership(line: &str, root: &Path) -> Option<u64> {
    let mut parts = line.splitn(3, ':');
    let (hierarchy, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
    if controllers.split(',').any(|name| name == "memory") {
        return tightest(&root.join("memory"), path, "memory.limit_in_bytes");
    }
    if hierarchy == "0" && controllers.is_empty() {
        let unified = tightest(root, path, "memory.max");
        // Where v1 and v2 are mixed, v2 is mounted one deeper.
        return unified.or_else(|| tightest(&root.join("unified"), path, "memory.max"));
    }
    None
}

/// The smallest limit from the process's cgroup up to the root. Inside a container the path may
/// be the host's and not exist here; the mount's root is then the container's own cgroup, and the
/// way up leads there.
fn tightest(mount: &Path, path: &str, file: &str) -> Option<u64> {
    let mut directory = mount.to_path_buf();
    let read = |directory: &Path| limit_in(&directory.join(file));
    let mut limits: Vec<u64> = read(&directory).into_iter().collect();
    // `..` stands for groups outside the namespace, which can't be seen.
    for part in path
        .split('/')
        .filter(|part| !part.is_empty() && *part != "..")
    {
        directory.push(part);
        limits.extend(read(&directory));
    }
    limits.into_iter().min()
}

fn limit_in(file: &Path) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let bytes: u64 = text.trim().parse().ok()?; // v2 says "max" for none
    (bytes < V1_UNLIMITED_BYTES).then_some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use tempfile::TempDir;

    const MB: u64 = 1024 * 1024;

    struct Fixture {
        directory: TempDir,
    }

    impl Fixture {
        fn new(membership: &str, used_bytes: u64) -> Self {
            let fixture = Self {
                directory: TempDir::new().unwrap(),
            };
            let status = format!(
                "Name:\tx\nVmHWM:\t  9 kB\nVmRSS:\t  {} kB\n",
                used_bytes / 1024
            );
            fixture.file("proc/status", status);
            fixture.file("proc/cgroup", membership);
            fixture
        }

        fn file(&self, path: &str, content: impl ToString) -> &Self {
            let path = self.directory.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("{}\n", content.to_string())).unwrap();
            self
        }

        fn roots(&self) -> MemoryRoots {
            MemoryRoots {
                process: self.directory.path().join("proc"),
                cgroup: self.directory.path().join("cgroup"),
            }
        }

        fn memory(&self) -> Memory {
            Memory::new(self.roots())
        }
    }

    #[test]
    fn a_v2_limit_is_found_at_the_processs_own_group() {
        let fixture = Fixture::new("0::/app.slice/it", 96 * MB);
        fixture.file("cgroup/app.slice/it/memory.max", 100 * MB);
        let memory = fixture.memory();
        assert_eq!(
            (memory.used_bytes(), memory.limit_bytes()),
            (96 * MB, Some(100 * MB))
        );
        assert!(memory.is_exhausted());
    }

    #[test]
    fn exactly_95_percent_is_still_well() {
        let fixture = Fixture::new("0::/", 95 * MB);
        fixture.file("cgroup/memory.max", 100 * MB);
        assert!(!fixture.memory().is_exhausted());
    }

    #[test]
    fn of_nested_groups_the_tightest_counts() {
        let fixture = Fixture::new("0::/a/b/c", 60 * MB);
        fixture
            .file("cgroup/a/memory.max", 50 * MB)
            .file("cgroup/a/b/memory.max", "max")
            .file("cgroup/a/b/c/memory.max", 200 * MB);
        assert_eq!(fixture.memory().limit_bytes(), Some(50 * MB));
    }

    #[test]
    fn a_path_of_the_host_leads_to_the_containers_own_group() {
        let fixture = Fixture::new("0::/../../docker/0123", MB);
        fixture.file("cgroup/memory.max", 64 * MB);
        assert_eq!(fixture.memory().limit_bytes(), Some(64 * MB));
    }

    #[test]
    fn max_is_no_limit() {
        let fixture = Fixture::new("0::/a", MB);
        fixture.file("cgroup/a/memory.max", "max");
        let memory = fixture.memory();
        assert_eq!(memory.limit_bytes(), None);
        assert!(!memory.is_exhausted());
    }

    #[test]
    fn a_v1_limit_is_found_and_its_huge_value_is_none() {
        let membership = "12:cpu,cpuacct:/x\n9:memory:/docker/0123\n1:name=systemd:/y";
        let fixture = Fixture::new(membership, MB);
        fixture
            .file(
                "cgroup/memory/memory.limit_in_bytes",
                9_223_372_036_854_771_712_u64,
            )
            .file("cgroup/memory/docker/0123/memory.limit_in_bytes", 32 * MB);
        assert_eq!(fixture.memory().limit_bytes(), Some(32 * MB));

        fixture.file(
            "cgroup/memory/docker/0123/memory.limit_in_bytes",
            9_223_372_036_854_771_712_u64,
        );
        assert_eq!(fixture.memory().limit_bytes(), None);
    }

    #[test]
    fn nothing_to_read_is_no_limit() {
        let directory = TempDir::new().unwrap();
        let roots = MemoryRoots {
            process: directory.path().join("proc"),
            cgroup: directory.path().join("cgroup"),
        };
        let memory = Memory::new(roots);
        assert_eq!((memory.used_bytes(), memory.limit_bytes()), (0, None));
        assert!(!memory.is_exhausted());
    }

    #[test]
    fn this_very_process_uses_memory() {
        assert!(Memory::new(MemoryRoots::default()).used_bytes() > MB / 4);
    }

    #[tokio::test(start_paused = true)]
    async fn samples_follow_the_files() {
        let fixture = Fixture::new("0::/", MB);
        fixture.file("cgroup/memory.max", 100 * MB);
        let memory = Memory::watch(&Handle::current(), fixture.roots());
        assert!(!memory.is_exhausted());

        fixture.file("cgroup/memory.max", MB);
        tokio::time::sleep(SAMPLE_EVERY * 2).await;
        assert!(memory.is_exhausted());
    }
}
