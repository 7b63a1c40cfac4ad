#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::*;

type Loaded = Result<(Config, Provenance), ConfigError>;

fn load(environment: &[(&str, &str)], dotenv: Option<&str>) -> Loaded {
    let environment: BTreeMap<_, _> = environment.iter().copied().collect();
    Config::load(|name| environment.get(name).map(OsString::from), dotenv)
}

fn config(environment: &[(&str, &str)]) -> Config {
    load(environment, None).unwrap().0
}

fn error(environment: &[(&str, &str)]) -> String {
    load(environment, None).unwrap_err().to_string()
}

/// Name and default of each row of the README's table; a default that is no code is prose.
fn readme_rows() -> Vec<(&'static str, &'static str)> {
    let code = |cell: &'static str| cell.trim().strip_prefix('`')?.strip_suffix('`');
    include_str!("../../../README.md")
        .lines()
        .skip_while(|line| !line.starts_with("| variable | default |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<_> = line.split('|').collect();
            (code(cells[1]).expect(line), code(cells[2]).unwrap_or(""))
        })
        .collect()
}

#[test]
fn the_readme_lists_every_variable_with_its_default() {
    let ours: Vec<_> = variables::ALL
        .iter()
        .map(|it| (it.name, it.default))
        .collect();
    assert_eq!(readme_rows(), ours);
}

#[test]
fn nothing_set_means_the_defaults() {
    let config = config(&[]);
    assert_eq!(config.listen_addr.to_string(), "127.0.0.1:8000");
    assert_eq!(config.app_env, AppEnv::Development);
    assert_eq!(
        config.database.url.to_string(),
        "sqlite://data/agent-source-db.sqlite3"
    );
    assert_eq!(
        config.ops_database.url.to_string(),
        "sqlite://data/ops.sqlite3"
    );
    assert_eq!(config.database.pool_max, 20);
    assert_eq!(config.secret_key, None);
    assert_eq!(config.logging.dir, Path::new("logs"));
    assert_eq!(config.logging.level.directives(), "info");
    assert_eq!(config.logging.max_bytes, 52_428_800);
    assert_eq!(config.logging.max_files, 10);
    assert_eq!(config.logging.format, LogFormat::Text);
    assert_eq!(
        config.logging.slow_queries,
        Duration::from_millis(100).into()
    );
    assert_eq!(config.trusted_proxies, Networks::default());
    assert_eq!(config.readiness.dependencies, []);
    assert_eq!(config.shutdown.delay, Duration::ZERO);
    assert_eq!(config.shutdown.grace, Duration::from_secs(30));
    assert!(config.sentry.dsn.is_none());
    assert!((config.sentry.traces_sample_rate - 0.1).abs() < f32::EPSILON);
    assert_eq!(config.admin.username.to_string(), "admin");
    assert_eq!(config.admin.password, None);
}

#[test]
fn every_variable_reaches_its_field() {
    let key = "k".repeat(64);
    let config = config(&[
        ("LISTEN_ADDR", "[::]:0"),
        ("APP_ENV", "production"),
        ("DATABASE_URL", "postgres://u:p@h/db"),
        ("OPS_DATABASE_URL", "sqlite:///var/ops"),
        ("DATABASE_POOL_MAX", "1"),
        ("SECRET_KEY", &key),
        ("LOG_DIR", "/var/log/ours"),
        ("LOG_LEVEL", "warn,server=debug"),
        ("LOG_MAX_BYTES", "4096"),
        ("LOG_MAX_FILES", "3"),
        ("LOG_FORMAT", "json"),
        ("SLOW_QUERY_MS", "0,users.find=5"),
        ("TRUSTED_PROXIES", "10.0.0.0/8"),
        ("METRICS_ALLOW", "10.1.0.0/16"),
        (
            "READY_DEPENDENCIES",
            "search=http://search/,mail=tcp://mail:25",
        ),
        ("SHUTDOWN_DELAY_SECONDS", "5"),
        ("SHUTDOWN_GRACE_SECONDS", "7"),
        ("TRAFFIC_HOURLY_DAYS", "33"),
        ("TRAFFIC_DAILY_DAYS", "34"),
        ("PUBLIC_URL", "https://desk.example/"),
        ("HEARTBEAT_URL", "https://ping.example/t0ken"),
        ("SENTRY_DSN", "https://key@sentry.example/1"),
        ("SENTRY_TRACES_SAMPLE_RATE", "1"),
        ("ADMIN_USERNAME", "root"),
        ("ADMIN_PASSWORD", "correct horse"),
    ]);
    assert_eq!(config.listen_addr.to_string(), "[::]:0");
    assert_eq!(config.app_env, AppEnv::Production);
    assert_eq!(config.database.url.to_string(), "postgres://u:***@h/db");
    assert_eq!(config.ops_database.url.to_string(), "sqlite:///var/ops");
    assert_eq!(config.ops_database.pool_max, 1);
    assert_eq!(config.secret_key.unwrap().expose(), key.as_bytes());
    assert_eq!(config.logging.dir, Path::new("/var/log/ours"));
    assert_eq!(config.logging.level.directives(), "server=debug,warn");
    assert_eq!(config.logging.max_bytes, 4096);
    assert_eq!(config.logging.max_files, 3);
    assert_eq!(config.logging.format, LogFormat::Json);
    let slow = &config.logging.slow_queries;
    assert_eq!(slow.threshold("users.count"), Duration::ZERO);
    assert_eq!(slow.threshold("users.find"), Duration::from_millis(5));
    assert_eq!((config.traffic.hours, config.traffic.days), (33, 34));
    assert!(config.trusted_proxies.contains("10.0.0.1".parse().unwrap()));
    let may_scrape = |address: &str| config.metrics_allow.contains(address.parse().unwrap());
    assert!(may_scrape("10.1.0.1") && !may_scrape("127.0.0.1"));
    let names: Vec<_> = config
        .readiness
        .dependencies
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(names, ["search", "mail"]);
    assert_eq!(config.shutdown.delay, Duration::from_secs(5));
    assert_eq!(config.shutdown.grace, Duration::from_secs(7));
    assert_eq!(config.alerts.public_url.unwrap(), "https://desk.example");
    let heartbeat = config.alerts.heartbeat_url.unwrap();
    assert_eq!(heartbeat.expose(), "https://ping.example/t0ken");
    assert_eq!(config.sentry.dsn.unwrap().host(), "sentry.example");
    assert!((config.sentry.traces_sample_rate - 1.0).abs() < f32::EPSILON);
    assert_eq!(config.admin.username.to_string(), "root");
    assert_eq!(config.admin.password.unwrap().expose(), "correct horse");
}

