//! API tokens: made, used, and ended by command.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::registry::problem;
use crate::support::upstream::Upstream;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, Service, eventually};

on_both_databases![
    a_token_does_what_its_scope_says_until_it_is_revoked,
    who_admits_a_request_is_whom_log_and_audit_name,
];

fn with_token(service: &Service, secret: &str) -> Http {
    service
        .http
        .with("authorization", &format!("Bearer {secret}"))
}

async fn a_token_does_what_its_scope_says_until_it_is_revoked(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let secrets = [
        home.token("reader", "read").await,
        home.token("writer", "write").await,
        home.token("prober", "ops").await,
    ];
    let [reader, writer, prober] = secrets
        .each_ref()
        .map(|secret| with_token(&service, secret));
    let body = json!({"id": "a", "name": "A"});
    problem(
        &reader
            .send_json(Method::POST, "/api/namespaces/", &body)
            .await,
        403,
    );
    problem(
        &prober
            .send_json(Method::POST, "/api/namespaces/", &body)
            .await,
        403,
    );
    // No page of ours stands behind a program, and none has to.
    let created = writer
        .with("origin", "https://elsewhere.example")
        .send_json(Method::POST, "/api/namespaces/", &body)
        .await;
    assert_eq!(created.status, 201, "{}", created.body);
    let card = json!({"namespace": "a", "card": {"name": "A", "version": "1"}});
    let card = writer
        .send_json(Method::POST, "/api/agentcards/", &card)
        .await;
    assert_eq!(card.json()["created_by"], "token:writer");
    for (http, status) in [(&reader, 403), (&writer, 403), (&prober, 200)] {
        assert_eq!(http.get("/api/ops/status/").await.status, status);
        assert_eq!(http.get("/api/agentcards/").await.status, 200);
        // It opens no page.
        assert_eq!(http.get("/admin/system-status/").await.status, 302);
    }
    let actors =
        "SELECT DISTINCT actor AS line FROM audit_log WHERE object NOT IN ('token', 'user')";
    assert_eq!(home.sql().lines(actors).await, ["token:writer"]);
    let stored = home
        .sql()
        .lines("SELECT token_hash AS line FROM api_tokens")
        .await
        .join(" ");
    eventually("their use is known", SOON, async || {
        let unused = "SELECT name AS line FROM api_tokens WHERE last_used_at IS NULL";
        home.sql().lines(unused).await.is_empty().then_some(())
    })
    .await;

    let taken = home
        .run(
            &["token", "create", "--name", "writer", "--scope", "read"],
            &[],
        )
        .await;
    assert_eq!(
        (taken.code(), taken.stderr.len()),
        (1, 1),
        "{:?}",
        taken.stderr
    );
    let revoked = home
        .run(&["token", "revoke", "--name", "writer"], &[])
        .await;
    assert_eq!(revoked.code(), 0, "{:?}", revoked.stderr);
    let other = json!({"id": "b", "name": "B"});
    problem(
        &writer
            .send_json(Method::POST, "/api/namespaces/", &other)
            .await,
        401,
    );
    let again = home
        .run(&["token", "revoke", "--name", "writer"], &[])
        .await;
    assert_eq!(
        (again.code(), again.stderr.len()),
        (1, 1),
        "{:?}",
        again.stderr
    );
    // Its name may be given again.
    let renewed = home.token("writer", "write").await;
    let renewed = with_token(&service, &renewed);
    assert_eq!(
        renewed
            .send_json(Method::POST, "/api/namespaces/", &other)
            .await
            .status,
        201
    );

    let list = home.run(&["token", "list"], &[]).await.stdout;
    assert_eq!(list.len(), 4, "{list:?}");
    assert_eq!(
        list.iter().filter(|line| line.contains("revoked")).count(),
        1,
        "{list:?}"
    );
    let users = service.logs.lines("access.log");
    service.stop().await;
    let everywhere = format!("{list:?} {users:?} {stored}");
    for secret in &secrets {
        assert!(!everywhere.contains(secret.as_str()), "a token lies about");
    }
    for name in ["", "a b", "ü"] {
        let made = home
            .run(&["token", "create", "--name", name, "--scope", "read"], &[])
            .await;
        assert_eq!(made.code(), 1, "{name}");
    }
    let wrong = home
        .run(&["token", "create", "--name", "x", "--scope", "all"], &[])
        .await;
    assert_eq!(wrong.code(), 2);
}

#[tokio::test]
async fn a_token_holds_through_an_outage_of_the_database() {
    let mut home = Home::new(Database::Postgres).await;
    let service = home.serve().await;
    let (known, fresh) = (
        home.token("known", "ops").await,
        home.token("fresh", "ops").await,
    );
    let known = with_token(&service, &known);
    assert_eq!(known.get("/api/ops/status/").await.status, 200);
    home.postgres().stop().await;
    let status = known.get("/api/ops/status/").await;
    assert_eq!(status.status, 200, "{}", status.body);
    eventually("the outage is seen", SOON, async || {
        let status = known.get("/api/ops/status/").await.json();
        (status["database"]["connection"] == "failed").then_some(())
    })
    .await;
    // One that nobody has seen yet may be good or not.
    problem(
        &with_token(&service, &fresh).get("/api/ops/status/").await,
        503,
    );
}

