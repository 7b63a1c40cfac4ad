//! What Sentry is told, and what it is never told.

use std::time::Duration;

use serde_json::{Value, json};

use crate::log_refusals::{GARBAGE, send_raw};
use crate::support::json::utc;
use crate::support::sentry::Sentry;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Service, USERNAME, eventually};

const SECRET_KEY: &str = "S1gning-key-of-sixty-four-bytes-or-more-which-nobody-else-may-read-ever";

on_both_databases![
    an_error_arrives_with_the_ids_that_client_and_log_have,
    a_slow_request_arrives_as_a_transaction,
];

async fn serve(home: &Home, sentry: &Sentry, more: &[(&str, &str)]) -> Service {
    let dsn = sentry.dsn();
    let mut environment = vec![
        ("APP_ENV", "production"),
        ("SECRET_KEY", SECRET_KEY),
        ("SENTRY_DSN", dsn.as_str()),
        ("SENTRY_TRACES_SAMPLE_RATE", "1"),
    ];
    environment.extend_from_slice(more);
    let service = home.serve_with(&environment).await;
    service.until_ready().await;
    service
}

/// `agent-source-db@0.1.0`, and the commit if there is one.
fn assert_is_release(item: &Value) {
    let release = item["release"].as_str().unwrap();
    let expected = concat!("agent-source-db@", env!("CARGO_PKG_VERSION"));
    let rest = release
        .strip_prefix(expected)
        .unwrap_or_else(|| panic!("{release}"));
    assert!(rest.is_empty() || rest.starts_with('+'), "{release}");
    assert_eq!(item["environment"], "production");
}

async fn an_error_arrives_with_the_ids_that_client_and_log_have(database: Database) {
    let home = Home::new(database).await;
    let sentry = Sentry::start().await;
    let service = serve(&home, &sentry, &[]).await;
    home.sql()
        .execute("ALTER TABLE users RENAME COLUMN password_hash TO something_else")
        .await;
    let http = service
        .http
        .with("x-request-id", "broken")
        .with("cookie", "session=C00kie-of-somebody")
        .with("authorization", "Bearer T0ken-of-somebody")
        .with("x-forwarded-for", "198.51.100.77")
        .with("user-agent", "Br0wser-of-somebody");
    let answer = http
        .post(
            "/admin/login/?next=/admin/&token=Qu3ry-of-somebody",
            &[("username", USERNAME), ("password", "Passw0rd-of-somebody")],
        )
        .await;
    assert_eq!(answer.status, 500);
    let error_id = answer.header("x-error-id");
    let event = sentry
        .item("event", |event| event["tags"]["error_id"] == error_id)
        .await;
    assert_eq!(event["tags"]["request_id"], "broken");
    // What has no level is an error, in Sentry's protocol.
    assert_eq!(event["level"], Value::Null);
    assert_is_release(&event);
    assert_eq!(event["request"]["method"], "POST");
    let url = event["request"]["url"].as_str().unwrap();
    assert!(url.ends_with("/admin/login/"), "{url}");
    let causes = event["exception"]["values"].to_string();
    assert!(causes.contains("password_hash"), "{event}");
    // The log has the same.
    let is_line = |line: &Value| line["error_id"] == error_id && line["request_id"] == "broken";
    service.logs.line("error.log", is_line).await;

    // One event for one error; what comes after it would come after a second one, too.
    let next = http
        .with("x-request-id", "next")
        .post("/admin/login/", &[("username", "x"), ("password", "y")])
        .await;
    let id = next.header("x-error-id");
    sentry
        .item("event", |event| event["tags"]["error_id"] == id)
        .await;
    assert_eq!(
        sentry.items("event").len(),
        2,
        "{:?}",
        sentry.items("event")
    );
    let text = sentry.text();
    assert!(!text.contains("of-somebody"), "{text}");
    assert!(
        !text.contains("198.51.100.77") && !text.contains(SECRET_KEY),
        "{text}"
    );
    assert!(!text.contains(&format!("\"{USERNAME}\"")), "{text}");
}

