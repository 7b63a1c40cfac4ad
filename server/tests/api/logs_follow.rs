//! `GET /api/ops/logs/follow/`: what comes, in which order, and how it ends.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, PASSWORD, Service, eventually};

/// A stream of events, as a browser keeps one open.
struct Stream {
    lines: BufReader<TcpStream>,
}

struct Event {
    id: String,
    line: Value,
}

impl Stream {
    async fn open(staff: &Http, query: &str, last_event_id: &str) -> Self {
        let credential = format!("cookie: {}", staff.cookie());
        Self::open_by(&credential, staff, query, last_event_id).await
    }

    /// `credential` is a header's line.
    async fn open_by(credential: &str, http: &Http, query: &str, last_event_id: &str) -> Self {
        let mut stream = TcpStream::connect(http.address()).await.unwrap();
        let head = format!(
            "GET /api/ops/logs/follow/{query} HTTP/1.1\r\nhost: x\r\n{credential}\r\n\
             last-event-id: {last_event_id}\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut stream = Self {
            lines: BufReader::new(stream),
        };
        let status = stream.next_line().await.unwrap();
        assert!(status.starts_with("HTTP/1.1 200"), "{status}");
        while stream.next_line().await.unwrap() != ": following" {}
        stream
    }

    /// None at the end.
    async fn next_line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = timeout(SOON, self.lines.read_line(&mut line));
        let read = read.await.expect("something comes in time").unwrap();
        (read > 0).then(|| line.trim_end().to_owned())
    }

    async fn next(&mut self) -> Event {
        let mut id = String::new();
        loop {
            let line = self.next_line().await.expect("the stream goes on");
            if let Some(value) = line.strip_prefix("id: ") {
                id = value.to_owned();
            }
            if let Some(data) = line.strip_prefix("data: ") {
                let found: Value = serde_json::from_str(data).unwrap();
                return Event {
                    id,
                    line: found["line"].clone(),
                };
            }
        }
    }
}

async fn request(service: &Service, id: &str) {
    service.http.with("x-request-id", id).get("/nowhere/").await;
}

#[tokio::test]
async fn new_lines_that_match_come_once_and_a_client_that_comes_back_misses_none() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await;
    request(&service, "before").await;
    service.logs.access("before").await;

    let query = "?file=access&text=nowhere";
    let mut stream = Stream::open(&staff, query, "").await;
    request(&service, "one").await;
    let first = stream.next().await;
    assert_eq!(first.line["request_id"], "one");
    drop(stream);
    request(&service, "two").await;
    request(&service, "three").await;
    service.logs.access("three").await;

    let mut stream = Stream::open(&staff, query, &first.id).await;
    for id in ["two", "three"] {
        assert_eq!(stream.next().await.line["request_id"], id);
    }
    // As a page does that has shown what there is.
    let page = staff.get("/api/ops/logs/?file=access&limit=1").await.json();
    let after = page["newest"].as_str().unwrap();
    request(&service, "four").await;
    let mut stream = Stream::open(&staff, &format!("{query}&after={after}"), "").await;
    assert_eq!(stream.next().await.line["request_id"], "four");
}

#[tokio::test]
async fn rotation_breaks_no_stream() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve_with(&[("LOG_MAX_BYTES", "4096")]).await;
    service.until_ready().await;
    let staff = service.signed_in().await;
    let mut stream = Stream::open(&staff, "?file=access&text=nowhere", "").await;
    for n in 0..60 {
        request(&service, &format!("r-{n}")).await;
    }
    for n in 0..60 {
        assert_eq!(stream.next().await.line["request_id"], format!("r-{n}"));
    }
    assert!(home.path("logs/access.log.2").exists());
}

#[tokio::test]
async fn a_service_that_stops_ends_its_streams_at_once() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        streams.push(Stream::open(&staff, "?file=db", "").await);
    }
    let told = std::time::Instant::now();
    service.signal(Signal::TERM);
    for stream in &mut streams {
        while stream.next_line().await.is_some() {}
    }
    assert_eq!(service.finish().await.code(), 0);
    // The grace for running requests is 30 s: none was used up.
    assert!(
        told.elapsed() < Duration::from_secs(10),
        "{:?}",
        told.elapsed()
    );
}

