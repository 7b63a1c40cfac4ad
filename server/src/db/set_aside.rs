//! A corrupt SQLite file makes room for a fresh one, and is kept for whoever wants to look into it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ops::clock::rfc3339_millis;

/// Renames the file, with what SQLite keeps beside it, and returns the new name: dated, so that a
/// second one does not replace the first.
///
/// # Errors
/// If the directory does not let it.
pub fn set_aside(path: &Path, now: SystemTime) -> io::Result<PathBuf> {
    let date = rfc3339_millis(now).replace(':', "-");
    let aside = path.with_added_extension(format!("corrupt-{date}"));
    // The log first: a fresh file must never meet the old one's.
    for suffix in ["-wal", "-shm"] {
        let beside = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        match std::fs::rename(beside(path), beside(&aside)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    std::fs::rename(path, &aside)?;
    Ok(aside)
}

/// Whether an error's text says so: SQLite's SQLITE_CORRUPT and SQLITE_NOTADB.
pub(super) fn says_corrupt(text: &str) -> bool {
    text.contains("database disk image is malformed") || text.contains("file is not a database")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::fs;
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn the_file_and_what_belongs_to_it_get_a_dated_name() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ops.sqlite3");
        fs::write(&path, "broken").unwrap();
        fs::write(directory.path().join("ops.sqlite3-wal"), "log").unwrap();
        let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let aside = set_aside(&path, now).unwrap();
        let name = "ops.sqlite3.corrupt-2023-11-14T22-13-20.000Z";
        assert_eq!(aside, directory.path().join(name));
        assert_eq!(fs::read(&aside).unwrap(), b"broken");
        let log = directory.path().join(format!("{name}-wal"));
        assert_eq!(fs::read(log).unwrap(), b"log");
        assert!(!path.exists());
    }
}
