//! Log pages, stories and levels for tests and for the preview: one of each kind of answer.

use serde_json::{Value, json};

use crate::dto::{
    BadQuery, Code, FoundLine, LogBucket, LogHistogram, LogLevelState, LogLine, LogName, LogPage,
    LogQuery, RequestStory, StoryLine,
};
use crate::fixtures;
use crate::log_query::LogForm;

pub const REQUEST_ID: &str = "01938f5e-9d2b-7a10-8c44-6b1d0e2f3a4c";
pub const ERROR_ID: &str = "9F3A61C0";

/// As the server understands a form without mistakes: the wire has the same names.
pub fn query_of(form: &LogForm) -> LogQuery {
    let fields = form
        .given()
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect();
    serde_json::from_value(Value::Object(fields)).unwrap_or_default()
}

/// Lines of every level, with more before them.
pub fn full(query: LogQuery) -> LogPage {
    let lines = vec![
        failed_query(),
        access_line(),
        fixtures::hostile(),
        json_line(json!({
            "timestamp": "2026-11-24T03:18:44.910Z", "level": "WARNING", "logger": "db",
            "message": "slow query agent_cards.search", "name": "agent_cards.search",
            "duration_ms": 1843.12, "rows": 20, "request_id": "checkout-1138",
            "query": "SELECT \"id\", \"name\" FROM \"agent_cards\" WHERE \"name\" LIKE ? LIMIT ?"
        })),
        json_line(json!({
            "timestamp": "2026-11-24T03:18:43.021Z", "level": "DEBUG", "logger": "server::health",
            "message": "GET /health/ready/ 200", "duration_ms": 0.41
        })),
        json_line(json!({"message": "thread 'main' panicked at a line that is no JSON"})),
    ];
    LogPage {
        lines: lines
            .into_iter()
            .enumerate()
            .map(|(index, line)| FoundLine {
                position: format!("p{}", 900 - index),
                line,
            })
            .collect(),
        older: Some("p894".to_owned()),
        newest: Some("p900".to_owned()),
        histogram: Some(histogram(true)),
        ..fixtures::no_lines(query)
    }
}

/// Beyond the time budget there may be more.
pub fn stopped_early(query: LogQuery) -> LogPage {
    LogPage {
        searched_bytes: 310 << 20,
        total_bytes: 480 << 20,
        stopped_early: true,
        histogram: Some(histogram(false)),
        took_ms: 2_004.7,
        ..full(query)
    }
}

pub fn nothing_so_far(query: LogQuery) -> LogPage {
    LogPage {
        lines: Vec::new(),
        histogram: None,
        ..stopped_early(query)
    }
}

pub fn nothing_written(query: LogQuery) -> LogPage {
    LogPage {
        searched_bytes: 0,
        total_bytes: 0,
        took_ms: 0.02,
        ..fixtures::no_lines(query)
    }
}

pub fn unreadable(query: LogQuery) -> LogPage {
    LogPage {
        error: Some(Code::Unreachable),
        ..nothing_written(query)
    }
}

pub fn bad_since() -> BadQuery {
    BadQuery {
        field: "since".to_owned(),
        message: "\"soon\" is neither an age such as 15m, 1h or 7d, nor a time such as \
                  2026-11-24T03:00:00Z."
            .to_owned(),
    }
}

fn histogram(is_complete: bool) -> LogHistogram {
    let buckets = (0_u64..48)
        .map(|minute| LogBucket {
            t: format!("2026-11-24T02:{:02}:00.000Z", minute + 12),
            debug: minute * 7 % 5,
            info: if minute % 9 == 4 {
                0
            } else {
                20 + minute * 13 % 37
            },
            warning: u64::from(minute % 11 == 3) * 4,
            error: minute.saturating_sub(40),
        })
        .collect();
    LogHistogram {
        bucket_seconds: 60,
        buckets,
        is_complete,
    }
}

/// A request that waited long for its database, and failed.
pub fn story() -> RequestStory {
    let entry = |files: &[LogName], gap_ms, line| StoryLine {
        files: files.to_vec(),
        gap_ms,
        line,
    };
    RequestStory {
        id: REQUEST_ID.to_owned(),
        request_id: Some(REQUEST_ID.to_owned()),
        lines: vec![
            entry(
                &[LogName::App],
                None,
                json_line(json!({
                    "timestamp": "2026-11-24T03:22:26.112Z", "level": "INFO",
                    "logger": "server::registry", "message": "listing agent cards",
                    "request_id": REQUEST_ID, "page": 3
                })),
            ),
            entry(
                &[LogName::App, LogName::Db, LogName::Error],
                Some(5_003.0),
                json_line(json!({
                    "timestamp": "2026-11-24T03:22:31.115Z", "level": "WARNING", "logger": "db",
                    "message": "failed query agent_cards.list", "request_id": REQUEST_ID,
                    "name": "agent_cards.list", "duration_ms": 5003.21,
                    "error": ["canceling statement due to statement timeout"]
                })),
            ),
            entry(&[LogName::App, LogName::Error], Some(5.0), failed_query()),
            entry(&[LogName::App, LogName::Access], Some(1.25), access_line()),
        ],
        ..fixtures::no_story(String::new())
    }
}

/// Found by the id that a client saw, and not finished yet.
pub fn unfinished_story() -> RequestStory {
    let mut story = story();
    story.lines.pop();
    RequestStory {
        id: ERROR_ID.to_owned(),
        stopped_early: true,
        searched_bytes: 310 << 20,
        total_bytes: 480 << 20,
        ..story
    }
}

pub fn raised_level() -> LogLevelState {
    LogLevelState {
        directives: "info,server::registry=debug".to_owned(),
        configured: "info".to_owned(),
        until: Some("2026-11-24T03:37:40.000Z".to_owned()),
        changed_by: Some("ada".to_owned()),
    }
}

fn failed_query() -> LogLine {
    json_line(json!({
        "timestamp": "2026-11-24T03:22:31.120Z", "level": "ERROR", "logger": "server::error",
        "message": "the request failed", "error_id": ERROR_ID, "request_id": REQUEST_ID,
        "error": ["listing agent cards", "query \"agent_cards.list\" failed",
                  "canceling statement due to statement timeout"],
        "route": "/api/agentcards/", "user": null
    }))
}

fn access_line() -> LogLine {
    json_line(json!({
        "timestamp": "2026-11-24T03:22:31.121Z", "level": "INFO", "logger": "access",
        "message": "GET /api/agentcards/ 500", "request_id": REQUEST_ID, "user": null,
        "ip": "203.0.113.7", "method": "GET", "path": "/api/agentcards/",
        "route": "/api/agentcards/", "status": 500, "duration_ms": 5009.31, "bytes": 214,
        "user_agent": "curl/8.11"
    }))
}

fn json_line(line: Value) -> LogLine {
    match line {
        Value::Object(line) => line,
        _ => LogLine::new(),
    }
}
