//! What people say of error groups: by JSON and by form, kept in the desk's own store, and what comes of
//! it.

use std::fs;

use reqwest::Method;
use serde_json::{Value, json};

use crate::error_groups::{break_namespaces, fail, groups, until_grouped, until_written};
use crate::support::alerting::{TOLD, get};
use crate::support::html::text_of;
use crate::support::json::utc;
use crate::support::postgres::Postgres;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, Service, eventually};

on_both_databases![
    a_resolved_group_opens_by_itself_and_says_since_when,
    a_muted_group_is_counted_and_tells_nobody,
];

/// Looked at more often than anybody has to wait for in life.
const QUICK: &str = "version = 1\n[[rule]]\nname = \"new-errors\"\nevery = \"1s\"\n";

/// Where the desk's own store is: of the same kind as the registry's database.
fn store(home: &Home) -> Vec<(&'static str, String)> {
    let postgres = home.postgres.iter();
    let url = postgres.map(|postgres| ("OPS_DATABASE_URL", postgres.url("ops")));
    url.collect()
}

fn borrowed<'a>(environment: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    let pairs = environment.iter();
    pairs.map(|(name, value)| (*name, value.as_str())).collect()
}

async fn started(home: &Home) -> Service {
    let service = home.serve_with(&borrowed(&store(home))).await;
    service.until_ready().await;
    service
}

/// With a group of two errors, and the path of what is asked of it.
async fn with_a_group(home: &Home) -> (Service, Http, String) {
    let service = started(home).await;
    let session = service.signed_in().await.same_origin();
    break_namespaces(home).await;
    fail(&service, "/api/namespaces/", 2).await;
    let found = until_grouped(&session, 2).await;
    let id = found["groups"][0]["id"].as_str().unwrap().to_owned();
    (service, session, format!("/api/ops/errors/{id}/"))
}

/// Of its page.
fn page_of(path: &str) -> String {
    path.replace("/api/ops/", "/admin/")
}

async fn say(session: &Http, path: &str, body: Value) -> Value {
    let answer = session.send_json(Method::POST, path, &body).await;
    assert!(
        matches!(answer.status, 200 | 201),
        "{path}: {}",
        answer.body
    );
    answer.json()
}

