//! Production's sign-in behind proxies, right and wrong ones: what is wrong is said on the page and in
//! the log.

use crate::support::{Database, Home, PASSWORD, Service, USERNAME};

async fn in_production(home: &Home) -> Service {
    let key = "k".repeat(64);
    let environment = [
        ("APP_ENV", "production"),
        ("SECRET_KEY", &key),
        ("TRUSTED_PROXIES", "127.0.0.1/32"),
    ];
    let service = home.serve_with(&environment).await;
    service.until_ready().await;
    service
}

#[tokio::test]
async fn over_plain_http_the_page_and_the_log_say_that_no_session_can_be_kept() {
    let home = Home::new(Database::Sqlite).await;
    let service = in_production(&home).await;
    let https = service.http.with("x-forwarded-proto", "https");
    for answer in [
        https.get("/admin/login/").await,
        https.sign_in(USERNAME, "Wr0ng-password").await,
    ] {
        assert!(!answer.body.contains("plain HTTP"), "{}", answer.body);
    }
    let said = |line: &serde_json::Value| {
        line["message"].as_str().unwrap().contains("plain HTTP") && line["level"] == "WARNING"
    };
    assert!(!service.logs.lines("app.log").iter().any(said));

    let before = service.http.get("/admin/login/").await;
    assert!(before.body.contains("plain HTTP"), "{}", before.body);
    let chinese = service.http.with("accept-language", "zh-CN");
    let page = chinese.get("/admin/login/").await.body;
    assert!(page.contains("明文 HTTP"), "{page}");
    // The browser drops the cookie, and so comes back to the page that says why.
    let signed_in = service.http.sign_in(USERNAME, PASSWORD).await;
    assert_eq!(signed_in.status, 303);
    let back = service.http.get("/admin/system-status/").await;
    assert!(back.location().starts_with("/admin/login/"));
    service.logs.line("error.log", said).await;
    let lines = service.logs.lines("error.log");
    assert_eq!(lines.iter().filter(|line| said(line)).count(), 1);
}

#[tokio::test]
async fn in_development_plain_http_is_what_it_is() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let page = service.http.get("/admin/login/").await.body;
    assert!(!page.contains("login-insecure"), "{page}");
}

#[tokio::test]
async fn a_sign_in_that_is_refused_for_its_origin_names_the_two_values() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    // A proxy that passes on its own idea of the host.
    let http = service
        .http
        .with("origin", "https://desk.example")
        .with("host", "app:8000");
    let answer = http.sign_in(USERNAME, PASSWORD).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.session_cookie(), None);
    assert!(answer.body.contains("name=\"password\""), "{}", answer.body);
    for value in ["Origin: https://desk.example", "Host: app:8000"] {
        assert!(answer.body.contains(value), "{value} in {}", answer.body);
    }
    let is_it = |line: &serde_json::Value| line["said"] == "Origin: https://desk.example";
    let line = service.logs.line("error.log", is_it).await;
    assert_eq!(line["level"], "WARNING");
    assert_eq!(line["expected"], "Host: app:8000");
    // Once a minute, however often.
    for _ in 0..5 {
        assert_eq!(http.sign_in(USERNAME, PASSWORD).await.status, 403);
    }
    let lines = service.logs.lines("error.log");
    assert_eq!(lines.iter().filter(|line| is_it(line)).count(), 1);
    // What changes something with a session says so as well.
    let session = service.signed_in().await;
    let refused = session
        .with("origin", "https://desk.example")
        .send_json(
            reqwest::Method::PUT,
            "/api/ops/log-level/",
            &serde_json::json!({"directives": "debug"}),
        )
        .await;
    assert_eq!(refused.status, 403);
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("Origin: https://desk.example"), "{detail}");
}

#[tokio::test]
async fn in_production_the_cookie_is_this_hosts_alone() {
    let home = Home::new(Database::Sqlite).await;
    let service = in_production(&home).await;
    let https = service.http.with("x-forwarded-proto", "https");
    let answer = https.sign_in(USERNAME, PASSWORD).await;
    let set = answer.set_session_cookie().unwrap().to_owned();
    assert!(set.starts_with("__Host-session=v1."), "{set}");
    for flag in [
        "Secure",
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
        "Max-Age=43200",
    ] {
        assert!(set.split("; ").any(|it| it == flag), "{flag} in {set}");
    }
    assert!(!set.contains("Domain"), "{set}");
    let cookie = answer.session_cookie().unwrap();
    let token = cookie.strip_prefix("__Host-session=").unwrap();
    let status = async |cookie: &str| {
        let http = https.with("cookie", cookie);
        http.get("/api/ops/status/").await.status
    };
    assert_eq!(status(&cookie).await, 200);
    // Anybody in the domain can set one of this name.
    assert_eq!(status(&format!("session={token}")).await, 401);
    let out = https.with("cookie", &cookie).same_origin();
    let removal = out.post("/admin/logout/", &[]).await;
    let removal = removal.set_session_cookie().unwrap();
    assert!(removal.starts_with("__Host-session=;"), "{removal}");
    assert!(
        removal.contains("Secure") && removal.contains("Max-Age=0"),
        "{removal}"
    );
}

#[tokio::test]
async fn of_several_session_cookies_the_valid_one_counts() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let cookie = session.cookie();
    for cookies in [
        format!("session=bad; {cookie}"),
        format!("{cookie}; session=bad"),
        format!("junk; session=; theme=dark; {cookie}"),
    ] {
        let http = service.http.with("cookie", &cookies);
        assert_eq!(http.get("/api/ops/status/").await.status, 200, "{cookies}");
    }
}
