//! Databases and disks that are not as expected: said by the checks and on the console, not by failing
//! requests.

use std::fs;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::disk::Disk;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Service, eventually};

async fn until_check(service: &Service, name: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
    eventually("the check says so", SOON, async || {
        let body = service.http.get("/health/ready/").await.json();
        let check = body["checks"][name].clone();
        is_wanted(&check).then_some(check)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_below_sqlite_is_read_only_until_there_is_space() {
    let home = Home::new(Database::Sqlite).await;
    let Some(disk) = Disk::mount(home.path("disk")) else {
        return;
    };
    let environment = [("DATABASE_URL", "sqlite://disk/registry.sqlite3")];
    let service = home.serve_with(&environment).await;
    service.until_ready().await;
    let writer = service.writer().await;
    let ballast = disk.path().join("ballast");
    // As much as fits.
    _ = fs::write(&ballast, vec![0; 4_000_000]);
    let body =
        |id: usize| json!({"id": format!("n{id}"), "name": "n", "description": "x".repeat(9000)});
    let mut number = 0;
    let refused = eventually("a write is refused", SOON, async || {
        number += 1;
        let answer = writer
            .send_json(Method::POST, "/api/namespaces/", &body(number))
            .await;
        (answer.status != 201).then_some(answer)
    })
    .await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert_ne!(refused.header("retry-after"), "");
    let check = until_check(&service, "database", |check| check["status"] != "ok").await;
    assert_eq!(
        (&check["status"], &check["error"]),
        (&json!("warning"), &json!("read_only"))
    );
    assert_eq!(service.http.get("/health/ready/").await.status, 200);
    assert_eq!(service.http.get("/api/namespaces/").await.status, 200);

    fs::remove_file(&ballast).unwrap();
    eventually("the check is well", Duration::from_secs(5), async || {
        let body = service.http.get("/health/ready/").await.json();
        (body["checks"]["database"]["status"] == "ok").then_some(())
    })
    .await;
    let answer = writer
        .send_json(Method::POST, "/api/namespaces/", &body(0))
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
}

/// What the console said, once it said something of this.
async fn told(service: &Service, what: &str) -> String {
    eventually("the console says so", SOON, async || {
        let said = [service.stdout(), service.stderr()].concat();
        said.into_iter().find(|line| line.contains(what))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_encoding_than_utf_8_is_refused_by_its_code() {
    let mut home = Home::new(Database::Postgres).await;
    let admin = home.postgres().sql("postgres");
    for encoding in ["LATIN1", "SQL_ASCII"] {
        let name = encoding.to_lowercase();
        let create = format!(
            "CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' \
             TEMPLATE template0"
        );
        admin.execute(&create).await;
        let url = home.postgres().url(&name);
        let service = home.serve_with(&[("DATABASE_URL", &url)]).await;
        for check in ["startup", "database"] {
            let check = until_check(&service, check, |check| check["error"] == "encoding").await;
            assert_eq!(check, json!({"status": "error", "error": "encoding"}));
        }
        assert_eq!(service.http.get("/health/").await.status, 200);
        told(&service, encoding).await;
        service.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_who_may_not_make_tables_is_told_at_start() {
    let mut home = Home::new(Database::Postgres).await;
    let admin = home.postgres().sql("registry");
    admin
        .execute(
            "CREATE USER reader PASSWORD 'reader-Pw'; \
             REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        )
        .await;
    let port = home.postgres().port();
    let url = format!("postgres://reader:reader-Pw@127.0.0.1:{port}/registry");
    let service = home.serve_with(&[("DATABASE_URL", &url)]).await;
    until_check(&service, "startup", |check| check["error"] == "auth").await;
    told(&service, "permission denied").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_that_can_not_be_made_is_told_at_start() {
    let home = Home::new(Database::Sqlite).await;
    fs::write(home.path("file"), "").unwrap();
    let environment = [("DATABASE_URL", "sqlite://file/registry.sqlite3")];
    let service = home.serve_with(&environment).await;
    until_check(&service, "startup", |check| check["status"] == "error").await;
    told(&service, "the directory file").await;
}
