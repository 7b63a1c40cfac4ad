//! Open files, and how many there may be.

use std::fs;

use crate::procfs::Roots;

/// Sockets and pipes count, too.
pub(super) fn open(roots: &Roots) -> Option<u64> {
    let entries = fs::read_dir(roots.process.join("fd")).ok()?.count();
    // One of them is the directory that is being read.
    u64::try_from(entries).ok()?.checked_sub(1)
}

/// The soft limit: above it opening fails.
pub(super) fn limit(roots: &Roots) -> Option<u64> {
    let limits = fs::read_to_string(roots.process.join("limits")).ok()?;
    let rest = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    // "unlimited" is none.
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procfs::Fixture;

    #[test]
    fn the_soft_limit_counts() {
        let fixture = Fixture::empty();
        let line = |soft: &str| format!("Max open files            {soft}   4096    files     ");
        fixture.file("proc/limits", line("1024"));
        assert_eq!(limit(&fixture.roots()), Some(1024));
        fixture.file("proc/limits", line("unlimited"));
        assert_eq!(limit(&fixture.roots()), None);
        assert_eq!(limit(&Fixture::empty().roots()), None);
    }

    #[test]
    fn this_very_process_has_files_open_and_one_more_after_opening_one() {
        let roots = Roots::default();
        let opened: Vec<_> = (0..50)
            .map(|_| fs::File::open("/proc/self/stat").ok())
            .collect();
        assert!(open(&roots).is_some_and(|open| open >= opened.len() as u64));
        assert_eq!(open(&Fixture::empty().roots()), None);
    }
}
