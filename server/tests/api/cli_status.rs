//! `status`: how the running service is, in a terminal; and what is left of one that does not run.

use serde_json::Value;

use crate::support::process::Finished;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Service, eventually};

on_both_databases![
    the_terminal_says_what_the_page_says,
    a_service_that_is_stopped_is_told_of_by_its_files,
];

/// What a person on the service's host gets.
async fn status(home: &Home, service: &Service, arguments: &[&str]) -> Finished {
    let address = service.http.address().to_owned();
    let own = [("LISTEN_ADDR", address.as_str())];
    home.run(&[&["status"], arguments].concat(), &own).await
}

/// The exit code that belongs to a verdict.
fn code_of(verdict: &Value) -> i32 {
    i32::from(verdict["state"] != "ok")
}

async fn the_terminal_says_what_the_page_says(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;

    let json = status(&home, &service, &["--json"]).await;
    let body: Value = serde_json::from_str(&json.stdout.join("\n")).unwrap();
    assert_eq!(json.code(), code_of(&body["verdict"]), "{body}");
    assert_eq!(json.stderr, [""; 0]);
    let session = service.signed_in().await;
    let same = session.get("/api/ops/status/").await.json();
    let keys = |value: &Value| {
        let members = value.as_object().unwrap();
        members.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(keys(&body), keys(&same));
    assert_eq!(body["service"]["instance"], same["service"]["instance"]);

    // How full its disks are is this machine's own affair, and changes nothing here.
    let shown = status(&home, &service, &[]).await;
    let text = shown.stdout.join("\n");
    assert_eq!(shown.code(), code_of(&same["verdict"]), "{text}");
    assert_eq!(shown.stderr, [""; 0]);
    let ready = ["✓ Ready", "! Ready, but", "✕ Ready, but"];
    assert!(ready.iter().any(|it| text.starts_with(it)), "{text}");
    assert!(text.contains("All 3 checks pass."), "{text}");
    for finding in same["verdict"]["findings"].as_array().unwrap() {
        let words = finding["text"].as_str().unwrap();
        assert!(text.contains(words), "{words} in {text}");
    }
    let instance = same["service"]["instance"].as_str().unwrap();
    assert!(text.contains(instance), "{text}");
    assert!(
        !text.contains('\u{1b}'),
        "no colour outside a terminal: {text}"
    );

    // The log says who has looked.
    let access = service.logs.line("access.log", |line| {
        let user = line["user"].as_str().unwrap_or_default();
        line["path"] == "/api/ops/status/" && user.starts_with("command:")
    });
    assert_eq!(access.await["status"], 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_database_gone_the_terminal_says_so() {
    let mut home = Home::new(Database::Postgres).await;
    let service = home.serve().await;
    home.postgres().stop().await;
    let shown = eventually("the first line says it", SOON, async || {
        let shown = status(&home, &service, &[]).await;
        let is_told = shown.stdout.first()?.starts_with("✕ Not ready · Since ");
        is_told.then_some(shown)
    })
    .await;
    let text = shown.stdout.join("\n");
    assert_eq!(shown.code(), 1, "{text}");
    assert!(text.contains("✕ database: connection refused"), "{text}");
    assert!(!text.contains("All 3 checks pass."), "{text}");
}

async fn a_service_that_is_stopped_is_told_of_by_its_files(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let status_now = session.get("/api/ops/status/").await.json();
    let instance = status_now["service"]["instance"].as_str().unwrap();
    home.sql()
        .execute("ALTER TABLE namespaces RENAME COLUMN description TO something_else")
        .await;
    assert_eq!(service.http.get("/api/namespaces/").await.status, 500);
    let address = service.http.address().to_owned();
    let own = [("LISTEN_ADDR", address.as_str())];
    service.stop().await;

    let told = home.run(&["status"], &own).await;
    let text = told.stdout.join("\n");
    assert_eq!(told.code(), 3, "{text}");
    assert_eq!(told.stderr.len(), 1, "{:?}", told.stderr);
    assert!(told.stderr[0].contains("LISTEN_ADDR"), "{:?}", told.stderr);
    assert!(text.contains("logs/app.log: the last line is "), "{text}");
    assert!(
        text.contains(" path=/api/namespaces/"),
        "the last errors: {text}"
    );
    assert!(text.contains(&format!("instance {instance} ")), "{text}");
    assert!(text.contains(": stopped "), "{text}");
    for name in ["DATABASE_URL", "OPS_DATABASE_URL"] {
        let line = format!("{name}: 0 migrations are unapplied");
        assert!(told.stdout.contains(&line), "{text}");
    }

    // A program gets the service's own words, or none.
    let json = home.run(&["status", "--json"], &own).await;
    assert_eq!((json.code(), json.stdout.len()), (3, 0));
}

#[tokio::test]
async fn a_service_that_was_killed_never_said_that_it_stops() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let address = service.http.address().to_owned();
    eventually("it has said that it is there", SOON, async || {
        let beats = home
            .ops_sql()
            .try_lines("SELECT instance AS line FROM instances")
            .await;
        beats.is_ok_and(|beats| beats.len() == 1).then_some(())
    })
    .await;
    service.kill().await;
    let told = home
        .run(&["status"], &[("LISTEN_ADDR", address.as_str())])
        .await;
    let text = told.stdout.join("\n");
    assert_eq!(told.code(), 3, "{text}");
    assert!(text.contains(", never stopped"), "{text}");
}

#[tokio::test]
async fn with_another_key_the_service_is_not_asked() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let (address, other) = (service.http.address().to_owned(), "k".repeat(64));
    let own = [("LISTEN_ADDR", address.as_str()), ("SECRET_KEY", &other)];
    let refused = home.run(&["status"], &own).await;
    assert_eq!(refused.code(), 3);
    assert!(
        refused.stderr[0].contains("SECRET_KEY"),
        "{:?}",
        refused.stderr
    );
}

#[tokio::test]
async fn looking_where_no_service_ever_ran_leaves_nothing_behind() {
    let home = Home::new(Database::Sqlite).await;
    let told = home.run(&["status"], &[]).await;
    assert_eq!(told.code(), 3);
    assert!(told.stderr[0].contains("SECRET_KEY"), "{:?}", told.stderr);
    for made in ["data", "logs"] {
        assert!(!home.path(made).exists(), "{made}");
    }
}
