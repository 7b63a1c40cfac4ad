//! Addresses that are none of ours, or do not mean what they say.

use crate::support::raw::{self, status};
use crate::support::{Database, Home};

#[tokio::test]
async fn an_address_that_a_proxy_could_read_otherwise_is_404() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let cookie = format!("cookie: {}\r\n", session.cookie());
    for path in [
        "/admin/routes/GET/..%2f..%2f..%2fstatic/loot.deadbeef.js",
        "/admin/routes/GET/..%5c..%5c..%5cstatic/loot.deadbeef.js",
        "/admin/routes/GET/%2e%2e/%2E%2E/static/loot.deadbeef.js",
        "/admin/routes/GET/../../../static/loot.deadbeef.js",
        "/admin/requests/a%2fb/",
        "/admin/./system-status/",
        "/admin/%2e/system-status/",
        "/static/..%2fadmin/system-status/",
    ] {
        for headers in ["", cookie.as_str()] {
            let answer = raw::get(service.http.address(), path, headers).await;
            assert_eq!(status(&answer), 404, "{path}: {answer}");
            assert!(answer.contains("cache-control: no-store"), "{answer}");
        }
    }
}

#[tokio::test]
async fn a_name_in_an_address_may_have_separators() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let writer = service
        .writer()
        .await
        .with("content-type", "application/json");
    let namespace = r#"{"id":"travel","name":"Travel"}"#;
    let created = writer
        .send_body(reqwest::Method::POST, "/api/namespaces/", namespace)
        .await;
    assert_eq!(created.status, 201, "{}", created.body);
    let card = r#"{"namespace":"travel","is_default_version":true,
        "card":{"name":"Plan/B","version":"1"}}"#;
    let created = writer
        .send_body(reqwest::Method::POST, "/api/agentcards/", card)
        .await;
    assert_eq!(created.status, 201, "{}", created.body);
    let path = "/travel/Plan%2FB/.well-known/agent-card.json";
    let answer = raw::get(service.http.address(), path, "").await;
    assert_eq!(status(&answer), 200, "{answer}");
}

#[tokio::test]
async fn a_route_that_there_never_was_has_no_page() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    for path in [
        "/admin/routes/GET/never/called/",
        "/admin/routes/GET/static/loot.deadbeef.js",
        "/admin/routes/DELETE/health/",
        "/admin/routes/GET/-nothing",
    ] {
        assert_eq!(session.get(path).await.status, 404, "{path}");
        let head = session.send(reqwest::Method::HEAD, path).await;
        assert_eq!(head.status, 404, "{path}");
        // Nobody learns from outside which there are.
        assert_eq!(service.http.get(path).await.status, 302, "{path}");
    }
    let known = session
        .get("/admin/routes/GET/api/agentcards/%7Bid%7D/")
        .await;
    assert_eq!(known.status, 200);
    assert!(known.body.contains("No requests in this period."));
}

#[tokio::test]
async fn the_default_check_of_haproxy_finds_the_service_well() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    for check in [
        "OPTIONS / HTTP/1.0\r\n\r\n".to_owned(),
        format!(
            "OPTIONS / HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            service.http.address()
        ),
    ] {
        let answer = raw::exchange(service.http.address(), &check).await;
        assert_eq!(status(&answer), 204, "{answer}");
        assert!(answer.contains("allow: GET, HEAD, OPTIONS"), "{answer}");
    }
}
