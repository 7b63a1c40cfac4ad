//! Health and logs together, as a service has them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use ops::clock::ManualClock;
use ops::health::{CheckName, CheckResult, Code, FRESHNESS, HealthChecks, Probe};
use ops::log::{LogConfig, LogFile, LogLevel, start, tail};
use tracing_subscriber::layer::SubscriberExt;

struct Switch(Arc<AtomicBool>);

#[async_trait]
impl Probe for Switch {
    fn names(&self) -> &[CheckName] {
        const { &[CheckName::Borrowed("database")] }
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn run(&self) -> Vec<(CheckName, CheckResult)> {
        let check = match self.0.load(Ordering::SeqCst) {
            true => CheckResult::ok(),
            false => CheckResult::failed(Code::Auth).with_cause("postgres://me:pw@h says no"),
        };
        vec![("database".into(), check)]
    }
}

#[tokio::test]
async fn an_outage_is_two_lines_however_often_it_is_looked_at() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::default());
    let log = start(LogConfig::new(directory.path()), clock.clone()).unwrap();
    let level = LogLevel::parse("info").unwrap();
    let subscriber = tracing_subscriber::registry().with(log.layer(&level, None));
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let up = Arc::new(AtomicBool::new(true));
    let registry = HealthChecks::builder(tokio::runtime::Handle::current(), clock.clone())
        .probe(Switch(up.clone()))
        .build();
    for state in [true, false, false, false, true, true] {
        up.store(state, Ordering::SeqCst);
        assert_eq!(registry.report().await.is_ready(), state);
        clock.advance(FRESHNESS);
    }

    assert!(log.flush(Duration::from_secs(5)));
    let messages = |file| -> Vec<String> {
        let lines = tail(&log.path(file), 10).unwrap().into_iter();
        lines
            .map(|line| format!("{} {}", line["level"], line["message"]))
            .collect()
    };
    let failure = r#""WARNING" "health check database fails: auth""#;
    let recovery = r#""INFO" "health check database is ok again""#;
    assert_eq!(messages(LogFile::App), [recovery, failure]);
    assert_eq!(messages(LogFile::Error), [failure]);
    let cause = &tail(&log.path(LogFile::Error), 1).unwrap().remove(0)["cause"];
    assert_eq!(cause, "postgres://***@h says no");
}
