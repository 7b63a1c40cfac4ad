//! Where the kernel shows its figures of this process, and those that more than one folder reads.
//!
//! Whatever can't be read, on another system for example, is absent: `None`, never 0. Files of `/proc`
//! and of cgroups are made by the kernel when they are read: that takes microseconds and no disk.

use std::fs;
use std::path::{Path, PathBuf};

/// cgroup v1 has no word for "no limit": it shows the largest number of whole pages. Nothing of
/// this size is a limit.
const V1_UNLIMITED_BYTES: u64 = 1 << 60;

#[derive(Debug, Clone)]
pub struct Roots {
    /// The process's own directory, `/proc/self`.
    pub process: PathBuf,
    /// `/sys/fs/cgroup`
    pub cgroup: PathBuf,
}

impl Default for Roots {
    fn default() -> Self {
        Self {
            process: "/proc/self".into(),
            cgroup: "/sys/fs/cgroup".into(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    V2,
}

/// A process's group and those around it, of one hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hierarchy {
    pub version: Version,
    /// From the mount's root down to the process's own, as far as they can be seen.
    pub groups: Vec<PathBuf>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemoryLimit {
    pub bytes: u64,
    version: Version,
    /// Whose limit it is.
    group: PathBuf,
}

/// Those hierarchies that may have a say about `controller`. A line of `/proc/self/cgroup` is
/// `hierarchy:controllers:path`, see `cgroups(7)`.
pub(crate) fn hierarchies(roots: &Roots, controller: &str) -> Vec<Hierarchy> {
    let membership = fs::read_to_string(roots.process.join("cgroup")).unwrap_or_default();
    let mut found = Vec::new();
    for line in membership.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(number), Some(controllers), Some(path)) =
            (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        if controllers.split(',').any(|name| name == controller) {
            // Mounted by the one name, by all of them, or by both.
            let mounts = [controller, controllers].map(|name| roots.cgroup.join(name));
            let mount = mounts.into_iter().find(|mount| mount.is_dir());
            found.extend(mount.map(|mount| Hierarchy::of(Version::V1, &mount, path)));
        } else if number == "0" && controllers.is_empty() {
            found.push(Hierarchy::of(Version::V2, &roots.cgroup, path));
            // Where v1 and v2 are mixed, v2 is mounted one deeper.
            let mixed = roots.cgroup.join("unified");
            found.push(Hierarchy::of(Version::V2, &mixed, path));
        }
    }
    found.retain(|hierarchy| !hierarchy.groups.is_empty());
    found
}

impl Hierarchy {
    /// Inside a container the path may be the host's and not exist here; the mount's root is then the
    /// container's own group, and the way down leads nowhere.
    fn of(version: Version, mount: &Path, path: &str) -> Self {
        let mut group = mount.to_path_buf();
        let mut groups = vec![group.clone()];
        // `..` stands for groups outside the namespace, which can't be seen.
        let parts = path.split('/').filter(|part| !matches!(*part, "" | ".."));
        groups.extend(parts.map(|part| {
            group.push(part);
            group.clone()
        }));
        groups.retain(|group| group.is_dir());
        Self { version, groups }
    }
}

/// `VmRSS` of `status`, which is in kB; `statm` would be in pages, of a size to be asked for.
pub(crate) fn resident_bytes(roots: &Roots) -> Option<u64> {
    let kilobytes = status_field(roots, "VmRSS:")?
        .strip_suffix("kB")?
        .trim()
        .parse::<u64>();
    kilobytes.ok()?.checked_mul(1024)
}

/// One of `/proc/self/status`.
pub(crate) fn status_field(roots: &Roots, name: &str) -> Option<String> {
    let status = fs::read_to_string(roots.process.join("status")).ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(value.trim().to_owned())
}

/// The smallest limit of the process's group and those around it.
pub(crate) fn memory_limit(roots: &Roots) -> Option<MemoryLimit> {
    let limits = hierarchies(roots, "memory")
        .into_iter()
        .flat_map(|hierarchy| {
            let Hierarchy { version, groups } = hierarchy;
            let file = match version {
                Version::V1 => "memory.limit_in_bytes",
                Version::V2 => "memory.max",
            };
            groups.into_iter().filter_map(move |group| {
                // v2 says "max" for none.
                let bytes =
                    number_in(&group.join(file)).filter(|bytes| *bytes < V1_UNLIMITED_BYTES)?;
                Some(MemoryLimit {
                    bytes,
                    version,
                    group,
                })
            })
        });
    limits.min_by_key(|limit| limit.bytes)
}

/// What the group that `limit` is set for uses, or the process's own group: without the pages of files
/// that nobody has used lately, which the kernel takes back before it ends anyone. Others call that the
/// working set.
pub(crate) fn working_set(roots: &Roots, limit: Option<&MemoryLimit>) -> Option<u64> {
    let groups = match limit {
        Some(limit) => vec![(limit.version, limit.group.clone())],
        None => hierarchies(roots, "memory")
            .into_iter()
            .filter_map(|mut hierarchy| Some((hierarchy.version, hierarchy.groups.pop()?)))
            .collect(),
    };
    groups.into_iter().find_map(|(version, group)| {
        let (usage, inactive) = match version {
            Version::V1 => ("memory.usage_in_bytes", "total_inactive_file "),
            Version::V2 => ("memory.current", "inactive_file "),
        };
        let usage = number_in(&group.join(usage))?;
        let stat = fs::read_to_string(group.join("memory.stat")).ok()?;
        let inactive = stat.lines().find_map(|line| line.strip_prefix(inactive))?;
        // Both change while they are read.
        Some(usage.saturating_sub(inactive.trim().parse().ok()?))
    })
}

/// The file's only number.
pub(crate) fn number_in(file: &Path) -> Option<u64> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

/// Files as the kernel would show them.
#[cfg(test)]
pub(crate) struct Fixture(tempfile::TempDir);

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
impl Fixture {
    /// A system without any of this.
    pub fn empty() -> Self {
        Self(tempfile::TempDir::new().unwrap())
    }

    /// `membership` is what `/proc/self/cgroup` says.
    pub fn new(membership: &str) -> Self {
        let fixture = Self::empty();
        fixture.file("proc/cgroup", membership);
        fixture
    }

    /// Below `proc/` or `cgroup/`.
    pub fn file(&self, path: &str, content: impl ToString) -> &Self {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{}\n", content.to_string())).unwrap();
        self
    }

    pub fn roots(&self) -> Roots {
        Roots {
            process: self.0.path().join("proc"),
            cgroup: self.0.path().join("cgroup"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1024 * 1024;

    #[test]
    fn the_working_set_is_of_the_group_that_is_limited_without_idle_files() {
        let fixture = Fixture::new("0::/pod/it");
        fixture
            .file("cgroup/pod/memory.max", 100 * MB)
            .file("cgroup/pod/memory.current", 60 * MB)
            .file(
                "cgroup/pod/memory.stat",
                format!("anon 1\ninactive_file {}\nactive_file 2", 20 * MB),
            )
            .file("cgroup/pod/it/memory.max", "max")
            .file("cgroup/pod/it/memory.current", 50 * MB)
            .file("cgroup/pod/it/memory.stat", "inactive_file 0");
        let roots = fixture.roots();
        let limit = memory_limit(&roots);
        assert_eq!(limit.as_ref().map(|limit| limit.bytes), Some(100 * MB));
        assert_eq!(working_set(&roots, limit.as_ref()), Some(40 * MB));
        assert_eq!(working_set(&roots, None), Some(50 * MB));
    }

    #[test]
    fn v1_counts_idle_files_of_groups_below_too() {
        let fixture = Fixture::new("9:memory:/it\n0::/");
        fixture
            .file("cgroup/memory/it/memory.usage_in_bytes", 30 * MB)
            .file(
                "cgroup/memory/it/memory.stat",
                format!("inactive_file 5\ntotal_inactive_file {MB}"),
            );
        assert_eq!(working_set(&fixture.roots(), None), Some(29 * MB));
    }

    #[test]
    fn what_is_not_there_is_absent_and_not_nothing() {
        let roots = Fixture::empty().roots();
        assert_eq!(resident_bytes(&roots), None);
        assert_eq!(memory_limit(&roots), None);
        assert_eq!(working_set(&roots, None), None);
        // The root of v2 has no figures of its own.
        let fixture = Fixture::new("0::/");
        fixture.file("cgroup/cgroup.procs", "1");
        assert_eq!(working_set(&fixture.roots(), None), None);
    }
}
