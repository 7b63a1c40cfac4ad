//! From SIGTERM to the end: readiness first, then the listener, then what is still running.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::http::form;
use crate::support::wait::SOON;
use crate::support::{Database, Home, PASSWORD, Service, USERNAME, eventually};

on_both_databases![draining_says_so_and_lets_a_running_request_finish];

/// A sign-in of which the service has seen the head and waits for the body.
struct HalfSent {
    stream: TcpStream,
    body: String,
}

impl HalfSent {
    async fn to(service: &Service) -> Self {
        let body = form(&[("username", USERNAME), ("password", PASSWORD)]);
        let mut stream = TcpStream::connect(service.http.address()).await.unwrap();
        let head = format!(
            "POST /admin/login/ HTTP/1.1\r\nhost: {}\r\nexpect: 100-continue\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
            service.http.address(),
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 25];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
        Self { stream, body }
    }

    async fn finish(mut self) -> String {
        self.stream.write_all(self.body.as_bytes()).await.unwrap();
        let mut answer = vec![0; 4096];
        let length = self.stream.read(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer[..length]).into_owned()
    }
}

async fn draining_says_so_and_lets_a_running_request_finish(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve_with(&[("SHUTDOWN_DELAY_SECONDS", "2")]).await;
    service.until_ready().await;
    let running = HalfSent::to(&service).await;
    let before = service.http.get("/admin/login/").await;
    assert_eq!(before.header("connection"), "");

    service.signal(Signal::TERM);
    let told = Instant::now();
    let body = eventually("readiness says no", Duration::from_secs(1), async || {
        let answer = service.http.get("/health/ready/").await;
        (answer.status == 503).then(|| answer.json())
    })
    .await;
    assert_eq!(body["status"], "not_ready");
    assert_eq!(
        body["checks"]["startup"],
        json!({"status": "error", "error": "draining"})
    );
    assert_eq!(body["checks"]["database"]["status"], "ok");
    assert_eq!(service.http.get("/health/").await.status, 200);
    let page = service.http.get("/admin/login/").await;
    assert_eq!(page.status, 200);
    // So that no proxy keeps a connection that is about to end.
    assert_eq!(page.header("connection"), "close");

    eventually("the listener closes", SOON, async || {
        TcpStream::connect(service.http.address()).await.err()
    })
    .await;
    assert!(
        told.elapsed() >= Duration::from_secs(2),
        "only {:?}",
        told.elapsed()
    );
    let answer = running.finish().await;
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let finished = service.finish().await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
}

#[tokio::test]
async fn a_request_that_never_ends_is_cut_off_after_the_grace() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve_with(&[("SHUTDOWN_GRACE_SECONDS", "1")]).await;
    service.until_ready().await;
    let _running = HalfSent::to(&service).await;
    let told = Instant::now();
    let finished = service.stop().await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    assert!(
        told.elapsed() < Duration::from_secs(5),
        "{:?}",
        told.elapsed()
    );
}

#[tokio::test]
async fn a_second_signal_ends_the_grace() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let _running = HalfSent::to(&service).await;
    let told = Instant::now();
    service.signal(Signal::TERM);
    eventually("the listener closes", SOON, async || {
        TcpStream::connect(service.http.address()).await.err()
    })
    .await;
    let finished = service.stop().await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    assert!(
        told.elapsed() < Duration::from_secs(10),
        "{:?}",
        told.elapsed()
    );
}

#[tokio::test]
async fn ctrl_c_ends_it_as_well_and_an_idle_service_goes_at_once() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    service.signal(Signal::INT);
    let told = Instant::now();
    let finished = service.finish().await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    assert!(
        told.elapsed() < Duration::from_secs(5),
        "{:?}",
        told.elapsed()
    );
    // The last thing that was logged is on disk.
    let log = std::fs::read_to_string(home.path("logs/app.log")).unwrap();
    assert!(log.contains("stopped"), "{log}");
}

#[tokio::test]
async fn it_ends_while_its_database_is_down() {
    let home = Home::on(Some(crate::support::postgres::Postgres::down()));
    let service = home.serve_with(&[]).await;
    let told = Instant::now();
    let finished = service.stop().await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    assert!(
        told.elapsed() < Duration::from_secs(10),
        "{:?}",
        told.elapsed()
    );
}

#[tokio::test]
async fn connections_that_are_kept_for_later_hold_up_no_end() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let mut idle = TcpStream::connect(service.http.address()).await.unwrap();
    idle.write_all(b"GET /health/ HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0; 1024];
    assert!(idle.read(&mut answer).await.unwrap() > 0);
    let told = Instant::now();
    let finished = service.stop().await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    assert!(
        told.elapsed() < Duration::from_secs(5),
        "{:?}",
        told.elapsed()
    );
    assert_eq!(idle.read(&mut answer).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn a_connection_is_kept_as_long_as_the_configuration_says() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve_with(&[("KEEP_ALIVE_SECONDS", "1")]).await;
    service.until_ready().await;
    let mut idle = TcpStream::connect(service.http.address()).await.unwrap();
    idle.write_all(b"GET /health/ HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = vec![0; 1024];
    assert!(idle.read(&mut answer).await.unwrap() > 0);
    let answered = Instant::now();
    assert_eq!(idle.read(&mut answer).await.unwrap_or(0), 0);
    let kept = answered.elapsed();
    assert!(
        kept > Duration::from_millis(500) && kept < Duration::from_secs(4),
        "{kept:?}"
    );
}