#[tokio::test]
async fn there_is_a_limit_to_how_many_follow_and_who_leaves_makes_room() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await;
    let mut streams = Vec::new();
    // Nobody takes more than four of the 32.
    for number in 0..8 {
        let token = token(&home, &format!("t{number}")).await;
        let credential = format!("authorization: {token}");
        for _ in 0..4 {
            let http = &service.http;
            streams.push(Stream::open_by(&credential, http, "?file=access", "").await);
        }
        let own = service.http.with("authorization", &token);
        let refused = own.get("/api/ops/logs/follow/").await;
        assert_eq!(refused.status, 429, "{}", refused.body);
        assert_eq!(refused.header("retry-after"), "5");
        assert_eq!(own.get("/api/ops/logs/").await.status, 200);
    }
    let refused = staff.get("/api/ops/logs/follow/").await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("retry-after"), "5");
    assert_eq!(staff.get("/api/ops/logs/").await.status, 200);

    drop(streams);
    // Lines come in, and nobody takes them.
    eventually("there is room again", SOON, async || {
        request(&service, "on").await;
        let mut stream = TcpStream::connect(staff.address()).await.unwrap();
        let head = format!(
            "GET /api/ops/logs/follow/ HTTP/1.1\r\nhost: x\r\ncookie: {}\r\n\r\n",
            staff.cookie()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut status = String::new();
        BufReader::new(stream).read_line(&mut status).await.unwrap();
        status.starts_with("HTTP/1.1 200").then_some(())
    })
    .await;
}

/// As it stands in `Authorization`.
async fn token(home: &Home, name: &str) -> String {
    format!("Bearer {}", home.token(name, "ops").await)
}

#[tokio::test]
async fn a_stream_ends_with_the_right_to_it() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await;
    let leaving = service.signed_in().await;
    let created = ["createsuperuser", "--username", "gone"];
    assert_eq!(home.run(&created, &[]).await.code(), 0);
    let answer = service.http.sign_in("gone", PASSWORD).await;
    let gone = answer.session_cookie().unwrap();
    let gone = service.http.with("cookie", &gone);
    let token = format!("authorization: {}", token(&home, "t").await);

    let query = "?file=access&text=nowhere";
    let mut stays = Stream::open(&staff, query, "").await;
    let mut of_leaving = Stream::open(&leaving, query, "").await;
    let mut of_gone = Stream::open(&gone, query, "").await;
    let mut of_token = Stream::open_by(&token, &staff, query, "").await;
    let told = std::time::Instant::now();
    let out = leaving.same_origin().post("/admin/logout/", &[]).await;
    assert_eq!(out.status, 303);
    home.sql()
        .execute("UPDATE users SET is_staff = false WHERE username = 'gone'")
        .await;
    let revoked = staff.same_origin();
    let revoked = revoked.post("/admin/tokens/revoke/", &[("name", "t")]);
    assert_eq!(revoked.await.status, 303);
    for stream in [&mut of_leaving, &mut of_gone, &mut of_token] {
        while stream.next_line().await.is_some() {}
    }
    let elapsed = told.elapsed();
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
    request(&service, "still").await;
    assert_eq!(stays.next().await.line["request_id"], "still");
}

#[tokio::test]
async fn a_client_that_comes_back_after_its_place_was_rotated_away_learns_how_much_it_missed() {
    let home = Home::new(Database::Sqlite).await;
    let environment = [("LOG_MAX_BYTES", "8192"), ("LOG_MAX_FILES", "1")];
    let service = home.serve_with(&environment).await;
    service.until_ready().await;
    let staff = service.signed_in().await;
    let number = |event: &Event| -> u64 {
        let path = event.line["path"].as_str().unwrap();
        path.trim_matches(|c: char| !c.is_ascii_digit())
            .parse()
            .unwrap()
    };
    let ask = async |numbers: std::ops::Range<u64>| {
        for number in numbers {
            service.http.get(&format!("/nowhere/{number}/")).await;
        }
    };

    let query = "?file=access&text=/nowhere/";
    let mut stream = Stream::open(&staff, query, "").await;
    ask(0..3).await;
    let mut last = stream.next().await;
    while number(&last) < 2 {
        last = stream.next().await;
    }
    drop(stream);
    ask(3..200).await;

    let mut stream = Stream::open(&staff, query, &last.id).await;
    let mut skipped = None;
    while skipped.is_none() {
        let line = stream.next_line().await.unwrap();
        let data = line.strip_prefix("data: ");
        assert!(data.is_none() || line.contains("lines"), "{line}");
        skipped = data.map(|data| serde_json::from_str::<Value>(data).unwrap()["lines"].clone());
    }
    let next = number(&stream.next().await);
    assert!(next > 3);
    // The line of the stream that has ended is one of them.
    let missed = next - number(&last) - 1;
    let told = skipped.unwrap().as_u64().unwrap();
    assert!(
        told == missed || told == missed + 1,
        "{told} instead of {missed}"
    );
}
