//! Opening an SQLite file, and telling in plain words why it can't be opened or written to.

use std::fs;
use std::path::Path;

use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};
use ops::health::Code;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rustix::fs::{Access, StatVfsMountFlags, access, statvfs};

use super::connection::{ConnectFailure, Lifetime, SqliteConn};
use super::error;
use super::url::DatabaseUrl;

/// With less than this left, the next write is likely to be refused.
const LEAST_FREE_BYTES: u64 = 64 * 1024;

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
    // The order matters: switching the journal mode takes a lock, and waits for it only once there is
    // a busy time-out.
    conn.batch_execute(
        "PRAGMA busy_timeout = 4000; \
         PRAGMA journal_mode = WAL; \
         PRAGMA synchronous = NORMAL; \
         PRAGMA foreign_keys = ON;",
    )
    .await
    .map_err(|error| {
        let code = error::code_of(&error).unwrap_or(Code::Query);
        why(url, path, code, &error.to_string())
    })?;
    Ok(conn)
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
