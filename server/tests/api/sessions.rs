//! How long a session stands, and what ends it.

use crate::support::{Database, Home, Http, PASSWORD, USERNAME};

on_both_databases![
    signing_out_ends_the_session_for_good,
    sessions_survive_restarts_and_kill,
    a_changed_password_ends_all_of_that_users_sessions,
];

async fn is_open(http: &Http) -> bool {
    let page = http.get("/admin/system-status/").await;
    let api = http.get("/api/ops/status/").await.status;
    match (page.status, api) {
        (200, 200) => true,
        (302 | 303, 401) => {
            assert!(
                page.location().starts_with("/admin/login/"),
                "{}",
                page.location()
            );
            false
        }
        other => panic!("{other:?}"),
    }
}

async fn signing_out_ends_the_session_for_good(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let other = service.signed_in().await;
    assert!(is_open(&session).await);
    let answer = session.same_origin().post("/admin/logout/", &[]).await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.location(), "/admin/login/");
    let removal = answer.set_session_cookie().unwrap();
    assert!(removal.contains("Max-Age=0"), "{removal}");
    // A copy of the cookie is of no use either, here and after a restart.
    assert!(!is_open(&session).await);
    assert!(is_open(&other).await);
    service.stop().await;
    let service = home.serve().await;
    assert!(!is_open(&at(&service, &session)).await);
    assert!(is_open(&at(&service, &other)).await);
}

async fn sessions_survive_restarts_and_kill(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    service.stop().await;
    let service = home.serve().await;
    assert!(is_open(&at(&service, &session)).await);
    // One from just before it is killed is kept as well.
    let late = service.signed_in().await;
    service.kill().await;
    let service = home.serve().await;
    assert!(is_open(&at(&service, &session)).await);
    assert!(is_open(&at(&service, &late)).await);
}

async fn a_changed_password_ends_all_of_that_users_sessions(database: Database) {
    const NEW: &str = "An0ther-battery-staple";
    let home = Home::new(database).await;
    let service = home.serve().await;
    let sessions = [service.signed_in().await, service.signed_in().await];
    let created = home
        .run(&["createsuperuser", "--username", "other"], &[])
        .await;
    assert_eq!(created.code(), 0, "{:?}", created.stderr);
    let answer = service.http.sign_in("other", PASSWORD).await;
    let others = service
        .http
        .with("cookie", &answer.session_cookie().unwrap());

    let environment = [("ADMIN_PASSWORD", NEW)];
    let changed = home
        .run(&["changepassword", "--username", USERNAME], &environment)
        .await;
    assert_eq!(changed.code(), 0, "{:?}", changed.stderr);
    for session in &sessions {
        assert!(!is_open(session).await);
    }
    assert!(is_open(&others).await);
    assert_eq!(service.http.sign_in(USERNAME, PASSWORD).await.status, 401);
    assert_eq!(service.http.sign_in(USERNAME, NEW).await.status, 303);
}

/// The same cookie at another service.
fn at(service: &crate::support::Service, session: &Http) -> Http {
    service.http.with("cookie", session.cookie())
}

#[tokio::test]
async fn a_cookie_that_was_tampered_with_or_signed_by_another_key_is_refused() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let cookie = session.cookie().to_owned();
    let (name, token) = cookie.split_once('=').unwrap();
    for place in [0, token.len() / 2, token.len() - 1] {
        let mut forged = token.to_owned().into_bytes();
        forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        assert!(!is_open(&service.http.with("cookie", &format!("{name}={forged}"))).await);
    }
    for rubbish in ["", ".", "..", "x", "a.b.c", "%00", "🦀"] {
        assert!(!is_open(&service.http.with("cookie", &format!("{name}={rubbish}"))).await);
    }
    service.stop().await;
    let other_key = [("SECRET_KEY", "another-key-".repeat(8))];
    let other_key: Vec<(&str, &str)> = other_key.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let service = home.serve_with(&other_key).await;
    service.until_ready().await;
    assert!(!is_open(&at(&service, &session)).await);
}

#[tokio::test]
async fn an_expired_session_is_over() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    home.sql()
        .execute("UPDATE sessions SET expires_at = '2020-01-01 00:00:00'")
        .await;
    assert!(!is_open(&session).await);
}
