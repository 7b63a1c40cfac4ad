//! A pgbouncer with its default settings between the service and PostgreSQL, in both of its usual
//! modes, in each version that is here.

use std::path::Path;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::support::pgbouncer::{self, Pgbouncer};
use crate::support::postgres::Postgres;
use crate::support::sql::Sql;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Service, eventually};

struct Pooled {
    home: Home,
    postgres: Postgres,
    pooler: Pgbouncer,
}

impl Pooled {
    async fn by(program: &Path, settings: &[&str]) -> Self {
        let postgres = Postgres::start().await;
        let pooler = Pgbouncer::before(program, &postgres, settings).await;
        Self {
            home: Home::new(Database::Sqlite).await,
            postgres,
            pooler,
        }
    }

    async fn serve(&self, parameters: &str) -> Service {
        let url = format!("{}{parameters}", self.pooler.url("registry"));
        let ops = format!("{}{parameters}", self.pooler.url("ops"));
        let environment = [("DATABASE_URL", &*url), ("OPS_DATABASE_URL", &*ops)];
        let service = self.home.serve_with(&environment).await;
        service.until_ready().await;
        service
    }
}

/// Reads and writes side by side, so that transactions change sessions; each has to succeed.
async fn work(service: &Service, round: usize) {
    let writer = service.writer().await;
    let one = async |number: usize| {
        let body = json!({"id": format!("n-{round}-{number}"), "name": "n"});
        let made = writer.send_json(Method::POST, "/api/namespaces/", &body);
        let answer = made.await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let path = format!("/api/namespaces/n-{round}-{number}/");
        assert_eq!(service.http.get(&path).await.status, 200);
        let list = service.http.get("/api/agentcards/").await;
        assert_eq!(list.status, 200, "{}", list.body);
    };
    join_all((0..24).map(one)).await;
    assert_eq!(service.http.get("/health/ready/").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_mode_works_without_a_word_in_the_configuration() {
    for program in pgbouncer::programs() {
        for mode in ["pool_mode = session", "pool_mode = transaction"] {
            let pooled = Pooled::by(&program, &[mode]).await;
            let service = pooled.serve("").await;
            for round in 0..3 {
                work(&service, round).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_ours_stays_behind_in_the_sessions_that_are_pooled() {
    for program in pgbouncer::programs() {
        leave_no_trace(&program).await;
    }
}

async fn leave_no_trace(program: &Path) {
    let settings = ["pool_mode = transaction", "default_pool_size = 1"];
    let pooled = Pooled::by(program, &settings).await;
    let service = pooled.serve("?prepared_statements=false").await;
    for round in 0..2 {
        work(&service, round).await;
    }
    service.stop().await;
    // The only session that there is, as the next client finds it.
    let next = Sql::Postgres(pooled.pooler.url("registry"));
    for setting in ["statement_timeout", "lock_timeout"] {
        assert_eq!(next.lines(&format!("SHOW {setting}")).await, ["0"]);
    }
    // Those that the pooler prepares for its clients, this one among them, are its own.
    let statements = "SELECT CAST(COUNT(*) AS TEXT) AS line FROM pg_prepared_statements
        WHERE name NOT LIKE 'PGBOUNCER%'";
    assert_eq!(next.lines(statements).await, ["0"]);
    let locks = "SELECT CAST(COUNT(*) AS TEXT) AS line FROM pg_locks WHERE locktype = 'advisory'";
    assert_eq!(pooled.postgres.sql("registry").lines(locks).await, ["0"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_that_get_lost_are_given_up_and_the_log_names_the_parameter() {
    for program in pgbouncer::programs() {
        lose_statements(&program).await;
    }
}

async fn lose_statements(program: &Path) {
    // Such a pooler does not show: it takes the settings, and forgets them.
    let mut settings = vec![
        "pool_mode = transaction",
        "ignore_startup_parameters = options",
    ];
    settings.extend(pgbouncer::without_following_statements(program));
    let pooled = Pooled::by(program, &settings).await;
    let service = pooled.serve("").await;
    let read = async |_| {
        service
            .http
            .get("/api/namespaces/?page_size=3")
            .await
            .status
    };
    let named = |line: &serde_json::Value| line.to_string().contains("prepared_statements=false");
    eventually("the loss is told", SOON, async || {
        let statuses = join_all((0..40).map(read)).await;
        for status in &statuses {
            assert!([200, 503].contains(status), "{statuses:?}");
        }
        service
            .logs
            .lines("app.log")
            .iter()
            .any(named)
            .then_some(())
    })
    .await;
    // From then on nothing is lost.
    work(&service, 0).await;
}
