//! Every location of nginx.conf, as the file has them, with nobody behind it; and nginx's own answers.

use std::fs;

use reqwest::Method;

use crate::support::nginx::Nginx;
use crate::support::port::Port;
use crate::support::upstream::Upstream;
use crate::support::{Answer, Http, checkout, raw};

const HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=()",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cache-control", "no-store"),
];

struct Location {
    words: String,
    lines: Vec<String>,
}

fn locations() -> Vec<Location> {
    let text = fs::read_to_string(checkout().join("nginx.conf")).unwrap();
    let mut lines = text.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let begin = line.trim().strip_prefix("location ");
        let Some(words) = begin.and_then(|rest| rest.strip_suffix(" {")) else {
            continue;
        };
        let indent = line.len() - line.trim_start().len();
        let end = format!("{}}}", " ".repeat(indent));
        let inside = lines.by_ref().take_while(|line| *line != end);
        found.push(Location {
            words: words.to_owned(),
            lines: inside.map(|line| line.trim().to_owned()).collect(),
        });
    }
    found
}

impl Location {
    /// An address that it is for; none for those that only other locations lead to.
    fn address(&self) -> Option<String> {
        let is_internal = self.lines.iter().any(|line| line == "internal;");
        if is_internal || self.words.starts_with('@') {
            return None;
        }
        Some(match self.words.split_once(' ') {
            None => format!("{}walked", self.words),
            Some(("=", path)) => path.to_owned(),
            Some(_) => match self.words.as_str() {
                "~ ^/health/db/?$" => "/health/db/".to_owned(),
                r#"~ "^/static/[A-Za-z0-9._-]+$""# => "/static/app.12345678.js".to_owned(),
                other => panic!("which address is location {other} for?"),
            },
        })
    }
}

fn assert_headers(answer: &Answer, what: &str) {
    let all = |name: &str| -> Vec<String> {
        let values = answer.headers.get_all(name).iter();
        values.map(|it| it.to_str().unwrap().to_owned()).collect()
    };
    for (name, value) in HEADERS {
        assert_eq!(all(name), [value], "{what}: {name}");
    }
    assert_eq!(all("x-request-id").len(), 1, "{what}");
    let policy = all("content-security-policy");
    assert!(
        policy.len() == 1 && policy[0].starts_with("default-src 'none'"),
        "{what}: {policy:?}"
    );
}

async fn walk(http: &Http) {
    let addresses: Vec<_> = locations().iter().filter_map(Location::address).collect();
    assert!(addresses.len() >= 8, "{addresses:?}");
    for path in &addresses {
        for method in [Method::GET, Method::POST, Method::HEAD] {
            let answer = http.send(method.clone(), path).await;
            let what = format!("{method} {path}");
            assert_eq!(answer.status, 503, "{what}: {}", answer.body);
            assert_eq!(answer.header("retry-after"), "15", "{what}");
            assert_headers(&answer, &what);
            let is_for_programs = path.starts_with("/api/") || path.starts_with("/health");
            let (kind, words) = if is_for_programs {
                ("application/problem+json", "\"status\":503")
            } else {
                ("text/html; charset=utf-8", "Back in a moment")
            };
            assert_eq!(answer.header("content-type"), kind, "{what}");
            assert!(
                method == Method::HEAD || answer.body.contains(words),
                "{what}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_location_says_so_when_nobody_is_behind_it() {
    let nobody = Port::reserve();
    let nobody = ([127, 0, 0, 1], nobody.number).into();
    let nginx = Nginx::before(&[nobody]).await;
    walk(&nginx.http).await;

    let nginx = Nginx::switched(&[nobody], &["tls"]).await;
    let https = nginx.https();
    walk(&https).await;
    let answer = https.get("/admin/login/").await;
    assert_eq!(
        answer.header("strict-transport-security"),
        "max-age=31536000"
    );
}

/// It would inherit none of the server's.
#[test]
fn no_location_has_headers_or_error_pages_of_its_own() {
    for location in locations() {
        for line in &location.lines {
            let word = line.split(' ').next().unwrap_or_default();
            assert!(
                !["add_header", "error_page"].contains(&word),
                "location {}: {line}",
                location.words
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nginx_answers_itself_carries_the_security_headers() {
    let upstream = Upstream::answering(200).await;
    let nginx = Nginx::switched(&[upstream.address], &["tls", "balancer"]).await;
    let https = nginx.https();
    let large = "x".repeat(3 * 1024 * 1024);
    for (path, words) in [
        ("/api/agentcards/", "\"status\":413"),
        ("/admin/preferences/", "1 MiB"),
    ] {
        let answer = https.send_body(Method::POST, path, large.clone()).await;
        assert_eq!(answer.status, 413, "{path}");
        assert!(answer.body.contains(words), "{path}: {}", answer.body);
        assert_own(&answer, path);
    }
    let mut flood = Vec::new();
    for _ in 0..16 {
        flood.push(https.send(Method::POST, "/admin/login/").await);
    }
    let refused = flood.iter().find(|answer| answer.status == 429);
    let refused = refused.expect("a flood is refused");
    assert_eq!(refused.header("retry-after"), "60");
    assert_own(refused, "429");

    let outside = https.with("x-forwarded-for", "203.0.113.5");
    for path in ["/health/db/", "/health/db", "/health//db/", "/health/d%62/"] {
        let answer = outside.get(path).await;
        assert_eq!(answer.status, 403, "{path}");
        assert_own(&answer, path);
        assert_eq!(https.get(path).await.status, 200, "{path}");
    }
    assert_eq!(outside.get("/health/ready/").await.status, 200);

    // Led to https at this machine or the configured name, whatever the client says.
    for (host, target) in [
        ("127.0.0.1", "https://127.0.0.1/admin/?a=b"),
        ("evil.example", "https://agents.example.com/admin/?a=b"),
        (
            "127.0.0.1.evil.example",
            "https://agents.example.com/admin/?a=b",
        ),
    ] {
        let answer = nginx.http.with("host", host).get("/admin/?a=b").await;
        assert_eq!(answer.status, 308, "{host}");
        assert_eq!(answer.location(), target, "{host}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    // A head that is none, and one that is too large.
    let broken = raw::exchange(nginx.http.address(), "GET / HTTP/9\r\n\r\n").await;
    let many = format!(
        "GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n",
        "y".repeat(40_000)
    );
    let large = raw::exchange(nginx.http.address(), &many).await;
    for answer in [broken, large] {
        assert!((400..506).contains(&raw::status(&answer)), "{answer}");
        assert!(
            answer.contains("X-Content-Type-Options: nosniff"),
            "{answer}"
        );
    }
}

fn assert_own(answer: &Answer, what: &str) {
    assert_headers(answer, what);
    let lasting = answer.header("strict-transport-security");
    assert_eq!(lasting, "max-age=31536000", "{what}");
}
