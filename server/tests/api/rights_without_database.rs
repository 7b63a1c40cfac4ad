//! What a session or a token is good for while the database of users can't say: to read, if it stood
//! when that database was last heard.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::postgres::Postgres;
use crate::support::registry::problem;
use crate::support::wait::SOON;
use crate::support::{Answer, Home, Http, PASSWORD, Service, eventually};

/// The contract's, for what has to be known to the desk's own store.
const KNOWN_WITHIN: Duration = Duration::from_secs(10);

async fn until_seen(service: &Service) {
    eventually("the failure is seen", SOON, async || {
        (service.http.get("/health/ready/").await.status == 503).then_some(())
    })
    .await;
}

async fn other_user(home: &Home, service: &Service, name: &str) -> Http {
    let created = home
        .run(&["createsuperuser", "--username", name], &[])
        .await;
    assert_eq!(created.code(), 0, "{:?}", created.stderr);
    let answer = service.http.sign_in(name, PASSWORD).await;
    service
        .http
        .with("cookie", &answer.session_cookie().unwrap())
}

async fn token(home: &Home, service: &Service, name: &str, scope: &str) -> Http {
    let secret = format!("Bearer {}", home.token(name, scope).await);
    service.http.with("authorization", &secret)
}

fn at(service: &Service, session: &Http) -> Http {
    service.http.with("cookie", session.cookie())
}

async fn is_out(http: &Http) -> bool {
    let page = http.get("/admin/system-status/").await.status;
    let api = http.get("/api/ops/status/").await.status;
    match (page, api) {
        (200, 200) => false,
        (302 | 403, 401 | 403) => true,
        other => panic!("{other:?}"),
    }
}

fn assert_unchecked(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(!answer.header("retry-after").is_empty());
    assert_eq!(answer.header("x-error-id"), "");
}

