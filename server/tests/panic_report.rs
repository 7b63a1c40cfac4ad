//! A panic in a handler, seen by the client, by the log and by Sentry. It needs a handler that panics,
//! which the product has none of: so the service's middleware is put around one here. In a program
//! of its own, since log, panic hook and Sentry are the whole process's.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "what the other tests' support has besides")]

#[path = "api/support"]
mod support {
    pub mod sentry;
    pub mod wait;
}

use std::ffi::OsString;
use std::fs;

use actix_web::test::{TestRequest, init_service};
use actix_web::{App, HttpResponse, web};
use serde_json::Value;
use server::config::Config;
use server::middleware;
use server::startup::Application;
use server::telemetry::Telemetry;

use support::sentry::Sentry;
use support::wait::SOON;

async fn panics() -> HttpResponse {
    panic!("the card's token=hunter2 is upside down");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_arrives_with_the_ids_that_client_and_log_have() {
    _ = rustls::crypto::ring::default_provider().install_default();
    let sentry = Sentry::start().await;
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).display().to_string();
    let environment = [
        ("APP_ENV", "production".to_owned()),
        ("LISTEN_ADDR", "127.0.0.1:0".to_owned()),
        ("SECRET_KEY", "k".repeat(64)),
        ("LOG_DIR", path("logs")),
        (
            "DATABASE_URL",
            format!("sqlite://{}", path("registry.sqlite3")),
        ),
        (
            "OPS_DATABASE_URL",
            format!("sqlite://{}", path("ops.sqlite3")),
        ),
        ("SENTRY_DSN", sentry.dsn()),
        ("SENTRY_TRACES_SAMPLE_RATE", "1".to_owned()),
    ];
    let look_up = |name: &str| {
        let found = environment.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| OsString::from(value))
    };
    let (config, _) = Config::load(look_up, None).unwrap();
    let secret = config.secret_key.clone().unwrap();
    let telemetry = Telemetry::install(&config).unwrap();
    middleware::panic::install_hook(telemetry.log());
    let state = Application::build(config, &secret, telemetry.log(), telemetry.refusals())
        .unwrap()
        .state();

    let app = App::new()
        .configure(|service| state.provide(service))
        .route("/api/agentcards/{id}/", web::get().to(panics));
    let service = init_service(middleware::stack(app)).await;
    let request = TestRequest::get()
        .uri("/api/agentcards/7/?token=hunter2")
        .insert_header(("x-request-id", "it-panics"))
        .to_request();
    let Err(error) = actix_web::dev::Service::call(&service, request).await else {
        panic!("a panic is answered as an error");
    };
    let answer = error.error_response();
    assert_eq!(answer.status(), 500);
    let error_id = answer
        .headers()
        .get("x-error-id")
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();

    let event = sentry
        .item("event", |event| {
            event["tags"]["error_id"] == error_id.as_str()
        })
        .await;
    assert_eq!(event["tags"]["request_id"], "it-panics");
    let exception = &event["exception"]["values"][0];
    assert_eq!(exception["type"], "panic");
    assert_eq!(exception["value"], "the card's token=*** is upside down");
    assert_eq!(exception["mechanism"]["handled"], false);
    let place = exception["module"].as_str().unwrap();
    assert!(place.contains("panic_report.rs"), "{place}");
    let transaction = sentry.item("transaction", |_| true).await;
    assert_eq!(transaction["transaction"], "GET /api/agentcards/{id}/");
    assert_eq!(transaction["tags"]["request_id"], "it-panics");
    assert_eq!(
        sentry.items("event").len(),
        1,
        "{:?}",
        sentry.items("event")
    );
    assert!(!sentry.text().contains("hunter2"), "{}", sentry.text());

    // Sentry was told after the log was.
    assert!(telemetry.log().flush(SOON));
    let log = fs::read_to_string(home.path().join("logs/error.log")).unwrap();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ours: Vec<&Value> = lines
        .iter()
        .filter(|line| line["error_id"] == error_id.as_str())
        .collect();
    assert_eq!(ours.len(), 1, "{log}");
    assert_eq!(ours[0]["request_id"], "it-panics");
}
