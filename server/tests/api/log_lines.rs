//! What stands in a line.

use serde_json::Value;

use crate::log_refusals::send_raw;
use crate::support::json::{keys, milliseconds, utc};
use crate::support::wait::SOON;
use crate::support::{Database, Home, USERNAME, eventually};

#[tokio::test]
async fn an_access_line_has_all_its_fields() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let http = service
        .http
        .with("x-request-id", "anonymous")
        .with("user-agent", "tester/1.0");
    let answer = http.get("/admin/login/?next=/admin/system-status/").await;
    assert_eq!(answer.status, 200);
    let line = service.logs.access("anonymous").await;
    for key in keys(&line) {
        let known = [
            "timestamp",
            "level",
            "logger",
            "message",
            "request_id",
            "user",
            "ip",
            "method",
            "path",
            "route",
            "status",
            "duration_ms",
            "bytes",
            "user_agent",
        ];
        assert!(known.contains(&key), "{key}: {line}");
    }
    utc(&line["timestamp"]);
    // Milliseconds: `2026-01-02T03:04:05.678Z`.
    assert_eq!(line["timestamp"].as_str().unwrap().len(), 24);
    assert_eq!(line["level"], "INFO");
    assert!(line["logger"].is_string());
    assert_eq!(line["message"], "GET /admin/login/ 200");
    assert!(
        line.as_object().unwrap().contains_key("user") && line["user"].is_null(),
        "{line}"
    );
    assert_eq!(line["ip"], "127.0.0.1");
    assert_eq!(line["method"], "GET");
    assert_eq!(line["path"], "/admin/login/");
    assert_eq!(line["route"], "/admin/login/");
    assert_eq!(line["status"], 200);
    milliseconds(&line["duration_ms"]);
    assert_eq!(line["bytes"], answer.body.len());
    assert_eq!(line["user_agent"], "tester/1.0");
}

#[tokio::test]
async fn an_access_line_names_the_user() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let answer = session
        .with("x-request-id", "page")
        .get("/admin/system-status/")
        .await;
    let line = service.logs.access("page").await;
    assert_eq!(line["user"], USERNAME);
    assert_eq!(line["route"], "/admin/system-status/");
    assert_eq!(line["bytes"], answer.body.len());
    session
        .with("x-request-id", "api")
        .get("/api/ops/status/")
        .await;
    assert_eq!(service.logs.access("api").await["user"], USERNAME);
}

#[tokio::test]
async fn a_path_that_matches_nothing_is_unmatched() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    for (id, path) in [("page", "/nowhere/42"), ("api", "/api/nowhere/42")] {
        let answer = service.http.with("x-request-id", id).get(path).await;
        assert_eq!(answer.status, 404);
        let line = service.logs.access(id).await;
        assert_eq!(line["route"], "unmatched");
        assert_eq!(line["path"], path);
        assert_eq!(line["status"], 404);
        assert_eq!(line["bytes"], answer.body.len());
        assert_eq!(line["message"], format!("GET {path} 404"));
    }
}

#[tokio::test]
async fn a_hostile_user_agent_and_path_stay_within_their_line() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let agent = "x\"},{\"level\":\"ERROR\" \u{1f4a5} \\";
    let http = service
        .http
        .with("x-request-id", "hostile")
        .with("user-agent", agent);
    http.get("/%0A%22%7B%1B[31m").await;
    let line = service.logs.access("hostile").await;
    assert_eq!(line["user_agent"], agent);
    assert_eq!(line["level"], "INFO");
}

#[tokio::test]
async fn a_line_stays_short_whatever_was_asked_for() {
    const MAX_LINE: usize = 16 * 1024;
    const MAX_PATH: usize = 2 * 1024;
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    for piece in ["\"", "%01", "a", "\\"] {
        let path = piece.repeat(60_000 / piece.len());
        let head = format!("GET /{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
        send_raw(
            &service,
            format!("{head}x-request-id: long\r\n\r\n").as_bytes(),
        )
        .await;
    }
    service
        .http
        .with("x-request-id", "last")
        .get("/nowhere/")
        .await;
    service.logs.access("last").await;
    for file in ["access.log", "app.log"] {
        let text = service.logs.text(file);
        assert!(text.lines().all(|line| line.len() < MAX_LINE), "{file}");
        let lines = service.logs.lines(file);
        let long: Vec<&Value> = lines
            .iter()
            .filter(|line| line["request_id"] == "long")
            .collect();
        assert!(!long.is_empty(), "{file}");
        for line in long {
            let path = line["path"].as_str().unwrap();
            assert!(path.len() <= MAX_PATH && path.ends_with("…[truncated]"));
            let message = line["message"].as_str().unwrap();
            assert!(
                message.len() <= MAX_PATH && message.ends_with(" 404"),
                "{message}"
            );
        }
    }
}

#[tokio::test]
async fn a_trusted_proxy_is_believed_and_nobody_else() {
    let home = Home::new(Database::Sqlite).await;
    let trusting = [("TRUSTED_PROXIES", "127.0.0.0/8"), ("LOG_DIR", "trusting")];
    for (environment, expected) in [(&trusting[..], "203.0.113.7"), (&[], "127.0.0.1")] {
        let service = home.serve_with(environment).await;
        let http = service
            .http
            .with("x-forwarded-for", "198.51.100.1, 203.0.113.7");
        http.with("x-request-id", "proxied").get("/nowhere/").await;
        assert_eq!(service.logs.access("proxied").await["ip"], expected);
        service.stop().await;
    }
}

#[tokio::test]
async fn the_console_speaks_json_if_asked_to() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve_with(&[("LOG_FORMAT", "json")]).await;
    service
        .http
        .with("x-request-id", "on-the-console")
        .get("/nowhere/")
        .await;
    let line = eventually("the line on the console", SOON, async || {
        service
            .stdout()
            .into_iter()
            .find(|line| line.contains("on-the-console"))
    })
    .await;
    let value: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(value["message"], "GET /nowhere/ 404");
}

#[tokio::test]
async fn the_console_speaks_to_people_by_default() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve_with(&[]).await;
    service
        .http
        .with("x-request-id", "on-the-console")
        .get("/nowhere/")
        .await;
    let line = eventually("the line on the console", SOON, async || {
        service
            .stdout()
            .into_iter()
            .find(|line| line.contains("/nowhere/"))
    })
    .await;
    assert!(!line.starts_with('{'), "{line}");
    assert!(line.contains("GET /nowhere/ 404"), "{line}");
}
