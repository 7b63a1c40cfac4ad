//! Opening an SQLite file, and telling in plain words why it can't be opened or written to.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use diesel::QueryResult;
use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};
use ops::health::Code;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rustix::fs::{Access, StatVfsMountFlags, access, statvfs};

use super::connection::{ConnectFailure, Lifetime, SqliteConn};
use super::error;
use super::url::DatabaseUrl;

/// With less than this left, the next write is likely to be refused.
const LEAST_FREE_BYTES: u64 = 64 * 1024;

/// Without it a statement that meets another connection's lock fails at once.
pub(super) const WAIT_FOR_LOCKS: &str = "PRAGMA busy_timeout = 4000";

/// The switch takes a few milliseconds.
const SWITCH_AGAIN: Duration = Duration::from_millis(5);
/// Shorter than the connection's own limit, so that the reason is told.
const SWITCH_LIMIT: Duration = Duration::from_secs(2);

/// What would end the path in a `file:` URI.
const OF_A_URI: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#');

pub(super) async fn open(url: &DatabaseUrl) -> Result<(SqliteConn, Lifetime), ConnectFailure> {
    let DatabaseUrl::Sqlite { path } = url else {
        return Err(ConnectFailure::wrong_url());
    };
    if let Some(directory) = url.directory() {
        fs::create_dir_all(directory).map_err(|error| {
            let cause = format!("the directory {}: {error}", directory.display());
            ConnectFailure::new(Code::Unreachable, cause)
        })?;
    }
    match for_writing(url, path).await {
        Ok(conn) => Ok((conn, Lifetime::Pooled)),
        Err(failure) => match as_it_is(url, path).await {
            Some(conn) => Ok((conn, Lifetime::OneUse)),
            None => Err(failure),
        },
    }
}

async fn for_writing(url: &DatabaseUrl, path: &Path) -> Result<SqliteConn, ConnectFailure> {
    let mut conn = SqliteConn::establish(&path.to_string_lossy())
        .await
        .map_err(|error| why(url, path, Code::Unreachable, &error.to_string()))?;
    set_up(&mut conn).await.map_err(|error| {
        let code = error::code_of(&error).unwrap_or(Code::Query);
        why(url, path, code, &error.to_string())
    })?;
    Ok(conn)
}

async fn set_up(conn: &mut SqliteConn) -> QueryResult<()> {
    conn.batch_execute(WAIT_FOR_LOCKS).await?;
    conn.batch_execute("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON")
        .await?;
    let begun = Instant::now();
    loop {
        match conn.batch_execute("PRAGMA journal_mode = WAL").await {
            // Two that switch a new file at once have both read it before they write to it. There
            // SQLite waits for neither, whatever the busy time-out; the one that tries again finds the
            // file switched.
            Err(error) if is_locked(&error) && begun.elapsed() < SWITCH_LIMIT => {
                tokio::time::sleep(SWITCH_AGAIN).await;
            }
            outcome => return outcome,
        }
    }
}

fn is_locked(error: &diesel::result::Error) -> bool {
    error::code_of(error) == Some(Code::Timeout)
}

/// Where nothing can be written, SQLite can't make the files that it keeps beside the database, not
/// even for reading. It can do without them while nobody changes the file, and all that was written
/// has come into it.
async fn as_it_is(url: &DatabaseUrl, path: &Path) -> Option<SqliteConn> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let is_whole = fs::metadata(log).map_or(true, |log| log.len() == 0);
    if !path.exists() || !is_whole || !takes_no_writes(url).await {
        return None;
    }
    let path = path.to_string_lossy();
    let path = utf8_percent_encode(&path, OF_A_URI);
    let mut conn = SqliteConn::establish(&format!("file:{path}?immutable=1"))
        .await
        .ok()?;
    // The first look at the file is taken here.
    conn.batch_execute("SELECT COUNT(*) FROM sqlite_master")
        .await
        .ok()?;
    Some(conn)
}

/// SQLite says only that it could not; whose file or directory it is, the system says.
fn why(url: &DatabaseUrl, path: &Path, code: Code, said: &str) -> ConnectFailure {
    let user = rustix::process::geteuid().as_raw();
    let may = |path: &Path, what| access(path, what).is_ok();
    let directory = url.directory().unwrap_or(Path::new("."));
    let place = path.display();
    if path.exists() && !may(path, Access::READ_OK) {
        let cause = format!("{place}: the user {user} may not read the file ({said})");
        return ConnectFailure::new(Code::Unreachable, cause);
    }
    if !may(directory, Access::WRITE_OK | Access::EXEC_OK) {
        let directory = directory.display();
        let cause = format!(
            "{place}: the user {user} may not write in the directory {directory}, where SQLite has to \
             keep files beside the database ({said})"
        );
        return ConnectFailure::new(Code::ReadOnly, cause);
    }
    if path.exists() && !may(path, Access::WRITE_OK) {
        let cause = format!("{place}: the user {user} may not write to the file ({said})");
        return ConnectFailure::new(Code::ReadOnly, cause);
    }
    ConnectFailure::new(code, format!("{place}: {said}"))
}

/// Whether the disk is full or mounted read-only, or the file is not this user's to write.
pub(super) async fn takes_no_writes(url: &DatabaseUrl) -> bool {
    let url = url.clone();
    let look = move || {
        let DatabaseUrl::Sqlite { path } = &url else {
            return false;
        };
        let directory = url.directory().unwrap_or(Path::new("."));
        let may_write = |path: &Path| access(path, Access::WRITE_OK).is_ok();
        let is_refused = path.exists() && !(may_write(path.as_path()) && may_write(directory));
        let is_unfit = statvfs(directory).is_ok_and(|disk| {
            // Some of the disk may be reserved for root.
            let free = if rustix::process::geteuid().is_root() {
                disk.f_bfree
            } else {
                disk.f_bavail
            };
            disk.f_flag.contains(StatVfsMountFlags::RDONLY)
                || free.saturating_mul(disk.f_frsize) < LEAST_FREE_BYTES
        });
        is_refused || is_unfit
    };
    // A disk that hangs is the probe's own time-out's business.
    tokio::task::spawn_blocking(look).await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::pin::pin;

    use diesel::Connection as _;
    use diesel::connection::SimpleConnection as _;
    use diesel::sqlite::SqliteConnection;
    use tokio::time::timeout;

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn opening_a_new_file_waits_for_another_writer() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("new.sqlite3");
        let mut other = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        other.batch_execute("BEGIN IMMEDIATE").unwrap();
        let url = DatabaseUrl::Sqlite { path };
        let mut opening = pin!(open(&url));
        let ended = timeout(Duration::from_millis(300), &mut opening).await;
        assert!(ended.is_err(), "it did not wait");
        other.batch_execute("COMMIT").unwrap();
        let (_, lifetime) = opening.await.unwrap();
        assert_eq!(lifetime, Lifetime::Pooled);
    }
}
