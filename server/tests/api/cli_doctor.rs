//! `doctor`: what is wrong on this host, with and without a running service.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::disk::Disk;
use crate::support::{Database, Home, Service};

on_both_databases![
    a_service_that_is_well_is_told_so_running_and_stopped,
    an_unapplied_migration_is_named,
];

struct Told {
    code: i32,
    report: Value,
    /// The report as it stands there.
    text: String,
}

impl Told {
    /// Level, text and fix of each finding on a subject.
    fn on(&self, subject: &str) -> Vec<(String, String)> {
        let findings = self.report["findings"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        findings
            .filter(|finding| finding["subject"] == subject)
            .map(|finding| {
                let words = format!("{} → {}", text(&finding["text"]), text(&finding["fix"]));
                (text(&finding["level"]), words)
            })
            .collect()
    }

    /// Asserts that there is such a finding.
    fn says(&self, level: &str, subject: &str, words: &str) {
        let found = self.on(subject);
        let is_said = |(its, text): &(String, String)| its == level && text.contains(words);
        assert!(
            found.iter().any(is_said),
            "{level} {words:?}: {}",
            self.text
        );
    }

    /// The subjects of all errors. How full its disks are is this machine's own affair.
    fn errors(&self) -> Vec<&str> {
        let findings = self.report["findings"].as_array().unwrap().iter();
        findings
            .filter(|finding| finding["level"] == "error")
            .filter_map(|finding| finding["subject"].as_str())
            .filter(|subject| *subject != "disks")
            .collect()
    }
}

async fn doctor(home: &Home, environment: &[(&str, &str)]) -> Told {
    let finished = home.run(&["doctor", "--json"], environment).await;
    assert_eq!(finished.stderr, [""; 0]);
    let text = finished.stdout.join("\n");
    let report: Value = serde_json::from_str(&text).unwrap();
    let is_error = report["verdict"] == "error";
    assert_eq!(finished.code(), i32::from(is_error), "{text}");
    Told {
        code: finished.code(),
        report,
        text,
    }
}

async fn a_service_that_is_well_is_told_so_running_and_stopped(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let address = service.http.address().to_owned();
    let own = [
        ("LISTEN_ADDR", address.as_str()),
        (
            "ALERT_SLACK_WEBHOOK_URL",
            "https://hooks.example/T0KEN-in-no-report",
        ),
        (
            "ALERT_WEBHOOK_URL",
            "https://hook.example/T0KEN-in-no-report",
        ),
    ];
    let told = doctor(&home, &own).await;
    assert_eq!(told.errors(), [""; 0], "{}", told.text);
    told.says("ok", "address", "taken by this service");
    told.says("ok", "registry", "answers in ");
    told.says("ok", "ops store", "SQLite 3.");
    told.says("ok", "migrations", "registry: all ");
    told.says("ok", "clock", "the newest on record is ");
    told.says("ok", "channels", "webhook, slack");
    told.says("ok", "rules", "built in: ");
    told.says("ok", "secret key", "data/secret.key");
    assert_eq!(told.on("file modes"), []);
    if database == Database::Postgres {
        told.says("ok", "registry", "PostgreSQL ");
        told.says("ok", "registry", ", in plain text");
        told.says("ok", "clock", " ms from the registry's server");
    }
    for secret in ["in-no-", "hooks.example"] {
        assert!(!told.text.contains(secret), "{}", told.text);
    }

    service.stop().await;
    let told = doctor(&home, &own).await;
    assert_eq!(told.errors(), [""; 0], "{}", told.text);
    told.says("ok", "address", "is free");
    lines_are_those_of_the_report(&home, &told, &own).await;
}

/// A line a finding, in columns, the level first.
async fn lines_are_those_of_the_report(home: &Home, told: &Told, own: &[(&str, &str)]) {
    let shown = home.run(&["doctor"], own).await;
    assert_eq!(shown.code(), told.code);
    let findings = told.report["findings"].as_array().unwrap();
    assert_eq!(shown.stdout.len(), findings.len(), "{:?}", shown.stdout);
    let first = shown.stdout[0].find("version");
    for (line, finding) in shown.stdout.iter().zip(findings) {
        let (level, subject) = (&finding["level"], finding["subject"].as_str().unwrap());
        assert!(line.starts_with(level.as_str().unwrap()), "{line}");
        assert_eq!(line.find(subject), first, "{line}");
    }
}

#[tokio::test]
async fn where_no_service_ever_ran_nothing_is_wrong_and_nothing_is_made() {
    let home = Home::new(Database::Sqlite).await;
    let told = doctor(&home, &[]).await;
    assert_eq!(told.errors(), [""; 0], "{}", told.text);
    told.says("ok", "registry", "is made at the first start");
    told.says("ok", "log directory", "is made at the first start");
    told.says("ok", "configuration", "there is no ");
    for made in ["data", "logs"] {
        assert!(!home.path(made).exists(), "{made}");
    }
    // A usage that is wrong is none of its findings.
    let finished = home.run(&["doctor", "--now"], &[]).await;
    assert_eq!((finished.code(), finished.stdout.len()), (2, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_down_or_frozen_is_told_in_time() {
    let mut home = Home::new(Database::Postgres).await;
    home.serve().await.stop().await;
    home.postgres().freeze();
    let began = Instant::now();
    let told = doctor(&home, &[]).await;
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(told.errors(), ["registry"], "{}", told.text);
    told.says("error", "registry", "timeout");
    told.says("ok", "ops store", "answers in ");
    home.postgres().thaw();

    home.postgres().stop().await;
    let told = doctor(&home, &[]).await;
    assert_eq!(told.errors(), ["registry"], "{}", told.text);
    told.says("error", "registry", "refused");
    told.says("error", "registry", "DATABASE_URL");
    told.says("ok", "ops store", "answers in ");
    assert!(!told.text.contains("in-no-log"), "{}", told.text);
}

#[tokio::test]
async fn every_variable_that_is_wrong_is_named() {
    let home = Home::new(Database::Sqlite).await;
    fs::write(
        home.path(".env"),
        "LOG_FORMAT=xml\nnonsense\nLOG_LEVL=info\n",
    )
    .unwrap();
    let rules = "version = 1\n[[rule]]\nname = \"disk\"\nevery = \"never\"\n";
    fs::write(home.path("alerts.toml"), rules).unwrap();
    let wrong = [
        ("LISTEN_ADDR", "localhost"),
        ("DATABASE_URL", "mysql://u:hunter2@h/db"),
        ("SECRET_KEY", "hunter2"),
        ("ALERT_WEBHOOK_URL", "hunter2"),
        ("LOG_MAX_BYTES", "lots"),
        ("ALERTS_FILE", "alerts.toml"),
    ];
    let told = doctor(&home, &wrong).await;
    assert_eq!(told.code, 1);
    for name in [
        "LISTEN_ADDR",
        "DATABASE_URL",
        "SECRET_KEY",
        "ALERT_WEBHOOK_URL",
        "LOG_MAX_BYTES",
        "LOG_FORMAT",
    ] {
        told.says("error", "configuration", &format!("{name}: "));
    }
    told.says("error", "configuration", ".env line 2: ");
    told.says("warning", "configuration", "LOG_LEVL");
    told.says("error", "rules", "line 4, column 9: rule `disk`: ");
    // What depends on a wrong variable is not judged by another value.
    told.says(
        "warning",
        "registry",
        "not looked at: DATABASE_URL is wrong",
    );
    told.says("warning", "address", "not looked at: LISTEN_ADDR is wrong");
    told.says("ok", "ops store", "is made at the first start");
    assert!(!told.text.contains("hunter2"), "{}", told.text);
}

async fn an_unapplied_migration_is_named(database: Database) {
    let home = Home::new(database).await;
    home.serve().await.stop().await;
    home.sql()
        .execute("DELETE FROM __diesel_schema_migrations WHERE version LIKE '%000070'")
        .await;
    home.ops_sql()
        .execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000001')")
        .await;
    let told = doctor(&home, &[]).await;
    assert_eq!(told.errors(), ["migrations"], "{}", told.text);
    told.says(
        "error",
        "migrations",
        "registry: unapplied: 2026-11-28-000070_revalidation_progress",
    );
    told.says(
        "warning",
        "migrations",
        "ops store: it has some that this version does not know: 20990101000001",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_store_and_a_lost_registry_are_told() {
    let home = Home::new(Database::Sqlite).await;
    home.serve().await.stop().await;
    let garbage = "this was a database once\n".repeat(999);
    fs::write(home.path("data/ops.sqlite3"), &garbage).unwrap();
    fs::remove_file(home.path("data/agent-source-db.sqlite3")).unwrap();
    let told = doctor(&home, &[]).await;
    assert_eq!(told.errors(), ["ops store"], "{}", told.text);
    told.says("error", "ops store", "is damaged: file is not a database");
    told.says(
        "warning",
        "registry",
        "there is no such file, though a service has run here",
    );
    // It stays for whoever wants to look at it.
    assert_eq!(
        fs::read_to_string(home.path("data/ops.sqlite3")).unwrap(),
        garbage
    );
}

#[tokio::test]
async fn directories_that_are_of_no_use_and_files_open_to_others_are_told() {
    let home = Home::new(Database::Sqlite).await;
    fs::write(home.path("file"), "").unwrap();
    let told = doctor(&home, &[("LOG_DIR", "file")]).await;
    assert_eq!(told.errors(), ["log directory"], "{}", told.text);
    told.says("error", "log directory", "file is no directory");

    fs::create_dir(home.path("logs")).unwrap();
    fs::write(home.path("logs/app.log"), "").unwrap();
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(home.path("logs"), open).unwrap();
    fs::set_permissions(home.path("logs/app.log"), fs::Permissions::from_mode(0o644)).unwrap();
    let told = doctor(&home, &[]).await;
    told.says("warning", "file modes", "chmod 700 'logs'");
    told.says("warning", "file modes", "chmod 600 'logs/app.log'");
    told.says(
        "warning",
        "data directory",
        "is not there, though a service has run here",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_directory_that_takes_no_writes_and_a_full_disk_are_told() {
    let home = Home::new(Database::Sqlite).await;
    let Some(disk) = Disk::mount(home.path("disk")) else {
        return;
    };
    fs::write(disk.path().join("ballast"), vec![0; 1_900_000]).unwrap();
    let logs = [("LOG_DIR", "disk")];
    let told = doctor(&home, &logs).await;
    told.says("error", "disks", "disk (logs) is 9");
    disk.set_read_only(true);
    let told = doctor(&home, &logs).await;
    assert_eq!(told.errors(), ["log directory"], "{}", told.text);
    told.says("error", "log directory", "Read-only file system");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_was_set_back_is_told_by_what_is_on_record() {
    let home = Home::new(Database::Sqlite).await;
    home.serve().await.stop().await;
    let later = "{\"timestamp\":\"2099-01-01T00:00:00.000Z\",\"level\":\"INFO\"}\n";
    fs::write(home.path("logs/app.log"), later).unwrap();
    let told = doctor(&home, &[]).await;
    assert_eq!(told.errors(), ["clock"], "{}", told.text);
    told.says("error", "clock", "2099-01-01T00:00:00.000Z");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_is_taken_by_somebody_else_or_by_a_service_that_is_not_ready() {
    let mut home = Home::new(Database::Postgres).await;
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    // It takes connections, and says nothing.
    let told = doctor(&home, &[("LISTEN_ADDR", &address)]).await;
    // Nobody has started it on this database yet.
    assert_eq!(told.errors(), ["migrations", "address"], "{}", told.text);
    drop(other);

    home.postgres().stop().await;
    let service: Service = home.serve_with(&[]).await;
    let address = service.http.address().to_owned();
    let told = doctor(&home, &[("LISTEN_ADDR", &address)]).await;
    told.says("warning", "address", "which is not ready: database (");
}
