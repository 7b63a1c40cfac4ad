//! The subcommands, their exit codes, and what they say.

use std::net::TcpListener;

use crate::support::upstream::Upstream;
use crate::support::{Database, Home};

on_both_databases![migrate_applies_and_check_only_counts];

async fn migrate_applies_and_check_only_counts(database: Database) {
    let home = Home::new(database).await;
    let check = home.run(&["migrate", "--check"], &[]).await;
    assert_eq!(check.code(), 1);
    // Looking makes no database.
    assert!(!home.path("data/agent-source-db.sqlite3").exists());
    let migrate = home.run(&["migrate"], &[]).await;
    assert_eq!(migrate.code(), 0, "{:?}", migrate.stderr);
    assert_eq!(home.run(&["migrate", "--check"], &[]).await.code(), 0);
    // Again: nothing to do, and no error.
    assert_eq!(home.run(&["migrate"], &[]).await.code(), 0);
    home.sql()
        .execute("DELETE FROM __diesel_schema_migrations")
        .await;
    assert_eq!(home.run(&["migrate", "--check"], &[]).await.code(), 1);
}

#[tokio::test]
async fn probe_tells_by_its_exit_code_whether_the_service_is_ready() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let address = service.http.address().to_owned();
    // Its own address by default.
    let own = [("LISTEN_ADDR", address.as_str())];
    let ready = home.run(&["probe"], &own).await;
    assert_eq!(ready.code(), 0, "{:?}", ready.stderr);
    let named = home
        .run(&["probe", &format!("http://{address}/health/db/")], &[])
        .await;
    assert_eq!(named.code(), 0, "{:?}", named.stderr);
    home.sql()
        .execute("DELETE FROM __diesel_schema_migrations")
        .await;
    crate::support::eventually("probe says no", crate::support::wait::SOON, async || {
        let not_ready = home.run(&["probe"], &own).await;
        (not_ready.code() == 1).then_some(())
    })
    .await;
    service.stop().await;
    let gone = home.run(&["probe"], &own).await;
    assert_eq!(gone.code(), 1);
    assert_eq!(gone.stderr.len(), 1, "{:?}", gone.stderr);
}

#[tokio::test]
async fn probe_waits_no_longer_than_a_container_would() {
    let home = Home::new(Database::Sqlite).await;
    let silent = Upstream::silent().await;
    let hangs = home
        .run(&["probe", &format!("http://{}/", silent.address)], &[])
        .await;
    assert_eq!(hangs.code(), 1);
    assert_eq!(hangs.stderr.len(), 1, "{:?}", hangs.stderr);
}

#[tokio::test]
async fn a_taken_port_is_a_failure_at_run_time() {
    let home = Home::new(Database::Sqlite).await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let finished = home.run(&["serve"], &[("LISTEN_ADDR", &address)]).await;
    assert_eq!(finished.code(), 1);
    assert_eq!(finished.stderr.len(), 1, "{:?}", finished.stderr);
    assert!(
        finished.stderr[0].contains(&address),
        "{:?}",
        finished.stderr
    );
}

#[tokio::test]
async fn wrong_usage_is_two() {
    let home = Home::new(Database::Sqlite).await;
    for arguments in [
        &["no-such-command"][..],
        &["serve", "--no-such-option"],
        &["createsuperuser"],
        &["migrate", "now"],
        // A password is never an argument: others could read it.
        &["createsuperuser", "--username", "x", "--password", "y"],
    ] {
        let finished = home.run(arguments, &[]).await;
        assert_eq!(finished.code(), 2, "{arguments:?}");
        assert!(!finished.stderr.is_empty(), "{arguments:?}");
    }
    for arguments in [&["--help"][..], &["--version"], &["migrate", "--help"]] {
        let finished = home.run(arguments, &[]).await;
        assert_eq!(finished.code(), 0, "{arguments:?}");
        assert!(!finished.stdout.is_empty(), "{arguments:?}");
    }
}