async fn a_slow_request_arrives_as_a_transaction(database: Database) {
    const HELD: Duration = Duration::from_millis(400);
    let home = Home::new(database).await;
    let sentry = Sentry::start().await;
    let service = serve(&home, &sentry, &[]).await;
    let session = service.signed_in().await.same_origin();
    let held = home.sql().lock("sessions").await;
    let slow = session.with("x-request-id", "slow");
    let slow = tokio::spawn(async move { slow.post("/admin/logout/", &[]).await });
    eventually("the request waits in the database", SOON, async || {
        let health = service.http.get("/health/db/").await.json();
        (health["database"]["pool"]["active"].as_u64() >= Some(1)).then_some(())
    })
    .await;
    tokio::time::sleep(HELD).await;
    drop(held);
    assert_eq!(slow.await.unwrap().status, 303);

    let is_slow = |item: &Value| item["tags"]["request_id"] == "slow";
    let transaction = sentry.item("transaction", is_slow).await;
    assert_eq!(transaction["transaction"], "POST /admin/logout/");
    assert_eq!(transaction["contexts"]["trace"]["op"], "http.server");
    assert_is_release(&transaction);
    // In Sentry's protocol the end is a text and the start a number of seconds.
    let ended = utc(&transaction["timestamp"]).timestamp_micros();
    let started = transaction["start_timestamp"].as_f64().unwrap() * 1e6;
    let took = Duration::from_micros((ended as f64 - started) as u64);
    assert!(took >= HELD, "{took:?}");
    // Who it was, and with which session, is nobody's business there.
    let text = sentry.text();
    assert!(
        !text.contains(session.cookie().split_once('=').unwrap().1),
        "{text}"
    );
    assert!(!text.contains(&format!("\"{USERNAME}\"")), "{text}");
    // The probes that came meanwhile are no transactions.
    let names: Vec<Value> = sentry
        .items("transaction")
        .iter()
        .map(|item| item["transaction"].clone())
        .collect();
    assert!(!names.contains(&json!("GET /health/db/")), "{names:?}");
}

#[tokio::test]
async fn what_clients_send_that_is_no_http_is_no_event_and_no_address_leaves() {
    let home = Home::new(Database::Sqlite).await;
    let sentry = Sentry::start().await;
    let service = serve(&home, &sentry, &[]).await;
    for garbage in GARBAGE {
        send_raw(&service, garbage).await;
    }
    service
        .http
        .with("accept", "text/of-somebody")
        .get("/pathtoken=of-somebody/asd_of-somebody-of-somebody-of-somebody/")
        .await;
    service.http.get("/api/namespaces/of-somebody/").await;
    let named = |item: &Value| item["transaction"] == "GET /api/namespaces/{id}/";
    let transaction = sentry.item("transaction", named).await;
    let url = transaction["request"]["url"].as_str().unwrap();
    assert!(url.ends_with("/api/namespaces/%7Bid%7D/"), "{url}");
    assert_eq!(service.stop().await.code(), 0);
    assert_eq!(sentry.items("event"), Vec::<Value>::new());
    let text = sentry.text();
    assert!(!text.contains("of-somebody"), "{text}");
    assert!(!text.contains("127.0.0.1"), "{text}");
    assert!(!text.contains("\"server_name\":\""), "{text}");
}

#[tokio::test]
async fn what_is_traced_is_not_the_clients_choice() {
    let home = Home::new(Database::Sqlite).await;
    let sentry = Sentry::start().await;
    let service = serve(&home, &sentry, &[("SENTRY_TRACES_SAMPLE_RATE", "0")]).await;
    let sampled = "0123456789abcdef0123456789abcdef-0123456789abcdef-1";
    let http = service.http.with("sentry-trace", sampled);
    assert_eq!(http.get("/admin/login/").await.status, 200);
    assert_eq!(service.stop().await.code(), 0);
    // All that was to be sent has been.
    assert_eq!(sentry.text(), "");
}

#[tokio::test]
async fn outside_production_nothing_is_sent() {
    let home = Home::new(Database::Sqlite).await;
    let sentry = Sentry::start().await;
    let service = serve(&home, &sentry, &[("APP_ENV", "development")]).await;
    home.sql()
        .execute("ALTER TABLE users RENAME TO no_users")
        .await;
    assert_eq!(service.http.sign_in(USERNAME, "x").await.status, 500);
    assert_eq!(service.stop().await.code(), 0);
    assert_eq!(sentry.text(), "");
}
