//! The processor time that the process has used, and how much of it there is to be had.

use std::fs;
use std::time::Duration;

use crate::procfs::{Roots, Version, hierarchies, number_in, status_field};

/// `USER_HZ`, the ticks a second of what the kernel tells programs: the same wherever Linux runs today,
/// whatever its own clock does.
const TICKS_A_SECOND: u64 = 100;

/// Of `/proc/self/stat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Usage {
    /// In user and kernel mode, of all threads, also of those that ended.
    pub time: Duration,
    pub threads: u64,
}

pub(super) fn usage(roots: &Roots) -> Option<Usage> {
    let stat = fs::read_to_string(roots.process.join("stat")).ok()?;
    // `pid (name) state ppid …`, and a name may hold anything. See proc_pid_stat(5): of what follows
    // the name, utime is the 12th, stime the 13th and num_threads the 18th.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let user: u64 = fields.nth(11)?.parse().ok()?;
    let kernel: u64 = fields.next()?.parse().ok()?;
    let threads = fields.nth(4)?.parse().ok()?;
    let ticks = user.checked_add(kernel)?;
    let millis = ticks.checked_mul(1000 / TICKS_A_SECOND)?;
    Some(Usage {
        time: Duration::from_millis(millis),
        threads,
    })
}

/// The processor time that this process has used, of all its threads.
pub fn processor_time() -> Option<Duration> {
    usage(&Roots::default()).map(|usage| usage.time)
}

/// In thousandths of a processor: the smallest of what the process's groups may use and of the
/// processors that it may run on.
pub(super) fn allowed_millicores(roots: &Roots) -> Option<u64> {
    let quotas = hierarchies(roots, "cpu").into_iter().flat_map(|hierarchy| {
        let version = hierarchy.version;
        let groups = hierarchy.groups.into_iter();
        groups.filter_map(move |group| match version {
            Version::V1 => {
                // -1, which is no such number, stands for none.
                let quota = number_in(&group.join("cpu.cfs_quota_us"))?;
                millicores(quota, number_in(&group.join("cpu.cfs_period_us"))?)
            }
            Version::V2 => {
                let text = fs::read_to_string(group.join("cpu.max")).ok()?;
                let (quota, period) = text.trim().split_once(' ')?;
                // "max" stands for none.
                millicores(quota.parse().ok()?, period.parse().ok()?)
            }
        })
    });
    let processors = status_field(roots, "Cpus_allowed_list:");
    let processors = processors.and_then(|list| count(&list));
    quotas.chain(processors.map(|number| number * 1000)).min()
}

fn millicores(quota: u64, period: u64) -> Option<u64> {
    let share = u128::from(quota) * 1000 / u128::from(Some(period).filter(|period| *period > 0)?);
    u64::try_from(share).ok().filter(|share| *share > 0)
}

/// How many numbers a list such as `0-3,8` names.
fn count(list: &str) -> Option<u64> {
    let counts = list.split(',').map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        last.checked_sub(first)?.checked_add(1)
    });
    counts.sum::<Option<u64>>().filter(|count| *count < 1 << 20)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::procfs::Fixture;

    const STAT: &str = "4242 (a) b (c)) S 1 4242 4242 0 -1 4194560 900 0 3 0 1234 766 0 0 20 0 17 0 \
        99 1000 200 18446744073709551615";

    #[test]
    fn time_and_threads_are_found_behind_whatever_name() {
        let fixture = Fixture::empty();
        fixture.file("proc/stat", STAT);
        let expected = Usage {
            time: Duration::from_secs(20),
            threads: 17,
        };
        assert_eq!(usage(&fixture.roots()), Some(expected));
        assert_eq!(usage(&Fixture::empty().roots()), None);
    }

    #[test]
    fn the_tightest_quota_counts_and_none_is_none() {
        let fixture = Fixture::new("0::/a/b");
        fixture
            .file("proc/status", "Cpus_allowed_list:\t0-3,8")
            .file("cgroup/a/cpu.max", "150000 100000")
            .file("cgroup/a/b/cpu.max", "max 100000");
        assert_eq!(allowed_millicores(&fixture.roots()), Some(1500));
        fixture.file("cgroup/a/b/cpu.max", "25000 100000");
        assert_eq!(allowed_millicores(&fixture.roots()), Some(250));
    }

    #[test]
    fn v1_is_understood_under_both_names_of_its_mount() {
        for mount in ["cpu", "cpu,cpuacct"] {
            let fixture = Fixture::new("3:cpu,cpuacct:/docker/1\n0::/");
            let group = format!("cgroup/{mount}/docker/1");
            fixture
                .file("proc/status", "Cpus_allowed_list:\t0-1")
                .file(&format!("{group}/cpu.cfs_quota_us"), "-1")
                .file(&format!("{group}/cpu.cfs_period_us"), 100_000);
            assert_eq!(allowed_millicores(&fixture.roots()), Some(2000));
            fixture.file(&format!("{group}/cpu.cfs_quota_us"), 50_000);
            assert_eq!(allowed_millicores(&fixture.roots()), Some(500));
        }
    }

    #[test]
    fn without_any_of_it_nothing_is_made_up() {
        assert_eq!(allowed_millicores(&Fixture::empty().roots()), None);
        let fixture = Fixture::new("0::/");
        fixture
            .file("proc/status", "Cpus_allowed_list:\t3-1")
            .file("cgroup/cpu.max", "5 0");
        assert_eq!(allowed_millicores(&fixture.roots()), None);
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text: String) {
            let fixture = Fixture::new("0::/");
            fixture
                .file("proc/status", format!("Cpus_allowed_list:{text}"))
                .file("proc/stat", &text)
                .file("cgroup/cpu.max", &text);
            let roots = fixture.roots();
            _ = usage(&roots);
            prop_assert_ne!(allowed_millicores(&roots), Some(0));
        }

        #[test]
        fn lists_are_counted(ranges in proptest::collection::vec((0..500_u64, 0..9_u64), 1..9)) {
            let list: Vec<_> = ranges
                .iter()
                .map(|(first, more)| match more {
                    0 => first.to_string(),
                    more => format!("{first}-{}", first + more),
                })
                .collect();
            let expected: u64 = ranges.iter().map(|(_, more)| more + 1).sum();
            prop_assert_eq!(count(&list.join(",")), Some(expected));
        }
    }
}
