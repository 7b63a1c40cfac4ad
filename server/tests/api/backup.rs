//! The restore drill: deploy/backup's scripts, on both kinds of databases, while others write.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::load::Load;
use crate::support::postgres::Postgres;
use crate::support::process::{Finished, Process};
use crate::support::sql::Sql;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, Service, checkout};

on_both_databases![what_was_backed_up_under_load_is_restored_to_the_last_row];

/// Signs sessions. No database has it: it has to be kept as well.
const SECRET_KEY: &str = "a-key-of-sixty-four-bytes-or-more-that-is-kept-beside-the-backups";

/// Where the registry and the desk's store are: as URLs for the service and the scripts.
struct Place {
    home: Home,
    registry: String,
    ops: String,
}

impl Place {
    async fn new(database: Database) -> Self {
        match database {
            Database::Sqlite => Self {
                home: Home::on(None),
                registry: "sqlite://data/agent-source-db.sqlite3".to_owned(),
                ops: "sqlite://data/ops.sqlite3".to_owned(),
            },
            Database::Postgres => {
                let postgres = Postgres::start_with_tools().await;
                let (registry, ops) = (postgres.url("registry"), postgres.url("ops"));
                Self {
                    home: Home::on(Some(postgres)),
                    registry,
                    ops,
                }
            }
        }
    }

    async fn serve(&self) -> Service {
        let service = self
            .home
            .serve_with(&[("OPS_DATABASE_URL", &self.ops), ("SECRET_KEY", SECRET_KEY)])
            .await;
        service.until_ready().await;
        service
    }

    fn ops_sql(&self) -> Sql {
        match &self.home.postgres {
            None => self.home.ops_sql(),
            Some(postgres) => postgres.sql("ops"),
        }
    }

    async fn run(&self, script: &str, directory: &Path) -> Finished {
        let path = checkout()
            .join("deploy/backup")
            .join(script)
            .canonicalize()
            .unwrap();
        let mut command = Command::new(path);
        command
            .arg(directory)
            .current_dir(self.home.path(""))
            .env("DATABASE_URL", &self.registry)
            .env("OPS_DATABASE_URL", &self.ops);
        if let Some(postgres) = &self.home.postgres {
            let path = std::env::var("PATH").unwrap();
            command.env("PATH", format!("{}:{path}", postgres.programs().display()));
        }
        Process::spawn(command).finish(SOON).await
    }

    /// Backs up, and returns the new directory.
    async fn back_up(&self, directory: &Path) -> PathBuf {
        let finished = self.run("backup.sh", directory).await;
        assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
        PathBuf::from(finished.stdout.last().unwrap())
    }

    async fn restore(&self, backup: &Path) {
        let finished = self.run("restore.sh", backup).await;
        assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    }
}

/// A namespace and its two cards, or nothing.
async fn add(sql: &Sql, name: &str) {
    sql.execute(&format!(
        "BEGIN; INSERT INTO namespaces (name) VALUES ('{name}'); \
         INSERT INTO agent_cards (namespace_id, name, version) \
         SELECT id, 'card', '1' FROM namespaces WHERE name = '{name}'; \
         INSERT INTO agent_cards (namespace_id, name, version) \
         SELECT id, 'card', '2' FROM namespaces WHERE name = '{name}'; COMMIT"
    ))
    .await;
}

async fn what_was_backed_up_under_load_is_restored_to_the_last_row(database: Database) {
    let origin = Place::new(database).await;
    let service = origin.serve().await;
    let backups = origin.home.path("backups");
    let load = {
        let (http, sql) = (service.http.clone(), std::sync::Arc::new(origin.home.sql()));
        let next = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        Load::of(2, move |_| {
            let (http, sql) = (http.clone(), std::sync::Arc::clone(&sql));
            let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            async move {
                add(&sql, &format!("namespace {number} it''s")).await;
                match http.get("/admin/login/").await.status {
                    200 => Ok(()),
                    status => Err(format!("{status}")),
                }
            }
        })
    };
    load.goes_on_for(10).await;
    let before = origin.home.sql().count("namespaces").await;
    let under_load = origin.back_up(&backups).await;
    load.goes_on_for(10).await;
    load.was_served().await;
    let after = origin.home.sql().count("namespaces").await;

    // Whatever was going on, what was saved is one moment of it, whole.
    let copy = Place::new(database).await;
    copy.restore(&under_load).await;
    let sql = copy.home.sql();
    let saved = sql.count("namespaces").await;
    assert!(
        (before..after).contains(&saved),
        "{before} <= {saved} < {after}"
    );
    assert_eq!(sql.count("agent_cards").await, 2 * saved);

    // At rest: every table of both, to the last row. Somebody has signed out meanwhile.
    let (kept, ended) = (service.signed_in().await, service.signed_in().await);
    let answer = ended.same_origin().post("/admin/logout/", &[]).await;
    assert_eq!(answer.status, 303);
    assert_eq!(service.stop().await.code(), 0);
    let at_rest = origin.back_up(&backups).await;
    let (registry, ops) = (
        origin.home.sql().content().await,
        origin.ops_sql().content().await,
    );
    let restored = Place::new(database).await;
    restored.restore(&at_rest).await;
    assert_eq!(restored.home.sql().content().await, registry);
    assert_eq!(restored.ops_sql().content().await, ops);
    assert_eq!(registry["namespaces"].len(), after);
    assert_eq!(ops["revoked_sessions"].len(), 1, "{ops:?}");

    // Nothing is ever restored over something.
    let again = restored.run("restore.sh", &at_rest).await;
    assert_eq!(again.code(), 1, "{:?}", again.stderr);
    assert_eq!(restored.home.sql().content().await, registry);

    // And it works: who was signed in still is, who has signed out stays so, and the rest can.
    let service = restored.serve().await;
    let as_before = |session: &Http| service.http.with("cookie", session.cookie());
    let status = as_before(&kept).get("/api/ops/status/").await;
    assert_eq!(status.status, 200, "{}", status.body);
    assert_eq!(status.json()["data"]["namespaces"]["total"], after);
    let ended = as_before(&ended).get("/api/ops/status/").await;
    assert_eq!(ended.status, 401);
    service.signed_in().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_backup_is_not_restored() {
    let origin = Place::new(Database::Sqlite).await;
    assert_eq!(origin.serve().await.stop().await.code(), 0);
    let backup = origin.back_up(&origin.home.path("backups")).await;
    let file = backup.join("registry.sqlite3");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let copy = Place::new(Database::Sqlite).await;
    let finished = copy.run("restore.sh", &backup).await;
    assert_eq!(finished.code(), 1);
    assert!(
        finished.stderr.iter().any(|line| line.contains("damaged")),
        "{:?}",
        finished.stderr
    );
    assert!(!copy.home.path("data/agent-source-db.sqlite3").exists());
}

#[tokio::test]
async fn a_backup_that_fails_leaves_nothing_behind() {
    let origin = Place::new(Database::Sqlite).await;
    let finished = origin.run("backup.sh", &origin.home.path("backups")).await;
    assert_eq!(finished.code(), 1);
    assert!(
        finished.stderr.iter().any(|line| line.contains("registry")),
        "{:?}",
        finished.stderr
    );
    let left: Vec<_> = std::fs::read_dir(origin.home.path("backups"))
        .unwrap()
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
