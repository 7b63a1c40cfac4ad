//! Configuration as the operator meets it: what is effective, and what is wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Database, Home, PASSWORD};

const KEY: &str = "0123456789012345678901234567890123456789012345678901234567890123";

#[tokio::test]
async fn config_shows_every_value_with_its_source_and_no_secret() {
    let home = Home::new(Database::Sqlite).await;
    fs::write(
        home.path(".env"),
        "LOG_LEVEL=debug\nSLOW_QUERY_MS=7\nSENTRY_DSN=https://s3cret@x/1\n",
    )
    .unwrap();
    let environment = [
        ("SLOW_QUERY_MS", "8"),
        ("LOG_MAX_FILES", ""),
        ("SECRET_KEY", KEY),
        ("DATABASE_URL", "postgres://someone:s3cret@db/registry"),
    ];
    let finished = home.run(&["config"], &environment).await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    let shown = &finished.stdout;
    for line in [
        "LISTEN_ADDR=127.0.0.1:0  # environment",
        "LOG_LEVEL=debug  # .env",
        // The environment wins over the file, and empty means unset.
        "SLOW_QUERY_MS=8  # environment",
        "LOG_MAX_FILES=10  # default",
        "LOG_MAX_BYTES=52428800  # default",
        "APP_ENV=development  # default",
        "SECRET_KEY=***  # environment",
        "ADMIN_PASSWORD=***  # environment",
        "SENTRY_DSN=***  # .env",
        "DATABASE_URL=postgres://someone:***@db/registry  # environment",
        "OPS_DATABASE_URL=sqlite://data/ops.sqlite3  # default",
        "SHUTDOWN_GRACE_SECONDS=30  # default",
        "KEEP_ALIVE_SECONDS=75  # default",
        "TRAFFIC_HOURLY_DAYS=90  # default",
        "TRAFFIC_DAILY_DAYS=400  # default",
    ] {
        assert!(
            shown.iter().any(|shown| shown == line),
            "{line} in {shown:#?}"
        );
    }
    let all = shown.join("\n");
    for secret in [KEY, PASSWORD, "s3cret"] {
        assert!(!all.contains(secret), "{all}");
    }
}

#[tokio::test]
async fn a_bad_value_is_one_line_that_names_the_variable() {
    let home = Home::new(Database::Sqlite).await;
    for (name, value) in [
        ("LISTEN_ADDR", "nonsense"),
        ("APP_ENV", "staging"),
        ("DATABASE_URL", "mysql://host/db"),
        ("DATABASE_URL", "postgres://u:p@host:port/db"),
        ("OPS_DATABASE_URL", "nonsense"),
        ("DATABASE_POOL_MAX", "0"),
        ("DATABASE_URL", "postgres://u:p@host/db?no_such_word=1"),
        ("DATABASE_URL", "postgres://u:p@host/db?sslmode=maybe"),
        (
            "OPS_DATABASE_URL",
            "postgres://host/db?sslmode=verify-ca&sslrootcert=none.pem",
        ),
        ("KEEP_ALIVE_SECONDS", "0"),
        ("LOG_LEVEL", "loud"),
        ("LOG_MAX_BYTES", "50MB"),
        ("LOG_MAX_FILES", "-1"),
        ("LOG_FORMAT", "xml"),
        ("SLOW_QUERY_MS", "soon"),
        ("SLOW_QUERY_MS", "100,users.find"),
        ("TRUSTED_PROXIES", "10.0.0.0/99"),
        ("READY_DEPENDENCIES", "search"),
        ("READY_DEPENDENCIES", "database=http://x/"),
        ("SHUTDOWN_DELAY_SECONDS", "two"),
        ("SENTRY_TRACES_SAMPLE_RATE", "2"),
    ] {
        for command in ["serve", "config"] {
            let finished = home.run(&[command], &[(name, value)]).await;
            assert_eq!(finished.code(), 2, "{name}={value}");
            assert_eq!(finished.stderr.len(), 1, "{:?}", finished.stderr);
            let line = &finished.stderr[0];
            assert!(line.contains(name), "{line}");
            let shown = value.replace("u:p@", "u:***@");
            assert!(line.contains(&shown), "{line} does not show {shown}");
        }
    }
    // Nothing was begun.
    assert!(!home.path("logs").exists());
    assert!(!home.path("data").exists());
}

