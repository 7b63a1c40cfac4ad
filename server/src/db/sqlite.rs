//! Opening an SQLite file, and telling in plain words why it can't be opened or written to.

use std::fs;
use std::path::Path;

use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};
use ops::health::Code;
use rustix::fs::{Access, StatVfsMountFlags, access, statvfs};

use super::connect::{ConnectFailure, SqliteConn};
use super::error;
use crate::config::DatabaseUrl;

/// With less than this left, the next write is likely to be refused.
const LEAST_FREE_BYTES: u64 = 64 * 1024;

pub(super) async fn open(url: &DatabaseUrl) -> Result<SqliteConn, ConnectFailure> {
    let DatabaseUrl::Sqlite { path } = url else {
        return Err(ConnectFailure::wrong_url());
    };
    if let Some(directory) = url.directory() {
        fs::create_dir_all(directory).map_err(|error| {
            let cause = format!("the directory {}: {error}", directory.display());
            ConnectFailure::new(Code::Unreachable, cause)
        })?;
    }
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
        let is_refused = path.exists() && access(path, Access::WRITE_OK).is_err();
        let directory = url.directory().unwrap_or(Path::new("."));
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
