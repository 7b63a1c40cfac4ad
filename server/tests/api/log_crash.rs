//! kill -9 in the middle of writing.

use std::fs;

use reqwest::Method;
use serde_json::Value;

use crate::support::logs::FILES;
use crate::support::{Database, Home, Http};

/// Asks without a pause until the service is gone; the ids of the answers that came.
async fn ask_until_it_is_gone(http: Http, client: String) -> Vec<String> {
    let mut answered = Vec::new();
    for number in 0.. {
        let id = format!("{client}-{number}");
        let asked = http
            .with("x-request-id", &id)
            .try_send(Method::GET, "/nowhere/", "")
            .await;
        if asked.is_err() {
            break;
        }
        answered.push(id);
    }
    answered
}

fn is_late(line: &Value, round: usize) -> bool {
    let id = line["request_id"].as_str().unwrap_or_default();
    let number = id.strip_prefix(&format!("{round}-"));
    let number = number.and_then(|it| it.split_once('-')?.1.parse::<usize>().ok());
    number.is_some_and(|number| number >= 60)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kill_under_load_and_a_restart_every_line_of_every_file_parses() {
    let home = Home::new(Database::Sqlite).await;
    let environment = [
        ("SLOW_QUERY_MS", "0"),
        ("LOG_LEVEL", "debug"),
        ("LOG_MAX_BYTES", "100000"),
    ];
    for round in 0..3 {
        let service = home.serve_with(&environment).await;
        service.until_ready().await;
        let clients: Vec<_> = (0..4)
            .map(|client| format!("{round}-{client}"))
            .map(|client| tokio::spawn(ask_until_it_is_gone(service.http.clone(), client)))
            .collect();
        // Any of the later ones: what is written under such load is rotated away at once.
        service
            .logs
            .line("access.log", |line| is_late(line, round))
            .await;
        service.kill().await;
        let mut answered = 0;
        for client in clients {
            answered += client.await.unwrap().len();
        }
        assert!(answered > 50, "{answered} in round {round}");
    }
    // Half a line that the kill left is cut off by now.
    let service = home.serve_with(&environment).await;
    service
        .http
        .with("x-request-id", "after")
        .get("/nowhere/")
        .await;
    service.logs.access("after").await;
    service.stop().await;
    let mut lines = 0;
    for entry in fs::read_dir(home.path("logs")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !FILES.iter().any(|file| name.starts_with(file)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.len() <= 100_000, "{name}");
        assert!(text.is_empty() || text.ends_with('\n'), "{name}");
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            assert!(value["timestamp"].is_string(), "{name}: {line}");
            lines += 1;
        }
    }
    assert!(lines > 100, "{lines}");
}
