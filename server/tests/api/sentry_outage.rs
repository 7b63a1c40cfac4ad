//! A Sentry that takes a connection and never answers.

use std::time::{Duration, Instant};

use crate::support::sentry::dsn;
use crate::support::upstream::Upstream;
use crate::support::{Database, Home, USERNAME};

/// More than the queue to Sentry holds.
const ERRORS: usize = 50;

/// The service gives up on a single event after five seconds; who waited for it would take as long.
const ONE_EVENT: Duration = Duration::from_secs(5);

#[tokio::test]
async fn nobody_waits_for_it() {
    let home = Home::new(Database::Sqlite).await;
    let silent = Upstream::silent().await;
    let service = home
        .serve_with(&[
            ("APP_ENV", "production"),
            ("SECRET_KEY", &"k".repeat(64)),
            ("SENTRY_DSN", &dsn(silent.address)),
            ("SENTRY_TRACES_SAMPLE_RATE", "1"),
        ])
        .await;
    service.until_ready().await;
    home.sql()
        .execute("ALTER TABLE users RENAME TO no_users")
        .await;
    for _ in 0..ERRORS {
        let answer = service.http.sign_in(USERNAME, "x").await;
        assert_eq!(answer.status, 500);
        assert!(answer.elapsed < ONE_EVENT, "{:?}", answer.elapsed);
    }
    let told = Instant::now();
    let finished = service.stop().await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    // Two seconds of farewell; a queue of thirty, five seconds each, would be minutes.
    assert!(
        told.elapsed() < Duration::from_secs(10),
        "{:?}",
        told.elapsed()
    );
}
