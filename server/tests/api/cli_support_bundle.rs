//! `support-bundle`: all that a colleague needs in one archive, and none of the secrets.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::support::process::Finished;
use crate::support::wait::SOON;
use crate::support::{Database, Home, eventually};

on_both_databases![
    a_running_service_is_in_it_whole_and_without_its_secrets,
    a_service_that_is_stopped_is_in_it_as_its_files_know_it,
];

/// Name and text of each file, without the folder that all lie in.
type Files = BTreeMap<String, String>;

fn open(path: &Path) -> Files {
    let archive = GzDecoder::new(File::open(path).unwrap());
    let mut archive = tar::Archive::new(archive);
    let mut files = Files::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        assert_eq!(entry.header().mode().unwrap(), 0o600);
        let name = entry.path().unwrap().display().to_string();
        let (_, name) = name.split_once('/').expect("one folder");
        let name = name.to_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        files.insert(name, text);
    }
    files
}

fn json(files: &Files, name: &str) -> Value {
    let text = files
        .get(name)
        .unwrap_or_else(|| panic!("{name} in {:?}", files.keys()));
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What is printed names each file with its length.
fn lists_all(finished: &Finished, files: &Files) {
    for (name, text) in files.iter().filter(|(name, _)| *name != "MANIFEST.txt") {
        let is_listed = |line: &String| {
            let mut words = line.split_whitespace();
            words.next() == Some(&text.len().to_string()) && words.nth(1) == Some(name)
        };
        assert!(
            finished.stdout.iter().any(is_listed),
            "{name}: {:?}",
            finished.stdout
        );
    }
}

/// Each in a variable; what must not be seen of it.
const PLANTED: [(&str, &str, &str); 7] = [
    (
        "SECRET_KEY",
        "K3y-in-no-bundle-K3y-in-no-bundle-K3y-in-no-bundle-K3y-in-no-bundle-K3y-in-no-bundle",
        "K3y-in-no-bundle",
    ),
    (
        "ALERT_WEBHOOK_URL",
        "http://127.0.0.1:9/hooks/W3bhook-in-no-bundle",
        "W3bhook-in",
    ),
    (
        "ALERT_SLACK_WEBHOOK_URL",
        "http://127.0.0.1:9/services/T0K3N999/B0B",
        "T0K3N999",
    ),
    (
        "SMTP_URL",
        "smtp://mailer:M4il%2Fin-no-bundle@127.0.0.1:9",
        "M4il",
    ),
    (
        "ALERT_EMAIL_TO",
        "Ada <ada.on.call@example.org>",
        "ada.on.call",
    ),
    ("ALERT_EMAIL_FROM", "desk.sender@example.org", "desk.sender"),
    (
        "HEARTBEAT_URL",
        "http://127.0.0.1:9/ping/H3artbeat-in-no-bundle",
        "H3artbeat",
    ),
];

/// Lines that somebody else wrote into the log.
const LINES: [&str; 5] = [
    r#"{"timestamp":"2026-11-28T10:00:00.000Z","level":"ERROR","logger":"x","message":"POST http://127.0.0.1:9/services/T0K3N999/B0B failed","kept":"as it is"}"#,
    r#"{"timestamp":"2026-11-28T10:00:00.001Z","level":"ERROR","logger":"x","message":"no mail to ada.on.call@example.org by M4il/in-no-bundle","password":"Plant3d-1"}"#,
    r#"{"timestamp":"2026-11-28T10:00:00.002Z","level":"INFO","logger":"x","message":"postgres://u:Plant3d-2@h/db Authorization: Bearer Plant3d-3"}"#,
    "a line of no program of ours with api_key=Plant3d-4",
    r#"{"timestamp":"2026-11-28T10:00:00.003Z","level":"INFO","logger":"x","message":"asd_Plant3d-5Plant3d-5Plant3d-5"}"#,
];

async fn a_running_service_is_in_it_whole_and_without_its_secrets(database: Database) {
    let home = Home::new(database).await;
    let planted = PLANTED.map(|(name, value, _)| (name, value));
    let service = home.serve_with(&planted).await;
    service.until_ready().await;
    let mut log = File::options()
        .append(true)
        .open(home.path("logs/app.log"))
        .unwrap();
    for line in LINES {
        writeln!(log, "{line}").unwrap();
    }
    let address = service.http.address().to_owned();
    let own = [&planted[..], &[("LISTEN_ADDR", address.as_str())]].concat();
    let finished = home.run(&["support-bundle", "it.tar.gz"], &own).await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    let path = home.path("it.tar.gz");
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let files = open(&path);
    lists_all(&finished, &files);

    holds_every_part(&files);
    hides_every_secret(&home, &files);
    let said = finished.stdout.join("\n");
    assert!(
        said.contains("ALERT_WEBHOOK_URL"),
        "what was hidden: {said}"
    );

    // What is there stays.
    let before = fs::read(&path).unwrap();
    let refused = home.run(&["support-bundle", "it.tar.gz"], &own).await;
    assert_eq!(refused.code(), 1, "{:?}", refused.stdout);
    assert!(
        refused.stderr[0].contains("it.tar.gz"),
        "{:?}",
        refused.stderr
    );
    assert_eq!(fs::read(&path).unwrap(), before);
}

fn holds_every_part(files: &Files) {
    let status = json(files, "status.json");
    assert_eq!(status["service"]["name"], "agent-source-db");
    assert_eq!(json(files, "doctor.json")["service"], "agent-source-db");
    let rules = json(files, "alerts.json")["rules"]
        .as_array()
        .unwrap()
        .len();
    assert!(rules > 5);
    for name in [
        "database.json",
        "incidents.json",
        "channels.json",
        "timeline.json",
        "errors.json",
        "instances.json",
        "host.json",
        "traffic.json",
        "routes.json",
        "versions.json",
    ] {
        assert!(json(files, name).is_object(), "{name}");
    }
    for name in [
        "doctor.txt",
        "status.txt",
        "rules.toml",
        "logs/access.log",
        "logs/error.log",
        "logs/db.log",
    ] {
        assert!(files.contains_key(name), "{name} in {:?}", files.keys());
    }
    assert!(files["config.txt"].contains("SECRET_KEY=***  # environment"));
    let missing: Vec<_> = files
        .keys()
        .filter(|name| name.contains("missing"))
        .collect();
    assert_eq!(missing, [""; 0]);
}

fn hides_every_secret(home: &Home, files: &Files) {
    // Line by line, with what is no secret.
    let log = &files["logs/app.log"];
    assert!(log.contains(r#"","kept":"as it is"}"#), "{log}");
    for line in log.lines().filter(|line| line.starts_with('{')) {
        serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    }
    let database = home.postgres.as_ref().map(|_| "Pg-Passw0rd-in-no-log");
    let secrets = PLANTED.iter().map(|(_, _, secret)| *secret);
    let all: Vec<&str> = secrets
        .chain(["Plant3d-", crate::support::PASSWORD])
        .chain(database)
        .collect();
    for (name, text) in files {
        for secret in &all {
            let found = text.lines().find(|line| line.contains(secret));
            assert_eq!(found, None, "{name} holds {secret}");
        }
    }
}

/// The archive that was named by the program itself.
fn made(home: &Home) -> Files {
    let entries = fs::read_dir(home.path(".")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let made: Vec<String> = names.filter(|name| name.ends_with(".tar.gz")).collect();
    assert_eq!(made.len(), 1, "{made:?}");
    assert!(made[0].starts_with("agent-source-db_"), "{made:?}");
    assert!(made[0].ends_with("Z.tar.gz"), "{made:?}");
    open(&home.path(&made[0]))
}

async fn a_service_that_is_stopped_is_in_it_as_its_files_know_it(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    eventually("its start is stored", SOON, async || {
        let events = "SELECT kind AS line FROM events";
        let found = home.ops_sql().try_lines(events).await.ok()?;
        found.iter().any(|kind| kind == "start").then_some(())
    })
    .await;
    home.sql()
        .execute("ALTER TABLE namespaces RENAME COLUMN description TO something_else")
        .await;
    assert_eq!(service.http.get("/api/namespaces/").await.status, 500);
    let address = service.http.address().to_owned();
    service.stop().await;

    let finished = home
        .run(&["support-bundle"], &[("LISTEN_ADDR", &address)])
        .await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    let files = made(&home);
    lists_all(&finished, &files);
    assert!(files["status.json.missing.txt"].contains("LISTEN_ADDR"));
    assert!(files["left-behind.txt"].contains("path=/api/namespaces/"));
    let kinds = |name: &str, member: &str| {
        let list = json(&files, name);
        let list = list.as_array().unwrap().clone();
        list.into_iter()
            .map(|it| it[member].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let timeline = kinds("timeline.json", "kind");
    assert!(
        timeline.contains(&"start".to_owned()) && timeline.contains(&"stop".to_owned()),
        "{timeline:?}"
    );
    let instances = kinds("instances.json", "name");
    assert_eq!(instances.len(), 1);
    let host = json(&files, "host.json");
    assert!(host["steps"]["gauges"]["threads"].is_object(), "{host}");
    let errors = json(&files, "errors.json");
    assert!(errors["errors"].as_u64().unwrap() >= 1, "{errors}");
    assert!(json(&files, "incidents.json").is_array());
    assert!(files["logs/error.log"].contains("/api/namespaces/"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_all_broken_there_is_a_bundle_that_says_so() {
    let mut home = Home::new(Database::Postgres).await;
    home.serve().await.stop().await;
    home.postgres().stop().await;
    fs::write(home.path("data/ops.sqlite3"), "no database\n".repeat(999)).unwrap();
    fs::remove_dir_all(home.path("logs")).unwrap();
    let wrong = [("LOG_MAX_BYTES", "lots")];
    let finished = home.run(&["support-bundle"], &wrong).await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    let files = made(&home);
    lists_all(&finished, &files);
    for said in ["LOG_MAX_BYTES: ", "refused", "is damaged"] {
        assert!(
            files["doctor.txt"].contains(said),
            "{said}: {}",
            files["doctor.txt"]
        );
    }
    assert!(files["config.txt"].contains("LOG_MAX_BYTES=lots  # environment"));
    assert!(files["logs/app.log.missing.txt"].contains("logs/app.log: "));
    assert!(files["host.json.missing.txt"].contains("file is not a database"));
    assert!(files["MANIFEST.txt"].contains("- host.json: "));
}

#[tokio::test]
async fn what_can_not_be_written_leaves_nothing_behind() {
    let home = Home::new(Database::Sqlite).await;
    let finished = home
        .run(&["support-bundle", "nowhere/it.tar.gz"], &[])
        .await;
    assert_eq!(finished.code(), 1);
    assert_eq!(finished.stderr.len(), 1, "{:?}", finished.stderr);
    assert!(finished.stderr[0].contains("nowhere/it.tar.gz"));
    let left: Vec<_> = fs::read_dir(home.path(".")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
