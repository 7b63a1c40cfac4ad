//! What reaches which file, and in which shape. Through real files: nothing here is a double.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::Once;

use serde_json::{Value, json};
use tracing::{debug, error, info, info_span, trace, warn};

use super::super::layer_fixture::{Fixture, app_line};
use super::*;

#[test]
fn a_line_has_its_time_level_logger_and_sentence() {
    let line = app_line(|| warn!(target: "it", answer = 42, "sentence with {}", "parts"));
    let expected = json!({
        "timestamp": "1970-01-01T00:00:00.000Z",
        "level": "WARNING",
        "logger": "it",
        "message": "sentence with parts",
        "answer": 42,
    });
    assert_eq!(Value::Object(line), expected);
}

#[test]
fn all_four_files_exist_from_the_start() {
    let fixture = Fixture::new("info");
    for file in LogFile::ALL {
        assert!(fixture.log.path(file).exists());
    }
}

#[test]
fn each_event_goes_where_it_belongs() {
    let fixture = Fixture::new("info");
    fixture.run(|| {
        trace!("too fine");
        debug!("fine");
        info!("plain");
        warn!("odd");
        error!("bad");
        info!(target: "access", "GET / 200");
        debug!(target: "access", "GET /health/ 200");
        info!(target: "db", "slow");
        error!(target: "db", "failed");
    });
    let app = ["plain", "odd", "bad", "GET / 200", "slow", "failed"];
    assert_eq!(fixture.messages(LogFile::App), app);
    assert_eq!(fixture.messages(LogFile::Access), ["GET / 200"]);
    assert_eq!(fixture.messages(LogFile::Error), ["odd", "bad", "failed"]);
    assert_eq!(fixture.messages(LogFile::Db), ["slow", "failed"]);
}

#[test]
fn the_level_closes_app_log_only() {
    let fixture = Fixture::new("error");
    fixture.run(|| {
        let _request = info_span!("request", request_id = "r-1").entered();
        info!("plain");
        warn!("odd");
        info!(target: "access", "GET / 200");
        info!(target: "db", "slow");
    });
    assert_eq!(fixture.messages(LogFile::App), [""; 0]);
    for file in [LogFile::Access, LogFile::Error, LogFile::Db] {
        let lines = fixture.lines(file);
        assert_eq!(lines.len(), 1, "{file:?}");
        assert_eq!(lines[0]["request_id"], "r-1");
    }
    assert_eq!(fixture.screen.text(), "");
}

#[test]
fn health_requests_are_access_lines_at_debug() {
    let fixture = Fixture::new("debug");
    fixture.run(|| debug!(target: "access", "GET /health/ 200"));
    assert_eq!(fixture.messages(LogFile::Access), ["GET /health/ 200"]);
    assert_eq!(fixture.lines(LogFile::Access)[0]["level"], "DEBUG");
}

#[test]
fn the_level_can_be_changed_while_running() {
    let fixture = Fixture::new("warn");
    fixture.run(|| {
        for directives in ["info", "warn", "info,ops=debug"] {
            info!("before {directives}");
            fixture.level.set(directives).unwrap();
            info!("after {directives}");
            debug!("fine after {directives}");
        }
    });
    let expected = [
        "after info",
        "before warn",
        "after info,ops=debug",
        "fine after info,ops=debug",
    ];
    assert_eq!(fixture.messages(LogFile::App), expected);
}

#[test]
fn directives_may_depend_on_a_spans_fields() {
    let fixture = Fixture::new("info,[request{tenant=x}]=debug");
    fixture.run(|| {
        for tenant in ["x", "y"] {
            let _span = info_span!("request", tenant).entered();
            debug!("fine");
        }
    });
    let lines = fixture.lines(LogFile::App);
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["tenant"], "x");
}

#[test]
fn only_warnings_and_errors_of_a_request_repeat_what_was_asked_for() {
    let fixture = Fixture::new("info");
    fixture.run(|| {
        let user = tracing::field::Empty;
        let _span = info_span!("request", method = "GET", path = "/x?token=y", user).entered();
        info!("fine");
        tracing::warn!("odd");
        tracing::error!(status = 500, "broken");
    });
    let lines = fixture.lines(LogFile::App);
    assert!(!lines[0].contains_key("method") && !lines[0].contains_key("path"));
    for line in &lines[1..] {
        assert_eq!(line["method"], "GET");
        assert_eq!(line["path"], "/x?token=***");
        assert_eq!(line["user"], serde_json::Value::Null);
    }
    assert_eq!(lines[1]["status"], serde_json::Value::Null);
    assert_eq!(lines[2]["status"], 500);
}