async fn who_admits_a_request_is_whom_log_and_audit_name(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let staff = service.signed_in().await.same_origin();
    let both = |secret: &str| staff.with("authorization", &format!("Bearer {secret}"));
    let reader = both(&home.token("reader", "read").await);
    let writer = both(&home.token("writer", "write").await);
    // The token decides, and a session beside it adds nothing to what it may.
    let level = reader
        .with("x-request-id", "level")
        .send_json(
            Method::PUT,
            "/api/ops/log-level/",
            &json!({"directives": "debug"}),
        )
        .await;
    problem(&level, 401);
    let status = reader
        .with("x-request-id", "status")
        .get("/api/ops/status/")
        .await;
    problem(&status, 403);
    let namespace = json!({"id": "a", "name": "A"});
    let written = writer
        .with("x-request-id", "write")
        .send_json(Method::POST, "/api/namespaces/", &namespace)
        .await;
    assert_eq!(written.status, 201, "{}", written.body);
    // A page knows sessions only.
    let page = writer
        .with("x-request-id", "page")
        .get("/admin/audit/")
        .await;
    assert_eq!(page.status, 200);
    for (id, user) in [
        ("level", "token:reader"),
        ("status", "token:reader"),
        ("write", "token:writer"),
        ("page", "admin"),
    ] {
        assert_eq!(service.logs.access(id).await["user"], user, "{id}");
    }
    let actors = "SELECT DISTINCT actor AS line FROM audit_log WHERE object = 'namespace'";
    assert_eq!(home.sql().lines(actors).await, ["token:writer"]);
    // What somebody else's proxy adds is no token of ours.
    let foreign = both("eyJhbGciOiJub25lIn0.e30.");
    assert_eq!(foreign.get("/api/ops/status/").await.status, 200);
    let unknown = both(&format!("asd_{}", "A".repeat(43)));
    problem(&unknown.get("/api/ops/status/").await, 401);
}

#[tokio::test]
async fn a_dependency_that_hangs_slows_no_token_and_no_session() {
    let silent = Upstream::silent().await;
    let home = Home::new(Database::Sqlite).await;
    let dependencies = format!("hangs=http://{}", silent.address);
    let service = home
        .serve_with(&[("READY_DEPENDENCIES", &dependencies)])
        .await;
    eventually("the service has started", SOON, async || {
        let checks = service.http.get("/health/ready/").await.json()["checks"].clone();
        (checks["startup"]["status"] == "ok").then_some(())
    })
    .await;
    let token = with_token(&service, &home.token("prober", "ops").await);
    let staff = service.signed_in().await;
    // The check of the dependency gives up after two seconds, and a report is good for one.
    let started = std::time::Instant::now();
    while started.elapsed() < Duration::from_secs(4) {
        for http in [&token, &staff] {
            let answer = http.get("/api/ops/log-level/").await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            let elapsed = answer.elapsed;
            assert!(elapsed < Duration::from_millis(1500), "{elapsed:?}");
        }
    }
}

#[tokio::test]
async fn the_page_asks_before_it_revokes_and_says_what_a_name_may_be() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await.same_origin();
    home.token("prober", "ops").await;
    for (language, asks, says) in [
        ("en", "Revoke for good", "1 to 64 letters"),
        ("zh-CN", "确认吊销", "1 至 64 个英文字母"),
    ] {
        let staff = staff.with("accept-language", language);
        let page = staff.get("/admin/tokens/").await.body;
        let (_, question) = page.split_once("<details").unwrap();
        let (question, _) = question.split_once("</details>").unwrap();
        for piece in [
            "<summary",
            "action=\"/admin/tokens/revoke/\"",
            "value=\"prober\"",
            asks,
        ] {
            assert!(question.contains(piece), "{piece} in {question}");
        }
        assert_eq!(page.matches("/admin/tokens/revoke/").count(), 1, "{page}");
        // Before it is typed, and where the browser complains.
        assert_eq!(page.matches(says).count(), 2, "{page}");

        let form = [("name", "a <b>"), ("scope", "ops")];
        let refused = staff.post("/admin/tokens/", &form).await;
        assert_eq!(refused.status, 400);
        let (_, form) = refused.body.split_once("class=\"token-form\"").unwrap();
        let (form, _) = form.split_once("</form>").unwrap();
        for piece in [
            "value=\"a &lt;b&gt;\"",
            "aria-invalid=\"true\"",
            "aria-describedby=\"token-error\"",
            "id=\"token-error\"",
            "value=\"ops\" selected",
        ] {
            assert!(form.contains(piece), "{piece} in {form}");
        }
        let (_, mistake) = form.split_once("id=\"token-error\"").unwrap();
        assert!(mistake.contains(says), "{mistake}");
    }
}
