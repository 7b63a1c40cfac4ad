//! An SQLite file that is none any more: told apart from one that is merely busy or out of reach,
//! and set aside, so that a fresh one can take its place.
//!
//! Only a store that can be begun anew, the desk's own, is set aside. The registry's database is never
//! touched.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use diesel::sqlite::SqliteConnection;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, sql_query, sql_types};

use super::migrate::lock_path;

/// What SQLite says of a damaged file (SQLITE_CORRUPT, SQLITE_NOTADB): Diesel keeps the text only.
const SAYINGS: [&str; 2] = ["database disk image is malformed", "file is not a database"];

/// What belongs to a database file, and goes where it goes.
const COMPANIONS: [&str; 3] = ["", "-wal", "-shm"];

/// Whether an error's text, or that of one of its causes, speaks of a damaged file.
pub fn is_told_by(error: &(dyn std::error::Error + 'static)) -> bool {
    let text = super::chain(error);
    SAYINGS.iter().any(|saying| text.contains(saying))
}

/// Looks at the file itself and, if it is damaged indeed, renames it, with the date. `None`: it is
/// sound, since somebody else was faster, or the error lied.
///
/// Blocks for as long as reading the whole file takes.
///
/// # Errors
/// If it can't be renamed.
pub fn set_aside(path: &Path, now: SystemTime) -> io::Result<Option<PathBuf>> {
    // The one that keeps two processes from migrating at once also keeps them from this.
    let lock = File::create(lock_path(path))?;
    lock.lock()?;
    if damage(path).is_none() {
        return Ok(None);
    }
    let suffix = DateTime::<Utc>::from(now)
        .format(".corrupt-%Y%m%dT%H%M%S%3fZ")
        .to_string();
    for companion in COMPANIONS {
        let from = with_suffix(path, companion);
        match fs::rename(&from, with_suffix(path, &format!("{suffix}{companion}"))) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            renamed => renamed?,
        }
    }
    Ok(Some(with_suffix(path, &suffix)))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

#[derive(QueryableByName)]
struct Verdict {
    #[diesel(sql_type = sql_types::Text)]
    quick_check: String,
}

/// What is wrong with a file, in SQLite's words. Anything but a clear "damaged" counts as sound: nothing
/// is set aside on suspicion.
///
/// Blocks for as long as reading the whole file takes.
pub fn damage(path: &Path) -> Option<String> {
    let verdict = SqliteConnection::establish(&path.to_string_lossy())
        .map_err(|error| error.to_string())
        .and_then(|mut conn| {
            sql_query("PRAGMA quick_check(1)")
                .load::<Verdict>(&mut conn)
                .map_err(|error| error.to_string())
        });
    match verdict {
        Ok(rows) => {
            let first = rows.into_iter().next();
            first.map(|row| row.quick_check).filter(|said| said != "ok")
        }
        Err(text) => Some(text).filter(|text| SAYINGS.iter().any(|saying| text.contains(saying))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::time::{Duration, UNIX_EPOCH};

    use diesel::connection::SimpleConnection as _;

    use super::*;

    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(1_764_014_400_123)
    }

    fn database(directory: &Path) -> PathBuf {
        let path = directory.join("ops.sqlite3");
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        conn.batch_execute(
            "CREATE TABLE t (a TEXT); \
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999) \
             INSERT INTO t SELECT hex(randomblob(64)) FROM n",
        )
        .unwrap();
        path
    }

    #[test]
    fn a_sound_file_stays() {
        let directory = tempfile::tempdir().unwrap();
        let path = database(directory.path());
        assert_eq!(set_aside(&path, now()).unwrap(), None);
        assert!(path.exists());
    }

    #[test]
    fn a_damaged_file_goes_aside_with_all_that_belongs_to_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = database(directory.path());
        let mut bytes = fs::read(&path).unwrap();
        for byte in bytes.iter_mut().skip(2 * 4096) {
            *byte = 0xA5;
        }
        fs::write(&path, &bytes).unwrap();
        fs::write(with_suffix(&path, "-wal"), b"").unwrap();
        let aside = set_aside(&path, now()).unwrap().unwrap();
        let name = aside.file_name().unwrap().to_str().unwrap();
        assert_eq!(name, "ops.sqlite3.corrupt-20251124T200000123Z");
        assert_eq!(fs::read(&aside).unwrap(), bytes);
        assert!(!path.exists() && !with_suffix(&path, "-wal").exists());
    }

    #[test]
    fn a_file_that_never_was_a_database_goes_aside() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ops.sqlite3");
        fs::write(
            &path,
            "no database at all, but long enough to be looked at".repeat(99),
        )
        .unwrap();
        assert!(set_aside(&path, now()).unwrap().is_some());
    }

    #[test]
    fn what_can_not_be_opened_is_not_called_damaged() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ops.sqlite3");
        fs::create_dir(&path).unwrap();
        assert_eq!(set_aside(&path, now()).unwrap(), None);
    }
}
