//! API tokens: made, used, and ended by command.

use reqwest::Method;
use serde_json::json;

use crate::support::registry::problem;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, Service, eventually};

on_both_databases![a_token_does_what_its_scope_says_until_it_is_revoked];

async fn create(home: &Home, name: &str, scope: &str) -> String {
    let made = home
        .run(&["token", "create", "--name", name, "--scope", scope], &[])
        .await;
    assert_eq!(made.code(), 0, "{:?}", made.stderr);
    let [secret] = &made.stdout[..] else {
        panic!("{:?}", made.stdout)
    };
    secret.clone()
}

fn with_token(service: &Service, secret: &str) -> Http {
    service
        .http
        .with("authorization", &format!("Bearer {secret}"))
}

async fn a_token_does_what_its_scope_says_until_it_is_revoked(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let secrets = [
        create(&home, "reader", "read").await,
        create(&home, "writer", "write").await,
        create(&home, "prober", "ops").await,
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
    let renewed = create(&home, "writer", "write").await;
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
        create(&home, "known", "ops").await,
        create(&home, "fresh", "ops").await,
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
