//! `GET /api/ops/logs/`, the story of a request, and the download.

use std::fs;
use std::io::Write as _;

use serde_json::{Value, json};

use crate::support::json::keys;
use crate::support::{Database, Home, Http, PASSWORD, Service, USERNAME, eventually};

/// Whoever reads may read another request's lines before the writer wrote them.
async fn written(service: &Service, request_id: &str) {
    service.logs.access(request_id).await;
    service
        .logs
        .line("app.log", |line| {
            line["request_id"] == request_id && line["logger"] == "access"
        })
        .await;
}

async fn messages(staff: &Http, query: &str) -> Vec<String> {
    let answer = staff.get(&format!("/api/ops/logs/{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    let page = answer.json();
    let lines = page["lines"].as_array().unwrap();
    let message = |found: &Value| found["line"]["message"].as_str().unwrap().to_owned();
    lines.iter().map(message).collect()
}

#[tokio::test]
async fn lines_are_found_by_everything_that_they_have() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await;
    for (id, path) in [("one", "/nowhere/one/"), ("two", "/api/nowhere/Two/")] {
        let client = service.http.with("x-request-id", id);
        client.with("user-agent", "tester \"x\"").get(path).await;
        written(&service, id).await;
    }
    for (query, expected) in [
        (
            "?file=access&text=NOWHERE/t",
            vec!["GET /api/nowhere/Two/ 404"],
        ),
        ("?file=access&request_id=one", vec!["GET /nowhere/one/ 404"]),
        (
            "?file=access&status=404&route=unmatched&since=1h",
            vec!["GET /api/nowhere/Two/ 404", "GET /nowhere/one/ 404"],
        ),
        ("?file=access&status=5xx", vec![]),
        (
            "?file=access&field=path:/nowhere/one/&level=info",
            vec!["GET /nowhere/one/ 404"],
        ),
        (
            "?file=access&text=tester+%22x%22&limit=1",
            vec!["GET /api/nowhere/Two/ 404"],
        ),
        ("?file=access&status=404&level=warning", vec![]),
        ("?file=access&status=404&until=1h", vec![]),
        (
            "?file=app&request_id=two",
            vec!["GET /api/nowhere/Two/ 404"],
        ),
    ] {
        assert_eq!(messages(&staff, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn pages_are_whole_and_in_order_across_generations() {
    let home = Home::new(Database::Sqlite).await;
    // Left by an earlier run, in three files.
    fs::create_dir_all(home.path("logs")).unwrap();
    let line = |n: usize| {
        json!({"timestamp": format!("2026-01-02T03:04:{n:02}.000Z"), "level": "ERROR",
               "logger": "test", "message": format!("line {n}")})
        .to_string()
    };
    for (name, lines) in [
        ("error.log.2", 0..20),
        ("error.log.1", 20..21),
        ("error.log", 21..50),
    ] {
        let text: String = lines.map(|n| line(n) + "\n").collect();
        fs::write(home.path("logs").join(name), text).unwrap();
    }
    let service = home.serve().await;
    let staff = service.signed_in().await;
    let mut found = Vec::new();
    let mut query = "?file=error&until=2026-02-01&limit=7".to_owned();
    loop {
        let page = staff.get(&format!("/api/ops/logs/{query}")).await.json();
        assert_eq!(page["stopped_early"], false);
        let lines = page["lines"].as_array().unwrap();
        assert!(lines.len() <= 7);
        found.extend(
            lines
                .iter()
                .map(|l| l["line"]["message"].as_str().unwrap().to_owned()),
        );
        if found.len() == 7 {
            let histogram = &page["histogram"];
            assert_eq!(histogram["is_complete"], true);
            let errors = histogram["buckets"].as_array().unwrap().iter();
            assert_eq!(
                errors.map(|b| b["error"].as_u64().unwrap()).sum::<u64>(),
                50
            );
        } else {
            assert!(page["histogram"].is_null());
        }
        let Some(older) = page["older"].as_str() else {
            assert_eq!(page["searched_bytes"], page["total_bytes"]);
            break;
        };
        query = format!("?file=error&until=2026-02-01&limit=7&before={older}");
    }
    let expected: Vec<String> = (0..50).rev().map(|n| format!("line {n}")).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_query_that_can_not_be_understood_names_its_field() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await;
    for (query, field) in [
        ("file=nginx", "file"),
        ("level=loud", "level"),
        ("since=soon", "since"),
        ("since=1h&until=2h", "until"),
        ("status=teapot", "status"),
        ("field=x", "field"),
        ("before=x", "before"),
        ("limit=0", "limit"),
        ("levle=error", "levle"),
    ] {
        for path in [
            "/api/ops/logs/",
            "/api/ops/logs/download/",
            "/api/ops/logs/follow/",
        ] {
            let answer = staff.get(&format!("{path}?{query}")).await;
            assert_eq!(answer.status, 400, "{path} {query}: {}", answer.body);
            assert_eq!(answer.header("content-type"), "application/problem+json");
            let errors = &answer.json()["errors"];
            assert_eq!(errors[0]["field"], field, "{query}");
            assert!(!errors[0]["message"].as_str().unwrap().is_empty());
            assert_eq!(errors.as_array().unwrap().len(), 1);
        }
    }
}

#[tokio::test]
async fn strangers_see_no_line() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    for path in [
        "/api/ops/logs/",
        "/api/ops/logs/download/",
        "/api/ops/logs/follow/",
        "/api/ops/requests/x/",
        "/api/ops/log-level/",
    ] {
        assert_eq!(service.http.get(path).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn a_requests_story_is_told_from_all_files() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve_with(&[("SLOW_QUERY_MS", "0")]).await;
    service.until_ready().await;
    let staff = service.signed_in().await;
    let client = service.http.with("x-request-id", "the-sign-in");
    assert_eq!(client.sign_in(USERNAME, PASSWORD).await.status, 303);
    written(&service, "the-sign-in").await;

    let answer = staff.get("/api/ops/requests/the-sign-in/").await;
    assert_eq!(answer.status, 200);
    let story = answer.json();
    assert_eq!(story["request_id"], "the-sign-in");
    let lines = story["lines"].as_array().unwrap();
    let files = |line: &Value| line["files"].as_array().unwrap().clone();
    let query = lines
        .iter()
        .find(|line| line["line"]["name"] == "users.find")
        .unwrap();
    assert_eq!(files(query), ["app", "error", "db"]);
    let last = lines.last().unwrap();
    assert_eq!(files(last), ["app", "access"]);
    assert_eq!(last["line"]["status"], 303);
    assert!(lines[0]["gap_ms"].is_null());
    let times = lines
        .iter()
        .map(|line| line["line"]["timestamp"].as_str().unwrap());
    assert!(times.clone().is_sorted());
    for line in &lines[1..] {
        assert!(line["gap_ms"].as_f64().unwrap() >= 0.0);
    }

    let nobody = staff.get("/api/ops/requests/nobody/").await.json();
    assert!(nobody["request_id"].is_null());
    assert_eq!(nobody["lines"], json!([]));
}

#[tokio::test]
async fn an_errors_id_leads_to_the_story_of_its_request() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await;
    home.sql().execute("DROP TABLE users").await;
    let failed = service.http.sign_in("somebody", PASSWORD).await;
    assert_eq!(failed.status, 500);
    let error_id = failed.header("x-error-id").to_owned();
    let request_id = failed.header("x-request-id").to_owned();
    written(&service, &request_id).await;
    let story = eventually(
        "the error's story",
        crate::support::wait::SOON,
        async || {
            let path = format!("/api/ops/requests/{}/", error_id.to_lowercase());
            let story = staff.get(&path).await.json();
            (story["request_id"] == request_id.as_str()).then_some(story)
        },
    )
    .await;
    let lines = story["lines"].as_array().unwrap();
    assert!(
        lines
            .iter()
            .any(|line| line["line"]["error_id"] == error_id.as_str())
    );
    assert!(lines.iter().any(|line| line["line"]["status"] == 500));
}

#[tokio::test]
async fn a_download_is_the_lines_themselves() {
    let home = Home::new(Database::Sqlite).await;
    fs::create_dir_all(home.path("logs")).unwrap();
    let mut file = fs::File::create(home.path("logs/db.log")).unwrap();
    let mut expected = Vec::new();
    // More than are read at once.
    for n in 0..2500 {
        let line = format!(
            "{{\"timestamp\":\"2026-01-02T03:04:05.000Z\",\"level\":\"WARNING\",\"n\":{n}}}"
        );
        writeln!(file, "{line}").unwrap();
        expected.insert(0, line);
    }
    let service = home.serve().await;
    let staff = service.signed_in().await;
    let answer = staff
        .get("/api/ops/logs/download/?file=db&text=%22n%22&limit=5")
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let disposition = answer.header("content-disposition");
    assert!(
        disposition.starts_with("attachment; filename=\"db-2")
            && disposition.ends_with("Z.ndjson\""),
        "{disposition}"
    );
    assert_eq!(answer.body.lines().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn looking_at_logs_is_no_traffic() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await;
    let requests = async || {
        let status = staff.get("/api/ops/status/").await.json();
        status["traffic_24h"]["requests"].as_u64().unwrap()
    };
    let before = requests().await;
    staff.get("/api/ops/logs/").await;
    staff.get("/api/ops/requests/x/").await;
    staff.get("/api/ops/log-level/").await;
    assert_eq!(requests().await, before);
}

#[tokio::test]
async fn a_page_has_what_the_desk_reads() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await;
    let page = staff.get("/api/ops/logs/?limit=1").await.json();
    assert_eq!(
        keys(&page),
        [
            "generated_at",
            "histogram",
            "lines",
            "newest",
            "older",
            "query",
            "searched_bytes",
            "stopped_early",
            "took_ms",
            "total_bytes",
        ]
    );
    assert_eq!(page["query"], json!({"file": "app", "limit": 1}));
    let position = page["lines"][0]["position"].as_str().unwrap();
    assert!(position.len() < 80, "{position}");
}
