//! `/admin/tokens/` and `/admin/audit/`, as a browser without scripts uses them.

use reqwest::Method;

use crate::support::html::text_of;
use crate::support::registry::add_namespace;
use crate::support::{Database, Home, menu_paths};

on_both_databases![a_token_is_made_shown_once_and_ended_by_forms];

async fn a_token_is_made_shown_once_and_ended_by_forms(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let browser = session.same_origin();
    for path in ["/admin/tokens/", "/admin/audit/"] {
        assert_eq!(service.http.get(path).await.status, 302, "{path}");
        let page = session.get(path).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(!page.body.contains("<script"), "{path}");
    }
    let form = [("name", "ci"), ("scope", "write")];
    for (http, status) in [
        (&service.http, 302),
        (&session, 403),
        (&service.http.same_origin(), 302),
    ] {
        assert_eq!(http.post("/admin/tokens/", &form).await.status, status);
    }
    let made = browser.post("/admin/tokens/", &form).await;
    assert_eq!(made.status, 200, "{}", made.body);
    assert_eq!(made.header("cache-control"), "no-store");
    let secret = text_of(&made.body, "token-secret").unwrap();
    assert!(!session.get("/admin/tokens/").await.body.contains(&secret));
    let program = service
        .http
        .with("authorization", &format!("Bearer {secret}"));
    add_namespace(&program, "a").await;
    for (form, status) in [
        ([("name", "ci"), ("scope", "read")], 409),
        ([("name", "a b"), ("scope", "read")], 400),
        ([("name", "x"), ("scope", "all")], 400),
    ] {
        assert_eq!(browser.post("/admin/tokens/", &form).await.status, status);
    }
    let ended = browser
        .post("/admin/tokens/revoke/", &[("name", "ci")])
        .await;
    assert_eq!((ended.status, ended.location()), (303, "/admin/tokens/"));
    assert_eq!(program.get("/api/ops/status/").await.status, 401);

    let audit = session.get("/admin/audit/").await.body;
    assert_eq!(
        audit.matches("data-testid=\"audit-row\"").count(),
        4,
        "{audit}"
    );
    for shown in [
        "token:ci",
        "sign in user admin",
        "create namespace a",
        "revoke token",
        "127.0.0.1",
    ] {
        assert!(audit.contains(shown), "{shown} in {audit}");
    }
    assert_eq!(session.get("/admin/audit/?before=x").await.status, 400);
    let older = session.get("/admin/audit/?before=2").await.body;
    assert_eq!(older.matches("data-testid=\"audit-row\"").count(), 1);
}

#[tokio::test]
async fn a_method_that_no_page_takes_is_refused_as_such_to_strangers_too() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    for path in menu_paths() {
        for method in [Method::TRACE, Method::PUT, Method::DELETE] {
            let answer = service.http.send(method, path).await;
            assert_eq!(answer.status, 405, "{path}");
        }
        let asked = service.http.get(path).await;
        assert_eq!(asked.status, 302, "{path}");
    }
    let sent = service.http.post("/admin/audit/", &[]).await;
    assert_eq!(sent.status, 405);
    let asked = service.http.get("/admin/tokens/revoke/").await;
    assert_eq!(asked.status, 405);
}
