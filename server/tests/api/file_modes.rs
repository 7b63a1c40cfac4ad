//! What the service writes is for its own user only.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::support::wait::SOON;
use crate::support::{Database, Home, eventually};

/// All below a directory, and itself.
fn below(directory: &Path) -> Vec<PathBuf> {
    let mut found = vec![directory.to_owned()];
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn databases_and_logs_are_closed_to_other_users_of_the_machine() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    service.signed_in().await;
    let paths = [below(&home.path("data")), below(&home.path("logs"))].concat();
    for name in [
        "agent-source-db.sqlite3",
        "agent-source-db.sqlite3-wal",
        "agent-source-db.sqlite3-shm",
        "ops.sqlite3",
        "ops.sqlite3-wal",
        "secret.key",
        "access.log",
    ] {
        assert!(
            paths.iter().any(|path| path.ends_with(name)),
            "{name} in {paths:?}"
        );
    }
    for path in &paths {
        // A database's companion may be gone meanwhile.
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        if path.exists() {
            assert_eq!(mode(path), expected, "{}", path.display());
        }
    }
    let warned = service.logs.text("error.log");
    assert!(!warned.contains("chmod"), "{warned}");
}

#[tokio::test]
async fn what_stands_open_is_told_once_at_start_with_the_remedy() {
    let home = Home::new(Database::Sqlite).await;
    home.serve().await.stop().await;
    let (data, logs) = (home.path("data"), home.path("logs"));
    let database = data.join("agent-source-db.sqlite3");
    for (path, mode) in [(&data, 0o755), (&database, 0o644), (&logs, 0o755)] {
        chmod(path, mode);
    }
    let service = home.serve().await;
    let is_it = |line: &serde_json::Value| line["message"].as_str().unwrap().contains("chmod");
    let line = service.logs.line("error.log", is_it).await;
    assert_eq!(line["level"], "WARNING");
    let message = line["message"].as_str().unwrap();
    for remedy in [
        "chmod 700 'data'",
        "chmod 600 'data/agent-source-db.sqlite3'",
        "chmod 700 'logs'",
    ] {
        assert!(message.contains(remedy), "{remedy} in {message}");
    }
    let lines = service.logs.lines("error.log");
    assert_eq!(lines.iter().filter(|line| is_it(line)).count(), 1);
    service.stop().await;

    // Once the directories are closed, nobody gets at the files.
    chmod(&data, 0o700);
    chmod(&logs, 0o700);
    let service = home.serve().await;
    eventually("the second start", SOON, async || {
        let starts = service.logs.text("app.log").matches("listening").count();
        (starts >= 3).then_some(())
    })
    .await;
    let lines = service.logs.lines("error.log");
    assert_eq!(lines.iter().filter(|line| is_it(line)).count(), 1);
}