#[tokio::test]
async fn a_bad_secret_is_not_shown() {
    let home = Home::new(Database::Sqlite).await;
    let finished = home
        .run(&["serve"], &[("SECRET_KEY", "too-short-s3cret")])
        .await;
    assert_eq!(finished.code(), 2);
    assert_eq!(finished.stderr.len(), 1, "{:?}", finished.stderr);
    let line = &finished.stderr[0];
    assert!(line.contains("SECRET_KEY") && line.contains("64"), "{line}");
    assert!(!line.contains("too-short"), "{line}");
}

#[tokio::test]
async fn production_demands_a_secret_key() {
    let home = Home::new(Database::Sqlite).await;
    let finished = home.run(&["serve"], &[("APP_ENV", "production")]).await;
    assert_eq!(finished.code(), 2);
    assert_eq!(finished.stderr.len(), 1, "{:?}", finished.stderr);
    assert!(
        finished.stderr[0].contains("SECRET_KEY"),
        "{:?}",
        finished.stderr
    );
}

#[tokio::test]
async fn elsewhere_a_key_is_made_once_for_its_owner_only() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let file = home.path("data/secret.key");
    let key = fs::read(&file).unwrap();
    assert!(key.trim_ascii().len() >= 64);
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    service.stop().await;
    home.serve().await;
    assert_eq!(fs::read(&file).unwrap(), key);
}

#[tokio::test]
async fn a_relative_path_is_relative_and_an_absolute_one_absolute() {
    let home = Home::new(Database::Sqlite).await;
    let absolute = home.path("elsewhere/ops.sqlite3");
    let environment = [
        ("DATABASE_URL", "sqlite://here/registry.sqlite3"),
        (
            "OPS_DATABASE_URL",
            &format!("sqlite://{}", absolute.display()),
        ),
    ];
    let finished = home.run(&["migrate"], &environment).await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    assert!(home.path("here/registry.sqlite3").exists());
    assert!(absolute.exists());
}

#[tokio::test]
async fn white_space_around_a_value_does_not_count() {
    let home = Home::new(Database::Sqlite).await;
    // Secrets' files end with a newline.
    let environment = [
        ("DATABASE_URL", "postgres://u:p@db/registry\n"),
        ("LOG_LEVEL", " debug\t"),
        ("LOG_MAX_FILES", " \n"),
    ];
    let finished = home.run(&["config"], &environment).await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    for line in [
        "DATABASE_URL=postgres://u:***@db/registry  # environment",
        "LOG_LEVEL=debug  # environment",
        "LOG_MAX_FILES=10  # default",
    ] {
        let is_there = finished.stdout.iter().any(|shown| shown == line);
        assert!(is_there, "{line} in {:#?}", finished.stdout);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_databases_address_is_named() {
    let home = Home::new(Database::Sqlite).await;
    for (parameters, named) in [
        ("no_such_word=1", "no_such_word"),
        ("sslmode=verify-ca&sslrootcert=none.pem", "none.pem"),
    ] {
        let url = format!("postgres://u:s3cret@host/db?{parameters}");
        let finished = home.run(&["config"], &[("DATABASE_URL", &url)]).await;
        assert_eq!(finished.code(), 2, "{:?}", finished.stderr);
        let [line] = finished.stderr.as_slice() else {
            panic!("{:?}", finished.stderr);
        };
        assert!(
            line.contains("DATABASE_URL") && line.contains(named),
            "{line}"
        );
        assert!(!line.contains("s3cret"), "{line}");
    }
}