#[test]
fn bad_values_are_one_line_that_names_the_variable_and_what_would_be_right() {
    for (name, bad) in [
        ("LISTEN_ADDR", "localhost"),
        ("APP_ENV", "prod"),
        ("DATABASE_URL", "mysql://h/db"),
        ("OPS_DATABASE_URL", "ops.sqlite3"),
        ("DATABASE_POOL_MAX", "0"),
        ("LOG_LEVEL", "inof"),
        ("LOG_LEVEL", "server=lots"),
        ("LOG_MAX_BYTES", "lots"),
        ("LOG_MAX_BYTES", "4095"),
        ("LOG_MAX_FILES", "-1"),
        ("LOG_FORMAT", "xml"),
        ("SLOW_QUERY_MS", "0.5"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("METRICS_ALLOW", "everybody"),
        ("SHUTDOWN_DELAY_SECONDS", "5s"),
        ("SHUTDOWN_GRACE_SECONDS", "1000000"),
        ("TRAFFIC_HOURLY_DAYS", "7"),
        ("TRAFFIC_DAILY_DAYS", "forever"),
        ("SENTRY_TRACES_SAMPLE_RATE", "1.1"),
        ("SENTRY_TRACES_SAMPLE_RATE", "NaN"),
        ("READY_DEPENDENCIES", "search"),
        ("READY_DEPENDENCIES", "sea\nrch=http://h/"),
        ("ADMIN_USERNAME", "a\nb"),
    ] {
        let message = error(&[(name, bad)]);
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(
            message.starts_with(&format!("{name}: {bad:?} is not ")),
            "{message}"
        );
        assert!(message.contains("; try "), "{message}");
    }
    insta::assert_snapshot!(
        error(&[("LOG_MAX_BYTES", "lots")]),
        @r#"LOG_MAX_BYTES: "lots" is not a whole number of bytes between 4096 and 1099511627776; try 52428800"#
    );
}

#[test]
fn a_bad_value_in_the_file_says_so() {
    let message = load(&[], Some("LOG_FORMAT=xml")).unwrap_err().to_string();
    assert!(
        message.starts_with(r#"LOG_FORMAT: "xml" (from .env) is not "#),
        "{message}"
    );
}

#[test]
fn a_bad_secret_is_never_repeated() {
    for (name, bad) in [
        ("SECRET_KEY", "hunter2"),
        ("SENTRY_DSN", "hunter2"),
        ("DATABASE_URL", "postgres://u:hunter2@h:port/db"),
        (
            "OPS_DATABASE_URL",
            "postgres://h/db?password=hunter2&no_such_option=1",
        ),
    ] {
        let message = error(&[(name, bad)]);
        assert!(
            message.starts_with(name) && !message.contains("hunter2"),
            "{message}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_value_that_is_not_utf8_is_an_error() {
    use std::os::unix::ffi::OsStringExt;

    let environment = |name: &str| (name == "LOG_DIR").then(|| OsString::from_vec(vec![0xff]));
    let message = Config::load(environment, None).unwrap_err().to_string();
    assert!(
        message.starts_with("LOG_DIR: the value is not valid UTF-8"),
        "{message}"
    );
}

#[test]
fn production_demands_a_secret_key_of_64_bytes() {
    let production = ("APP_ENV", "production");
    let missing = error(&[production]);
    assert!(
        missing.starts_with("SECRET_KEY: unset, but APP_ENV=production"),
        "{missing}"
    );
    let short = "k".repeat(63);
    let too_short = error(&[production, ("SECRET_KEY", &short)]);
    assert!(
        too_short.contains("at least 64 bytes") && !too_short.contains("kkk"),
        "{too_short}"
    );
}

#[test]
fn the_environment_wins_over_the_file_and_empty_means_unset() {
    let file = "LOG_DIR=file\nLOG_MAX_FILES=5\nLOG_FORMAT=\n";
    let environment = [
        ("LOG_DIR", "environment"),
        ("LOG_MAX_FILES", ""),
        ("LOG_FORMAT", ""),
    ];
    let (config, provenance) = load(&environment, Some(file)).unwrap();
    assert_eq!(config.logging.dir, Path::new("environment"));
    assert_eq!(config.logging.max_files, 5);
    assert_eq!(config.logging.format, LogFormat::Text);
    let shown = provenance.to_string();
    assert!(
        shown.contains("LOG_DIR=environment  # environment\n"),
        "{shown}"
    );
    assert!(shown.contains("LOG_MAX_FILES=5  # .env\n"), "{shown}");
    assert!(shown.contains("LOG_FORMAT=text  # default\n"), "{shown}");
}

#[test]
fn the_provenance_is_a_line_a_variable_without_secrets() {
    let key = "hunter2".repeat(10);
    let environment = [
        ("SECRET_KEY", key.as_str()),
        ("DATABASE_URL", "postgres://u:hunter2@h/db"),
        ("LOG_DIR", "a\nb"),
        (
            "READY_DEPENDENCIES",
            "a=http://u:hunter2@a/,b=http://hunter2@b/?token=hunter2&x=1",
        ),
    ];
    let (_, provenance) = load(&environment, Some("ADMIN_PASSWORD=hunter2-and-more")).unwrap();
    insta::assert_snapshot!(provenance, @r"
    LISTEN_ADDR=127.0.0.1:8000  # default
    KEEP_ALIVE_SECONDS=75  # default
    APP_ENV=development  # default
    DATABASE_URL=postgres://u:***@h/db  # environment
    OPS_DATABASE_URL=sqlite://data/ops.sqlite3  # default
    DATABASE_POOL_MAX=20  # default
    SECRET_KEY=***  # environment
    LOG_DIR=a\nb  # environment
    LOG_LEVEL=info  # default
    LOG_MAX_BYTES=52428800  # default
    LOG_MAX_FILES=10  # default
    LOG_FORMAT=text  # default
    SLOW_QUERY_MS=100  # default
    TRUSTED_PROXIES=  # default
    METRICS_ALLOW=127.0.0.0/8,::1/128  # default
    READY_DEPENDENCIES=a=http://***@a/,b=http://***@b/?token=***&x=1  # environment
    SHUTDOWN_DELAY_SECONDS=0  # default
    SHUTDOWN_GRACE_SECONDS=30  # default
    TRAFFIC_HOURLY_DAYS=90  # default
    TRAFFIC_DAILY_DAYS=400  # default
    PUBLIC_URL=  # default
    ALERTS_FILE=  # default
    ALERT_WEBHOOK_URL=  # default
    ALERT_WEBHOOK_SECRET=  # default
    ALERT_SLACK_WEBHOOK_URL=  # default
    ALERT_EMAIL_TO=  # default
    ALERT_EMAIL_FROM=  # default
    SMTP_URL=  # default
    HEARTBEAT_URL=  # default
    SENTRY_DSN=  # default
    SENTRY_TRACES_SAMPLE_RATE=0.1  # default
    OTEL_EXPORTER_OTLP_ENDPOINT=  # default
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=  # default
    OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf  # default
    OTEL_EXPORTER_OTLP_HEADERS=  # default
    OTEL_EXPORTER_OTLP_TIMEOUT=10000  # default
    OTEL_SERVICE_NAME=  # default
    OTEL_RESOURCE_ATTRIBUTES=  # default
    OTEL_TRACES_SAMPLER=parentbased_always_on  # default
    OTEL_TRACES_SAMPLER_ARG=  # default
    OTEL_SDK_DISABLED=false  # default
    TRACE_URL_TEMPLATE=  # default
    ADMIN_USERNAME=admin  # default
    ADMIN_PASSWORD=***  # .env
    ");
}

#[test]
fn no_debug_output_of_the_configuration_shows_a_secret() {
    let key = "hunter2".repeat(10);
    let config = config(&[
        ("SECRET_KEY", &key),
        ("ADMIN_PASSWORD", "hunter2-and-more"),
        ("DATABASE_URL", "postgres://u:hunter2@h/db"),
    ]);
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn a_misspelt_name_in_the_file_is_a_warning() {
    let (_, provenance) = load(&[], Some("LOG_LEVL=debug\nPOSTGRES_DB=x\n")).unwrap();
    assert_eq!(provenance.warnings.len(), 1);
    assert!(provenance.warnings[0].contains("did you mean LOG_LEVEL?"));
}
