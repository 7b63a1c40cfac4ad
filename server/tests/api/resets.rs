//! Clients that reset their connection in the middle of a slow query.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, Service, eventually};

const CLIENTS: usize = 8;
const ROUNDS: usize = 4;

on_both_databases![clients_that_reset_in_the_middle_of_a_slow_query_harm_nothing];

async fn clients_that_reset_in_the_middle_of_a_slow_query_harm_nothing(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let bystander = service.signed_in().await;
    // On PostgreSQL each of them holds a connection and waits in the database; SQLite's writers take
    // turns before they take one.
    let under_way = match database {
        Database::Sqlite => 1,
        Database::Postgres => CLIENTS as u64,
    };
    for _ in 0..ROUNDS {
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            clients.push(sign_in(&service).await);
        }
        let held = home.sql().lock("sessions").await;
        let mut streams = Vec::new();
        for cookie in &clients {
            streams.push(sign_out(&service.http, cookie).await);
        }
        eventually("the queries are under way", SOON, async || {
            (active(&service).await >= under_way).then_some(())
        })
        .await;
        for stream in streams {
            // Closing now sends a reset instead of a farewell.
            stream.set_zero_linger().unwrap();
            drop(stream);
        }
        // Liveness has no part in it.
        assert_eq!(service.http.get("/health/").await.status, 200);
        drop(held);
        eventually("the pool is at rest", SOON, async || {
            (active(&service).await <= 1).then_some(())
        })
        .await;
        assert_eq!(bystander.get("/api/ops/status/").await.status, 200);
    }
    service.until_ready_within(Duration::from_secs(5)).await;
    let answer = bystander.get("/admin/system-status/").await;
    assert_eq!(answer.status, 200);
    let errors = service.logs.text("error.log");
    assert!(!errors.contains("panic"), "{errors}");
    let finished = service.stop().await;
    assert_eq!(finished.code(), 0);
    let panicked = |line: &&String| line.contains("panicked");
    assert_eq!(finished.stderr.iter().find(panicked), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_hangs_up_ends_what_it_asked_for() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    service.until_ready().await;
    let cookie = sign_in(&service).await;
    let held = home.sql().lock("sessions").await;
    let stream = sign_out(&service.http, &cookie).await;
    eventually("the query is under way", SOON, async || {
        (active(&service).await >= 1).then_some(())
    })
    .await;
    // A farewell, as a browser sends when its page is left.
    drop(stream);
    let is_left = |line: &serde_json::Value| line["route"] == "/admin/logout/";
    let line = service.logs.line("access.log", is_left).await;
    assert_eq!(line["status"], 499, "{line}");
    drop(held);
}

/// A session's cookie.
async fn sign_in(service: &Service) -> String {
    let answer = service
        .http
        .sign_in(crate::support::USERNAME, crate::support::PASSWORD)
        .await;
    answer.session_cookie().unwrap()
}

/// Sends a request that writes to the database, and does not wait for the answer.
async fn sign_out(http: &Http, cookie: &str) -> TcpStream {
    let mut stream = TcpStream::connect(http.address()).await.unwrap();
    let request = format!(
        "POST /admin/logout/ HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\n\
         sec-fetch-site: same-origin\r\ncontent-length: 0\r\n\r\n",
        http.address()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// How many connections of the pool are in use.
async fn active(service: &Service) -> u64 {
    let body = service.http.get("/health/db/").await.json();
    body["database"]["pool"]["active"].as_u64().unwrap()
}
