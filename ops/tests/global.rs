//! What only shows with a subscriber and a panic hook for the whole process, as a service has
//! them. One test: both are global.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use ops::clock::SystemClock;
use ops::log::{LogConfig, LogFile, LogHandle, LogLevel, install_panic_hook, start, tail};
use serde_json::{Map, Value};
use tracing::{info, info_span};
use tracing_subscriber::layer::SubscriberExt;

/// The lines of a file, the oldest first.
fn lines(log: &LogHandle, file: LogFile) -> Vec<Map<String, Value>> {
    let mut lines = tail(&log.path(file), 100).unwrap();
    lines.reverse();
    lines
}

fn text<'a>(line: &'a Map<String, Value>, key: &str) -> &'a str {
    line.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn panics_and_values_that_log_while_printed_are_logged_in_their_request() {
    let directory = tempfile::tempdir().unwrap();
    let log = start(LogConfig::new(directory.path()), Arc::new(SystemClock)).unwrap();
    let level = LogLevel::parse("info").unwrap();
    let subscriber = tracing_subscriber::registry().with(log.layer(&level, None));
    tracing::subscriber::set_global_default(subscriber).unwrap();
    install_panic_hook(log.handle());

    a_panic_is_on_disk_when_its_thread_has_ended(&log);
    a_value_may_log_while_it_is_printed(&log);
    a_value_may_panic_while_it_is_printed(&log);
    a_level_that_is_raised_lets_the_log_crate_through(&log, &level);
}

fn a_panic_is_on_disk_when_its_thread_has_ended(log: &LogHandle) {
    let panicking = std::thread::Builder::new()
        .name("worker".to_owned())
        .spawn(|| {
            let _request = info_span!("request", request_id = "r-1").entered();
            panic!("no {}", "way");
        })
        .unwrap();
    panicking.join().unwrap_err();

    // Not flushed here: that was the hook's part.
    let errors = lines(log, LogFile::Error);
    let [line] = errors.as_slice() else {
        panic!("{errors:?}")
    };
    assert!(text(line, "message").starts_with("thread worker panicked at ops/tests/global.rs:"));
    assert!(text(line, "message").ends_with(": no way"));
    assert_eq!(text(line, "logger"), "panic");
    assert_eq!(text(line, "level"), "ERROR");
    assert_eq!(text(line, "request_id"), "r-1");
    assert_eq!(line.get("error").unwrap(), &serde_json::json!(["no way"]));
    assert!(text(line, "backtrace").contains("a_panic_is_on_disk"));
}

fn a_value_may_log_while_it_is_printed(log: &LogHandle) {
    struct Chatty;
    impl fmt::Display for Chatty {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            info!(n = 1, "inner");
            f.write_str("value")
        }
    }
    let _span = info_span!("request", chatty = %Chatty).entered();
    info!(before = 1, own = %Chatty, after = 2, "outer");

    assert!(log.flush(Duration::from_secs(5)));
    let written = lines(log, LogFile::App);
    let [.., first, second, outer] = written.as_slice() else {
        panic!("{written:?}")
    };
    assert_eq!(
        (text(first, "message"), text(second, "message")),
        ("inner", "inner")
    );
    assert_eq!(text(outer, "message"), "outer");
    assert_eq!(
        (text(outer, "own"), text(outer, "chatty")),
        ("value", "value")
    );
    assert_eq!(outer.get("before").unwrap(), 1);
    assert_eq!(outer.get("after").unwrap(), 2);
    assert!(!outer.contains_key("n"));
}

fn a_value_may_panic_while_it_is_printed(log: &LogHandle) {
    struct Broken;
    impl fmt::Display for Broken {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("unprintable")
        }
    }
    let _span = info_span!("request", request_id = "r-2").entered();
    let span = info_span!("inner", field = tracing::field::Empty);
    for attempt in [
        std::panic::catch_unwind(|| info!(broken = %Broken, "never seen")),
        std::panic::catch_unwind(AssertUnwindSafe(|| {
            span.record("field", tracing::field::display(Broken));
        })),
    ] {
        attempt.unwrap_err();
    }
    info!("still working");

    assert!(log.flush(Duration::from_secs(5)));
    let written = lines(log, LogFile::App);
    let messages: Vec<_> = written
        .iter()
        .rev()
        .take(3)
        .map(|line| text(line, "message"))
        .collect();
    assert_eq!(messages.first(), Some(&"still working"));
    assert!(
        messages
            .iter()
            .skip(1)
            .all(|message| message.ends_with("unprintable"))
    );
    assert!(
        written
            .iter()
            .rev()
            .take(3)
            .all(|line| text(line, "request_id") == "r-2")
    );
}

fn a_level_that_is_raised_lets_the_log_crate_through(log: &LogHandle, level: &LogLevel) {
    tracing_log::LogTracer::builder()
        .with_max_level(tracing_log::log::LevelFilter::Info)
        .init()
        .unwrap();
    tracing_log::log::debug!(target: "dependency", "before");
    level.set("debug").unwrap();
    tracing_log::log::debug!(target: "dependency", "while it lasts");
    level.set("info").unwrap();
    tracing_log::log::debug!(target: "dependency", "after");
    assert!(log.flush(Duration::from_secs(5)));
    let app = lines(log, LogFile::App);
    let said = app
        .iter()
        .filter(|line| text(line, "logger") == "dependency");
    let said: Vec<&str> = said.map(|line| text(line, "message")).collect();
    assert_eq!(said, ["while it lasts"]);
}