fn kinds(report: &Value) -> Vec<&str> {
    let entries = report["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| entry["kind"].as_str().unwrap())
        .collect()
}

async fn a_resolved_group_opens_by_itself_and_says_since_when(database: Database) {
    let home = Home::new(database).await;
    let (service, session, path) = with_a_group(&home).await;
    let fresh = get(&session, &path).await;
    let group = &fresh["group"];
    assert_eq!(
        (&group["care"], &group["novelty"]),
        (&json!("open"), &json!("new"))
    );
    assert_eq!(group["activity"], "ongoing");
    let version = group["first_version"].as_str().unwrap().to_owned();
    assert_eq!(group["last_version"], version.as_str());

    let resolve = format!("{path}resolve/");
    let report = say(&session, &resolve, json!({"reason": "the column is back"})).await;
    assert_eq!(report["group"]["care"], "resolved");
    assert_eq!(report["group"]["said"]["by"], "admin");
    assert_eq!(report["group"]["said"]["reason"], "the column is back");
    // Counted on, and not among the failures.
    assert_eq!(groups(&session).await["groups"][0]["care"], "resolved");
    let first = session.get("/admin/system-status/?period=1h").await.body;
    assert_eq!(text_of(&first, "group-count"), None);

    // It is what the store says: another process knows it, too.
    assert_eq!(service.stop().await.code(), 0);
    let service = started(&home).await;
    let session = service.signed_in().await.same_origin();
    assert_eq!(get(&session, &path).await["group"]["care"], "resolved");

    fail(&service, "/api/namespaces/", 1).await;
    let report = eventually("it is back", SOON, async || {
        let report = get(&session, &path).await;
        (report["group"]["back_version"].is_string()).then_some(report)
    })
    .await;
    let group = &report["group"];
    assert_eq!(
        (&group["care"], &group["novelty"]),
        (&json!("open"), &json!("back"))
    );
    assert_eq!(group["back_since"], group["last_seen"]);
    assert!(utc(&group["said"]["at"]) < utc(&group["back_since"]));
    assert_eq!(group["back_version"], version.as_str());
    assert_eq!(kinds(&report), ["back", "resolved"]);
    let page = session.get(&page_of(&path)).await.body;
    assert!(page.contains("data-testid=\"group-back\""), "{page}");

    let reopened = session.send(Method::DELETE, &resolve).await.json();
    assert_eq!(reopened["group"]["said"], Value::Null);
    assert_eq!(reopened["group"]["back_since"], Value::Null);
    assert_eq!(kinds(&reopened), ["reopened", "back", "resolved"]);
}

async fn a_muted_group_is_counted_and_tells_nobody(database: Database) {
    let home = Home::new(database).await;
    fs::write(home.path("alerts.toml"), QUICK).unwrap();
    let mut environment = store(&home);
    environment.push(("ALERTS_FILE", "alerts.toml".to_owned()));
    // Who signs in before there are users leaves an error of their own.
    let service = home.serve_with(&borrowed(&environment)).await;
    service.until_ready().await;
    let session = service.signed_in().await.same_origin();
    let ops = match &home.postgres {
        None => home.ops_sql(),
        Some(postgres) => postgres.sql("ops"),
    };
    break_namespaces(&home).await;
    // Of what nothing in the background asks for.
    let schemas = "ALTER TABLE schemas RENAME COLUMN description TO elsewhere";
    home.sql().execute(schemas).await;
    fail(&service, "/api/namespaces/", 3).await;
    fail(&service, "/api/schemas/", 2).await;
    let found = until_grouped(&session, 5).await;
    until_written(&ops, "5").await;
    let id = |at: usize| found["groups"][at]["id"].as_str().unwrap().to_owned();
    let (muted, open) = (id(0), id(1));
    until_told(&session, "error_new", &open).await;

    let mute = format!("/api/ops/errors/{muted}/mute/");
    let report = say(&session, &mute, json!({"reason": "known", "lasts": "30d"})).await;
    assert_eq!(report["group"]["care"], "muted");
    let until = utc(&report["group"]["said"]["until"]);
    assert!(until > utc(&report["group"]["said"]["at"]));
    // As if both had been quiet for eight days.
    let long_ago = "UPDATE error_groups SET first_ms = first_ms - 691200000, \
                    last_ms = last_ms - 691200000";
    ops.execute(long_ago).await;
    fail(&service, "/api/namespaces/", 1).await;
    until_grouped(&session, 6).await;
    until_written(&ops, "6").await;
    fail(&service, "/api/schemas/", 1).await;
    until_told(&session, "error_regressed", &open).await;
    let told = told(&session, "error_regressed").await;
    assert!(
        !told.contains(&format!("/admin/errors/{muted}/")),
        "{told:?}"
    );

    let found = until_grouped(&session, 7).await;
    let group = found["groups"].as_array().unwrap().iter();
    let group = group
        .clone()
        .find(|group| group["id"] == muted.as_str())
        .unwrap();
    assert_eq!(
        (&group["care"], &group["errors"]),
        (&json!("muted"), &json!(4))
    );
    let first = session.get("/admin/system-status/?period=1h").await.body;
    assert!(first.contains("groups-put-aside") && first.contains(&open));
    assert!(!first.contains(&muted), "{first}");
    let list = session.get("/admin/errors/?show=all").await.body;
    assert!(list.contains(&muted), "{list}");
    let report = session.send(Method::DELETE, &mute).await.json();
    assert_eq!(report["group"]["care"], "open");
}

/// Where the timeline's entries of this kind lead.
async fn told(session: &Http, kind: &str) -> Vec<String> {
    let timeline = get(session, &format!("/api/ops/timeline/?kind={kind}")).await;
    let results = timeline["results"].as_array().unwrap().iter();
    results
        .map(|entry| entry["url"].as_str().unwrap().to_owned())
        .collect()
}

async fn until_told(session: &Http, kind: &str, id: &str) {
    let url = format!("/admin/errors/{id}/");
    eventually(&format!("{kind} of {id} is told"), TOLD, async || {
        told(session, kind).await.contains(&url).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_forms_do_the_same_and_an_empty_reason_is_said_beside_its_field() {
    let home = Home::new(Database::Sqlite).await;
    let (service, session, path) = with_a_group(&home).await;
    let page = page_of(&path);
    for (form, field) in [("mute", "reason"), ("notes", "text")] {
        let refused = session
            .post(&format!("{page}{form}/"), &[(field, "  ")])
            .await;
        assert_eq!(refused.status, 400, "{form}");
        let mistake = format!("id=\"{form}-{field}-mistake\"");
        assert!(refused.body.contains(&mistake), "{}", refused.body);
        assert!(refused.body.contains("data-testid=\"group-title\""));
        assert!(refused.header("content-security-policy").contains("nonce-"));
    }
    let lasts = [("reason", "kept"), ("lasts", "never")];
    let refused = session.post(&format!("{page}mute/"), &lasts).await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.body.contains("value=\"kept\""),
        "typed once is enough"
    );
    assert_eq!(kinds(&get(&session, &path).await), [""; 0]);
    // A page that was refused is drawn anew where it belongs.
    let again = session.get(&format!("{page}mute/")).await;
    assert_eq!((again.status, again.location()), (302, page.as_str()));

    for (form, fields) in [
        ("mute", &[("reason", "known"), ("lasts", "7d")][..]),
        ("unmute", &[][..]),
        ("notes", &[("text", "see *the ticket*")][..]),
        ("resolve", &[][..]),
        ("reopen", &[][..]),
    ] {
        let sent = session.post(&format!("{page}{form}/"), fields).await;
        assert_eq!(
            (sent.status, sent.location()),
            (303, page.as_str()),
            "{form}"
        );
    }
    let report = get(&session, &path).await;
    assert_eq!(
        kinds(&report),
        ["reopened", "resolved", "note", "unmuted", "muted"]
    );
    let shown = session.get(&page).await.body;
    assert!(shown.contains("<em>the ticket</em>"), "{shown}");
    let audit = session.get("/admin/audit/").await.body;
    for action in ["mute", "unmute", "note", "resolve", "reopen"] {
        assert!(audit.contains(action), "{action} in {audit}");
    }
    assert!(audit.contains("error_group"));

    let foreign = service.http.with("cookie", session.cookie());
    let refused = foreign.post(&format!("{page}resolve/"), &[]).await;
    assert_eq!(refused.status, 403);
    let stranger = service.http.post(&format!("{page}resolve/"), &[]).await;
    assert_eq!(stranger.status, 302);
    let wrong = session.send(Method::PUT, &format!("{page}resolve/")).await;
    assert_eq!(wrong.status, 405);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_named_and_what_is_not_there_is_not_found() {
    let home = Home::new(Database::Sqlite).await;
    let (service, session, path) = with_a_group(&home).await;
    for (action, body, field) in [
        ("mute", json!({}), "reason"),
        (
            "mute",
            json!({"reason": "a", "until": "2001-01-01T00:00:00Z"}),
            "until",
        ),
        ("mute", json!({"reason": "a", "lasts": "9999d"}), "lasts"),
        (
            "mute",
            json!({"reason": "a", "lasts": "1d", "until": "x"}),
            "until",
        ),
        ("notes", json!({"text": " "}), "text"),
        ("resolve", json!({"why": "a"}), "body"),
    ] {
        let answer = session
            .send_json(Method::POST, &format!("{path}{action}/"), &body)
            .await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert_eq!(answer.json()["errors"][0]["field"], field, "{body}");
    }
    let unknown = "/api/ops/errors/0000000000000000/";
    assert_eq!(session.get(unknown).await.status, 404);
    assert_eq!(
        session.get("/admin/errors/0000000000000000/").await.status,
        404
    );
    let body = json!({"reason": "a"});
    for action in ["resolve", "mute"] {
        let path = format!("{unknown}{action}/");
        assert_eq!(
            session.send_json(Method::POST, &path, &body).await.status,
            404
        );
    }
    let form = session
        .post("/admin/errors/0000000000000000/resolve/", &[])
        .await;
    assert_eq!(form.status, 404);
    assert_eq!(session.get(&format!("{path}?period=2h")).await.status, 400);
    assert_eq!(service.http.get(&path).await.status, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_call_resolves_and_mutes_while_the_database_is_away_and_reads_without_the_store() {
    let mut home = Home::on(Some(Postgres::start().await));
    let mut ops = Postgres::start().await;
    let url = ops.url("ops");
    let service = home.serve_with(&[("OPS_DATABASE_URL", &url)]).await;
    service.until_ready().await;
    let session = service.signed_in().await.same_origin();
    break_namespaces(&home).await;
    fail(&service, "/api/namespaces/", 2).await;
    let found = until_grouped(&session, 2).await;
    let id = found["groups"][0]["id"].as_str().unwrap();
    let (path, page) = (
        format!("/api/ops/errors/{id}/"),
        format!("/admin/errors/{id}/"),
    );
    eventually("the desk's own store knows the session", SOON, async || {
        (ops.sql("ops").count("known_sessions").await == 1).then_some(())
    })
    .await;
    home.postgres().stop().await;
    eventually("the failure is seen", SOON, async || {
        (service.http.get("/health/ready/").await.status == 503).then_some(())
    })
    .await;

    let mute = [("reason", "known")];
    let muted = session.post(&format!("{page}mute/"), &mute).await;
    assert_eq!(muted.status, 303, "{}", muted.body);
    let report = say(&session, &format!("{path}resolve/"), json!({})).await;
    assert_eq!(report["group"]["care"], "resolved");
    let note = session
        .post(&format!("{page}notes/"), &[("text", "later")])
        .await;
    assert_eq!(note.status, 503);

    ops.stop().await;
    eventually("it is noticed", SOON, async || {
        groups(&session).await["error"].is_string().then_some(())
    })
    .await;
    let shown = session.get(&page).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    assert!(
        shown.body.contains("data-testid=\"store-error\""),
        "{}",
        shown.body
    );
    for action in ["resolve", "mute"] {
        let refused = session.post(&format!("{page}{action}/"), &mute).await;
        assert_eq!(refused.status, 503, "{action}");
    }
}
