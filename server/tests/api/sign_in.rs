//! The way in.

use reqwest::Method;

use crate::support::{Database, Home, PASSWORD, USERNAME};

on_both_databases![
    the_right_password_opens_the_desk,
    a_wrong_name_and_a_wrong_password_answer_alike,
    only_staff_get_in,
];

#[tokio::test]
async fn the_desk_leads_strangers_to_the_form() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let to = async |path: &str| {
        let answer = service.http.get(path).await;
        assert!(
            (302..=303).contains(&answer.status),
            "{path}: {}",
            answer.status
        );
        answer.location().to_owned()
    };
    assert_eq!(to("/").await, "/admin/");
    assert_eq!(to("/admin/").await, "/admin/system-status/");
    assert_eq!(
        to("/admin/system-status/").await,
        "/admin/login/?next=/admin/system-status/"
    );
    let with_query = to("/admin/system-status/?error=1&x=%20").await;
    assert!(
        with_query.starts_with("/admin/login/?next=/admin/system-status/%3F"),
        "{with_query}"
    );
    let form = service
        .http
        .get("/admin/login/?next=/admin/system-status/")
        .await;
    assert_eq!(form.status, 200);
    assert!(form.header("content-type").starts_with("text/html"));
    for piece in [
        "<form",
        "method=\"post\"",
        "name=\"username\"",
        "name=\"password\"",
        "<!DOCTYPE html>",
    ] {
        assert!(form.body.contains(piece), "{piece} in {}", form.body);
    }
}

async fn the_right_password_opens_the_desk(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let answer = service.http.sign_in(USERNAME, PASSWORD).await;
    assert_eq!(answer.status, 303);
    assert!(
        answer.location().starts_with("/admin/"),
        "{}",
        answer.location()
    );
    let cookie = answer.set_session_cookie().unwrap();
    let flags: Vec<&str> = cookie.split(';').skip(1).map(str::trim).collect();
    for flag in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
        assert!(flags.contains(&flag), "{flag} in {flags:?}");
    }
    // Not over TLS in development.
    assert!(!flags.contains(&"Secure"), "{flags:?}");
    let session = service
        .http
        .with("cookie", &answer.session_cookie().unwrap());
    assert_eq!(session.get("/admin/system-status/").await.status, 200);
    let signed_in_already = session.get("/admin/login/").await;
    assert!((302..=303).contains(&signed_in_already.status));
    assert_eq!(home.sql().count("sessions").await, 1);
}

async fn a_wrong_name_and_a_wrong_password_answer_alike(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let mut pages = Vec::new();
    for (username, password) in [
        (USERNAME, "Wr0ng-password"),
        ("nobod", PASSWORD),
        (USERNAME, ""),
    ] {
        let answer = service.http.sign_in(username, password).await;
        assert_eq!(answer.status, 401, "{username}");
        assert_eq!(answer.set_session_cookie(), None);
        assert!(answer.body.contains("name=\"password\""), "{}", answer.body);
        assert!(answer.body.contains("role=\"alert\""), "{}", answer.body);
        // The password is never sent back; the name may be.
        assert!(!answer.body.contains("Wr0ng-password"), "{}", answer.body);
        assert!(!answer.body.contains(PASSWORD), "{}", answer.body);
        let length = answer.header("content-length").to_owned();
        pages.push((
            answer
                .body
                .replace(&format!("value=\"{username}\""), "value=NAME"),
            length,
        ));
    }
    assert_eq!(pages[0].0, pages[1].0);
    assert_eq!(pages[0], pages[1]);
}

async fn only_staff_get_in(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    for change in ["is_staff = FALSE", "is_staff = TRUE, is_active = FALSE"] {
        home.sql()
            .execute(&format!("UPDATE users SET {change}"))
            .await;
        let answer = service.http.sign_in(USERNAME, PASSWORD).await;
        assert_eq!(answer.status, 401, "{change}");
        assert_eq!(answer.set_session_cookie(), None, "{change}");
        // Nor does a session from before.
        assert_ne!(
            session.get("/admin/system-status/").await.status,
            200,
            "{change}"
        );
        let status = session.get("/api/ops/status/").await.status;
        let expected = if change.contains("is_active") {
            401
        } else {
            403
        };
        assert_eq!(status, expected, "{change}");
    }
}

#[tokio::test]
async fn next_is_followed_only_within_this_service() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let sign_in = async |next: &str| {
        let fields = [
            ("username", USERNAME),
            ("password", PASSWORD),
            ("next", next),
        ];
        let answer = service.http.post("/admin/login/", &fields).await;
        assert_eq!(answer.status, 303, "{next}");
        answer.location().to_owned()
    };
    assert_eq!(
        sign_in("/admin/system-status/?error=1").await,
        "/admin/system-status/?error=1"
    );
    for elsewhere in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "/\t/evil.example/",
        "\n//evil.example/",
        "javascript:alert(1)",
        "evil.example",
        "/admin/\r\nset-cookie: a=b",
    ] {
        let location = sign_in(elsewhere).await;
        assert!(
            location.starts_with("/admin/"),
            "{elsewhere:?} leads to {location:?}"
        );
        assert!(
            !location.contains("evil"),
            "{elsewhere:?} leads to {location:?}"
        );
    }
    // By the form's address too.
    let fields = [("username", USERNAME), ("password", PASSWORD)];
    let answer = service
        .http
        .post("/admin/login/?next=https://evil.example/", &fields)
        .await;
    assert!(
        answer.location().starts_with("/admin/"),
        "{}",
        answer.location()
    );
}

#[tokio::test]
async fn what_other_sites_send_is_refused() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let foreign = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("referer", "http://evil.example/page"),
    ];
    for (name, value) in foreign {
        let http = session.with(name, value);
        assert_eq!(
            http.sign_in(USERNAME, PASSWORD).await.status,
            403,
            "{name}: {value}"
        );
        assert_eq!(
            http.post("/admin/logout/", &[]).await.status,
            403,
            "{name}: {value}"
        );
    }
    // To sign somebody out takes a proof.
    assert_eq!(session.post("/admin/logout/", &[]).await.status, 403);
    assert_eq!(
        session.send(Method::GET, "/admin/logout/").await.status,
        405
    );
    assert_eq!(session.get("/admin/system-status/").await.status, 200);
    let own = format!("http://{}", service.http.address());
    let answer = session
        .with("origin", &own)
        .post("/admin/logout/", &[])
        .await;
    assert_eq!(answer.status, 303);
}

#[tokio::test]
async fn in_production_the_cookie_is_for_tls_only() {
    let home = Home::new(Database::Sqlite).await;
    let key = "k".repeat(64);
    let service = home
        .serve_with(&[("APP_ENV", "production"), ("SECRET_KEY", &key)])
        .await;
    service.until_ready().await;
    let answer = service.http.sign_in(USERNAME, PASSWORD).await;
    assert_eq!(answer.status, 303);
    let cookie = answer.set_session_cookie().unwrap();
    assert!(cookie.split("; ").any(|flag| flag == "Secure"), "{cookie}");
}
