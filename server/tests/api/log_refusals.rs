//! What clients send that is no HTTP is no error of the service: counted, told, and nothing else.

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::wait::SOON;
use crate::support::{Database, Home, Service, eventually};

/// A greeting of TLS, a PROXY line, a request without Host, a bad header, a path that is none.
pub const GARBAGE: [&[u8]; 5] = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x00\x00\x00\r\n\r\n",
    b"PROXY TCP4 198.51.100.1 198.51.100.2 35646 80\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nBad\x01Header: y\r\n\r\n",
    b"GET /<`> HTTP/9.9\r\nHost: x\r\n\r\n",
];

/// Sends it on a connection of its own; returns the status line of the answer.
pub async fn send_raw(service: &Service, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(service.address()).await.unwrap();
    // It may be answered, and closed, before all is sent.
    _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer.lines().next().unwrap_or_default().to_owned()
}

fn told(service: &Service) -> Vec<Value> {
    let lines = service.logs.lines("error.log").into_iter();
    lines
        .filter(|line| line["logger"] == "server::refusals")
        .collect()
}

#[tokio::test]
async fn bytes_that_are_no_http_are_counted_and_told_and_no_error() {
    const ROUNDS: usize = 20;
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await;
    for _ in 0..ROUNDS {
        for garbage in GARBAGE {
            let status = send_raw(&service, garbage).await;
            assert!(status.starts_with("HTTP/1.1 400"), "{status}");
        }
    }
    let endless = format!(
        "GET / HTTP/1.1\r\nHost: x\r\n{}",
        "a: b\r\n".repeat(200_000)
    );
    send_raw(&service, endless.as_bytes()).await;
    let sent = ROUNDS * GARBAGE.len() + 1;
    eventually("all are counted", SOON, async || {
        let status = staff.get("/api/ops/status/").await.json();
        (status["unparsable_requests"] == sent).then_some(())
    })
    .await;
    let first = eventually("it is told", SOON, async || told(&service).pop()).await;
    assert_eq!(first["level"], "WARNING");
    assert!(
        first["addresses"].as_str().unwrap().contains("127.0.0.1 ("),
        "{first}"
    );
    assert!(
        !first["addresses"].as_str().unwrap().contains("unknown"),
        "{first}"
    );
    assert!(!first["reasons"].as_str().unwrap().is_empty(), "{first}");
    let errors = staff.get("/api/ops/errors/?period=1h").await.json();
    assert_eq!(errors["errors"], 0, "{errors}");

    let text = home.path("logs/error.log");
    assert_eq!(service.stop().await.code(), 0);
    // What was not told within the minute is told at the end.
    let text = std::fs::read_to_string(text).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines.iter().all(|line| line["level"] != "ERROR"), "{text}");
    let told: Vec<u64> = lines
        .iter()
        .filter(|line| line["logger"] == "server::refusals")
        .map(|line| line["count"].as_u64().unwrap())
        .collect();
    assert!(told.len() <= 3, "{told:?}");
    assert_eq!(told.iter().sum::<u64>(), sent as u64);
}

#[tokio::test]
async fn garbage_washes_no_line_out_of_the_logs() {
    let home = Home::new(Database::Sqlite).await;
    let small = [("LOG_MAX_BYTES", "16384"), ("LOG_MAX_FILES", "1")];
    let service = home.serve_with(&small).await;
    service.until_ready().await;
    let kept = |line: &Value| line["message"].as_str().unwrap().starts_with("listening");
    service.logs.line("app.log", kept).await;
    // As ERROR lines of 200 bytes they would fill both generations twice over.
    for _ in 0..400 {
        send_raw(&service, GARBAGE[0]).await;
    }
    eventually("it is told", SOON, async || told(&service).pop()).await;
    service.logs.line("app.log", kept).await;
}

#[tokio::test]
async fn the_parser_is_heard_by_who_asks_for_its_debug_lines() {
    let home = Home::new(Database::Sqlite).await;
    let service = home
        .serve_with(&[("LOG_LEVEL", "info,actix_http=debug")])
        .await;
    send_raw(&service, GARBAGE[2]).await;
    let line = service
        .logs
        .line("app.log", |line| {
            let logger = line["logger"].as_str().unwrap();
            logger.starts_with("actix_http")
        })
        .await;
    assert_eq!(line["level"], "DEBUG");
}
