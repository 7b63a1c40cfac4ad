//! Several processes on the same things.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::wait::SOON;
use crate::support::{Database, Home, Service, eventually};

on_both_databases![
    two_that_start_at_once_on_an_empty_database_share_the_work,
    a_second_process_on_the_same_log_directory_refuses_to_start,
];

async fn two_that_start_at_once_on_an_empty_database_share_the_work(database: Database) {
    let home = Home::new(database).await;
    let start = async |logs: &'static str| {
        // No password is given, so that whoever creates the admin has to print one.
        let service = home
            .serve_with(&[("LOG_DIR", logs), ("ADMIN_PASSWORD", "")])
            .await;
        service.until_ready().await;
        service
    };
    let (one, other) = tokio::join!(start("logs-one"), start("logs-other"));

    let migrations = fs::read_dir(migrations(database)).unwrap().count();
    assert_eq!(
        home.sql().count("__diesel_schema_migrations").await,
        migrations
    );
    assert_eq!(home.sql().count("users").await, 1);
    let printed = eventually("one prints the password", SOON, async || {
        let lines = [&one, &other].into_iter().flat_map(Service::stdout);
        let printed: Vec<String> = lines.filter(|line| line.contains("password:")).collect();
        (!printed.is_empty()).then_some(printed)
    })
    .await;
    assert_eq!(printed.len(), 1, "{printed:?}");
    let (_, password) = printed[0].split_once("password: ").unwrap();
    assert!(printed[0].contains("admin"), "{}", printed[0]);

    // A session of one is good with the other: they sign with the same key.
    let answer = one.http.sign_in("admin", password.trim()).await;
    assert_eq!(answer.status, 303);
    let session = other.http.with("cookie", &answer.session_cookie().unwrap());
    assert_eq!(session.get("/admin/system-status/").await.status, 200);
    let mut instances = HashSet::new();
    for service in [&one, &other] {
        let session = service
            .http
            .with("cookie", &answer.session_cookie().unwrap());
        let status = session.get("/api/ops/status/").await.json();
        instances.insert(status["service"]["instance"].to_string());
    }
    assert_eq!(instances.len(), 2, "{instances:?}");
}

async fn a_second_process_on_the_same_log_directory_refuses_to_start(database: Database) {
    let home = Home::new(database).await;
    let first = home.serve().await;
    let second = home.run(&["serve"], &[]).await;
    assert_eq!(second.code(), 1);
    assert_eq!(second.stderr.len(), 1, "{:?}", second.stderr);
    let message = &second.stderr[0];
    assert!(
        message.contains("logs") && message.contains("lock"),
        "{message}"
    );
    assert_eq!(first.http.get("/health/ready/").await.status, 200);
    // With the first one gone, however it went, the directory is free.
    first.kill().await;
    home.serve().await;
}

fn migrations(database: Database) -> PathBuf {
    let dialect = match database {
        Database::Sqlite => "sqlite",
        Database::Postgres => "postgres",
    };
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../migrations/registry")
        .join(dialect)
}