/// What the desk's own store knows of a session is what the registry says by then.
async fn until_known(home: &Home, sessions: &[&str]) {
    eventually("the desk's own store knows", KNOWN_WITHIN, async || {
        let known = "SELECT CAST(is_staff AS TEXT) AS line FROM known_sessions ORDER BY is_staff";
        (home.ops_sql().try_lines(known).await.ok()? == sessions).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_deactivated_or_demoted_stays_out_here_and_after_a_restart() {
    let mut home = Home::on(Some(Postgres::start().await));
    let service = home.serve().await;
    let staff = service.signed_in().await;
    let gone = other_user(&home, &service, "gone").await;
    let demoted = other_user(&home, &service, "demoted").await;
    until_known(&home, &["1", "1", "1"]).await;
    home.sql()
        .execute(
            "UPDATE users SET is_active = false WHERE username = 'gone'; \
             UPDATE users SET is_staff = false WHERE username = 'demoted'",
        )
        .await;
    until_known(&home, &["0", "1"]).await;
    home.postgres().stop().await;
    until_seen(&service).await;
    assert!(is_out(&gone).await);
    assert!(is_out(&demoted).await);
    assert!(!is_out(&staff).await);

    service.kill().await;
    let service = home.serve_with(&[]).await;
    until_seen(&service).await;
    assert!(is_out(&at(&service, &gone)).await);
    assert!(is_out(&at(&service, &demoted)).await);
    assert!(!is_out(&at(&service, &staff)).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_reads_and_writes_nothing_while_nobody_can_say_what_it_may() {
    let mut home = Home::on(Some(Postgres::start().await));
    let ops = Postgres::start().await;
    let url = ops.url("ops");
    let service = home.serve_with(&[("OPS_DATABASE_URL", &url)]).await;
    service.until_ready().await;
    let staff = service.signed_in().await.same_origin();
    let mut ops = Some(ops);
    home.postgres().stop().await;
    until_seen(&service).await;
    // First with the desk's own store, then with neither.
    for limits in [
        "until it does you can read, acknowledge and silence, and nothing else",
        "until one does you can only read",
    ] {
        assert!(!is_out(&staff).await);
        let page = staff.get("/admin/incidents/").await.body;
        assert!(page.contains(limits), "{page}");
        let form = [("name", "t"), ("scope", "write")];
        let page = staff.post("/admin/tokens/", &form).await;
        assert_unchecked(&page);
        assert!(page.body.contains("<html"), "{}", page.body);
        let body = json!({"directives": "debug"});
        let level = staff
            .send_json(Method::PUT, "/api/ops/log-level/", &body)
            .await;
        problem(&level, 503);
        assert_unchecked(&level);
        let body = json!({"id": "a", "name": "A"});
        let namespace = staff
            .send_json(Method::POST, "/api/namespaces/", &body)
            .await;
        assert_unchecked(&namespace);
        let level = staff.get("/api/ops/log-level/").await.json();
        assert_eq!(level["directives"], "info", "{level}");
        // One's own affairs are nobody else's.
        let remembered = staff
            .post("/admin/preferences/", &[("language", "en")])
            .await;
        assert_eq!(remembered.status, 303, "{}", remembered.body);
        if let Some(mut ops) = ops.take() {
            ops.stop().await;
        }
    }
    let line = service
        .logs
        .line("access.log", |line| line["path"] == "/admin/tokens/")
        .await;
    assert_eq!(
        (&line["user"], &line["status"]),
        (&"admin".into(), &503.into())
    );
    assert_eq!(staff.post("/admin/logout/", &[]).await.status, 303);
    assert!(is_out(&staff).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_late_nobody_writes_unchecked() {
    let home = Home::new(crate::support::Database::Postgres).await;
    let service = home.serve().await;
    let staff = service.signed_in().await.same_origin();
    let eve = other_user(&home, &service, "eve").await.same_origin();
    home.sql()
        .execute("UPDATE users SET is_active = false, is_staff = false WHERE username = 'eve'")
        .await;
    until_known(&home, &["1"]).await;

    let held = home.sql().lock("sessions").await;
    let form = [("name", "mine"), ("scope", "write")];
    let (by_eve, by_staff) = tokio::join!(
        eve.post("/admin/tokens/", &form),
        staff.post("/admin/tokens/", &form)
    );
    assert_eq!(by_eve.status, 302, "{}", by_eve.body);
    assert_unchecked(&by_staff);
    assert_eq!(home.sql().count("api_tokens").await, 0);
    // To read it opens all the same.
    assert!(!is_out(&staff).await);
    assert!(is_out(&eve).await);
    drop(held);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_is_worth_a_second_try() {
    let home = Home::new(crate::support::Database::Postgres).await;
    let service = home.serve().await;
    let staff = service.signed_in().await.same_origin();
    let held = home.sql().lock("sessions").await;
    let posting = tokio::spawn(async move {
        let form = [("name", "mine"), ("scope", "write")];
        staff.post("/admin/tokens/", &form).await
    });
    eventually("it is asked for the second time", SOON, async || {
        let asked = "SELECT CAST(COUNT(*) AS TEXT) AS line FROM pg_stat_activity \
                     WHERE wait_event_type = 'Lock' AND query LIKE '%\"sessions\".\"id\" = $1%'";
        let asked: usize = home.sql().lines(asked).await[0].parse().unwrap();
        (asked >= 2).then_some(())
    })
    .await;
    drop(held);
    let answer = posting.await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_token_stays_out_and_the_others_only_read() {
    let mut home = Home::on(Some(Postgres::start().await));
    let service = home.serve().await;
    let staff = service.signed_in().await.same_origin();
    let by_desk = token(&home, &service, "by-desk", "ops").await;
    let by_command = token(&home, &service, "by-command", "ops").await;
    let kept = token(&home, &service, "kept", "ops").await;
    let writer = token(&home, &service, "writer", "write").await;
    for token in [&by_desk, &by_command, &kept] {
        assert_eq!(token.get("/api/ops/status/").await.status, 200);
    }
    assert_eq!(writer.get("/api/namespaces/").await.status, 200);
    let revoked = staff
        .post("/admin/tokens/revoke/", &[("name", "by-desk")])
        .await;
    assert_eq!(revoked.status, 303);
    let revoked = home
        .run(&["token", "revoke", "--name", "by-command"], &[])
        .await;
    assert_eq!(revoked.code(), 0, "{:?}", revoked.stderr);
    assert_eq!(revoked.stdout, ["revoked by-command"]);

    home.postgres().stop().await;
    until_seen(&service).await;
    for token in [&by_desk, &by_command] {
        problem(&token.get("/api/ops/status/").await, 401);
    }
    assert_eq!(kept.get("/api/ops/status/").await.status, 200);
    let body = json!({"id": "a", "name": "A"});
    let written = writer
        .send_json(Method::POST, "/api/namespaces/", &body)
        .await;
    assert_unchecked(&written);
}

/// Two replicas on one registry, which share the desk's store or have one each.
async fn replicas(home: &Home, others_store: &str) -> [Service; 2] {
    let store = home.path("data/ops.sqlite3");
    let store = format!("sqlite://{}", store.display());
    let others = if others_store.is_empty() {
        store.clone()
    } else {
        others_store.to_owned()
    };
    let one = home
        .serve_with(&[("LOG_DIR", "logs-one"), ("OPS_DATABASE_URL", &store)])
        .await;
    one.until_ready().await;
    let other = home
        .serve_with(&[("LOG_DIR", "logs-other"), ("OPS_DATABASE_URL", &others)])
        .await;
    other.until_ready().await;
    [one, other]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_replica_ends_is_ended_on_the_other_that_shares_its_store() {
    let mut home = Home::on(Some(Postgres::start().await));
    let [one, other] = replicas(&home, "").await;
    let session = one.signed_in().await;
    let late = one.signed_in().await;
    let token = token(&home, &other, "t", "ops").await;
    assert_eq!(token.get("/api/ops/status/").await.status, 200);
    let revoke = [("name", "t")];
    let revoked = session
        .same_origin()
        .post("/admin/tokens/revoke/", &revoke)
        .await;
    assert_eq!(revoked.status, 303);
    assert!(!is_out(&at(&other, &session)).await);
    until_knows_more(&mut home, STANDING).await;
    home.postgres().stop().await;
    until_seen(&one).await;
    until_seen(&other).await;
    problem(&token.get("/api/ops/status/").await, 401);
    // Ended while no registry could be told.
    let out = late.same_origin().post("/admin/logout/", &[]).await;
    assert_eq!(out.status, 303);
    assert!(is_out(&at(&other, &late)).await);
    assert!(!is_out(&at(&other, &session)).await);
}

/// What a replica asks the registry every few seconds.
const STANDING: &str = "ORDER BY \"sessions\".\"expires_at\" DESC";
const LIVE_TOKENS: &str = "\"api_tokens\".\"token_hash\" = ANY";

/// Each replica has asked the registry since.
async fn until_knows_more(home: &mut Home, what: &str) {
    let postgres = home.postgres();
    let asked = || {
        let log = postgres.log();
        log.iter().filter(|line| line.contains(what)).count()
    };
    let before = asked();
    // The first one may have been under way, and two replicas ask in turn.
    eventually("all have asked", KNOWN_WITHIN, async || {
        (asked() >= before + 5).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_replica_ends_is_known_to_one_with_a_store_of_its_own() {
    let mut home = Home::on(Some(Postgres::start().await));
    let [one, other] = replicas(&home, "sqlite://data/other-ops.sqlite3").await;
    let [session, ended] = [one.signed_in().await, one.signed_in().await];
    let [kept, revoked] = [
        token(&home, &other, "kept", "ops").await,
        token(&home, &other, "revoked", "ops").await,
    ];
    for token in [&kept, &revoked] {
        assert_eq!(token.get("/api/ops/status/").await.status, 200);
    }
    let staff = session.same_origin();
    let gone = [("name", "revoked")];
    let answer = staff.post("/admin/tokens/revoke/", &gone).await;
    assert_eq!(answer.status, 303);
    let answer = ended.same_origin().post("/admin/logout/", &[]).await;
    assert_eq!(answer.status, 303);
    until_knows_more(&mut home, STANDING).await;
    let log = home.postgres().log();
    assert!(log.iter().any(|line| line.contains(LIVE_TOKENS)));
    home.postgres().stop().await;
    until_seen(&other).await;
    assert!(is_out(&at(&other, &ended)).await);
    assert!(!is_out(&at(&other, &session)).await);
    // It was forgotten: nobody can say whether it is good.
    problem(&revoked.get("/api/ops/status/").await, 503);
    assert_eq!(kept.get("/api/ops/status/").await.status, 200);
}
