//! The log pages: who gets in, where addresses lead, and what a form's address becomes.

use crate::support::{Database, Home};

const PAGES: [&str; 3] = [
    "/admin/logs/",
    "/admin/requests/9F3A61C0/",
    "/admin/find/?q=disk",
];

#[tokio::test]
async fn a_stranger_is_led_to_the_sign_in_page_and_back() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let http = &service.http;
    for (path, next) in [
        (PAGES[0], "/admin/logs/"),
        (PAGES[1], "/admin/requests/9F3A61C0/"),
        (PAGES[2], "/admin/find/%3Fq%3Ddisk"),
        ("/admin/logs/?text=a+b", "/admin/logs/%3Ftext%3Da%2Bb"),
    ] {
        let answer = http.get(path).await;
        assert_eq!(answer.status, 302, "{path}: {}", answer.body);
        assert_eq!(
            answer.header("location"),
            format!("/admin/login/?next={next}")
        );
    }
}

#[tokio::test]
async fn the_pages_are_whole_and_kept_by_nobody() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    for path in ["/admin/logs/?text=a&file=error", "/admin/requests/x.1/"] {
        let answer = session.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(answer.body.starts_with("<!DOCTYPE html>"), "{path}");
        assert!(answer.body.contains("</html>"), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("'nonce-"), "{path}: {policy}");
        let head = session.send(reqwest::Method::HEAD, path).await;
        assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
        let post = session.same_origin().post(path, &[]).await;
        assert_eq!((post.status, post.header("allow")), (405, "GET, HEAD"));
    }
}

#[tokio::test]
async fn what_a_form_sends_is_led_to_its_short_address() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let sent = "/admin/logs/?file=app&level=&text=disk+full&since=&until=&field=&last=1h";
    let answer = session.get(sent).await;
    let short = "/admin/logs/?since=1h&text=disk%20full";
    assert_eq!((answer.status, answer.header("location")), (302, short));
    assert_eq!(session.get(short).await.status, 200);
}

#[tokio::test]
async fn the_search_box_leads_an_id_to_its_story_and_the_rest_to_a_search() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let uuid = "01938f5e-9d2b-7a10-8c44-6b1d0e2f3a4c";
    for (sought, target) in [
        ("9f3a61c0", "/admin/requests/9F3A61C0/".to_owned()),
        (uuid, format!("/admin/requests/{uuid}/")),
        (
            "%20disk+full%20",
            "/admin/logs/?text=disk%20full".to_owned(),
        ),
        ("..", "/admin/logs/?text=..".to_owned()),
        (
            "//evil.example",
            "/admin/logs/?text=//evil.example".to_owned(),
        ),
        (
            "%0d%0aSet-Cookie:x",
            "/admin/logs/?text=Set-Cookie:x".to_owned(),
        ),
        ("", "/admin/logs/".to_owned()),
    ] {
        let answer = session.get(&format!("/admin/find/?q={sought}")).await;
        assert_eq!(answer.status, 302, "{sought}: {}", answer.body);
        assert_eq!(answer.header("location"), target, "{sought}");
    }
    let without = session.get("/admin/find/").await;
    assert_eq!(without.header("location"), "/admin/logs/");
}

#[tokio::test]
async fn an_error_page_links_to_the_story_of_its_request() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let http = service.http.with("x-request-id", "seen.by.ada");
    let answer = http.get("/admin/nothing-here/").await;
    assert_eq!(answer.status, 404);
    let link = "<a href=\"/admin/requests/seen.by.ada/\"><code>seen.by.ada</code></a>";
    assert!(answer.body.contains(link), "{}", answer.body);
}