#[test]
fn spans_give_their_fields_to_every_line_within() {
    let line = app_line(|| {
        let outer = info_span!(
            "request",
            request_id = "r-1",
            route = "/a",
            user = tracing::field::Empty,
            n = 1
        );
        let _outer = outer.enter();
        outer.record("user", "alice");
        outer.record("route", "/a/{id}");
        let _inner = info_span!("inner", n = 2, depth = 2).entered();
        info!(depth = 3, "here");
    });
    assert_eq!(line["request_id"], "r-1");
    assert_eq!(line["route"], "/a/{id}");
    assert_eq!(line["user"], "alice");
    assert_eq!(line["n"], 2);
    assert_eq!(line["depth"], 3);
}

#[test]
fn no_key_appears_twice() {
    let fixture = Fixture::new("info");
    fixture.run(|| {
        let _outer = info_span!("outer", a = 1, request_id = "x").entered();
        let _inner = info_span!("inner", a = 2, level = "l", request_id = "y").entered();
        info!(
            a = 3,
            level = 1,
            logger = 2,
            timestamp = 3,
            request_id = "z",
            "m"
        );
    });
    let text = fixture.text(LogFile::App);
    let line = &fixture.lines(LogFile::App)[0];
    for key in line.keys() {
        assert_eq!(text.matches(&format!("\"{key}\":")).count(), 1, "{text}");
    }
}

#[test]
fn fields_cannot_take_the_lines_own_keys() {
    let line = app_line(|| {
        let _span = info_span!("s", message = "span's", request_id = "real").entered();
        info!(
            timestamp = 1,
            level = 2,
            logger = "x",
            request_id = "forged",
            "m"
        );
    });
    assert_eq!(line["timestamp"], "1970-01-01T00:00:00.000Z");
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["message"], "m");
    assert_eq!(line["request_id"], "real");
    assert_eq!(line["field_timestamp"], 1);
    assert_eq!(line["field_level"], 2);
    assert_eq!(line["field_logger"], "x");
    assert_eq!(line["field_message"], "span's");
    assert_eq!(line["field_request_id"], "forged");
}

#[test]
fn an_event_outside_any_request_may_name_one() {
    let line = app_line(|| info!(request_id = "r-2", "m"));
    assert_eq!(line["request_id"], "r-2");
    assert!(!line.contains_key("field_request_id"));
}

#[test]
fn records_of_the_log_crate_keep_their_logger() {
    static BRIDGE: Once = Once::new();
    BRIDGE.call_once(|| tracing_log::LogTracer::init().unwrap());
    let fixture = Fixture::new("info,quiet=off");
    fixture.run(|| {
        tracing_log::log::info!(target: "some::crate", "from log");
        tracing_log::log::info!(target: "quiet", "not this");
    });
    let lines = fixture.lines(LogFile::App);
    let expected = json!([{
        "timestamp": "1970-01-01T00:00:00.000Z",
        "level": "INFO",
        "logger": "some::crate",
        "message": "from log",
    }]);
    assert_eq!(json!(lines), expected);
}

#[test]
fn an_empty_field_named_like_a_key_of_the_line_shadows_nothing() {
    let line = app_line(|| info!(target: "access", level = None::<&str>, "GET / 200"));
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["field_level"], Value::Null);
}

#[test]
fn the_console_shows_one_readable_line_an_event() {
    let fixture = Fixture::new("info");
    fixture.run(|| {
        let _span = info_span!("request", request_id = "r-1", route = "/x").entered();
        info!(target: "it", n = 1, text = "two words", word = "one", "red \u{1b}[31m\nnext");
        info!(target: "access", method = "GET", path = "/x", status = 200, duration_ms = 1.5,
            user = None::<&str>, "GET /x 200");
        debug!("not shown");
    });
    let time = "1970-01-01T00:00:00.000Z";
    let expected = format!(
        "{time} INFO    it: red \\u001b[31m\\nnext n=1 text=\"two words\" word=one request_id=r-1\n\
         {time} INFO    access: GET /x 200 duration_ms=1.5 request_id=r-1\n"
    );
    assert_eq!(fixture.screen.text(), expected);
}

#[test]
fn a_json_console_shows_what_the_file_holds() {
    let fixture = Fixture::new("info");
    fixture.run_with(ConsoleFormat::Json, || {
        info!(n = 1, "one");
        warn!("two");
    });
    assert_eq!(fixture.screen.text(), fixture.text(LogFile::App));
}
