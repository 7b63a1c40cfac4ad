//! Alerts, incidents and notices: from a real fault to a message, and back.

use reqwest::Method;
use serde_json::json;

use crate::support::alerting::{
    self, TOLD, get, kinds, no_secret_anywhere, open_incident, until_good,
};
use crate::support::sink::Sink;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, Service, eventually};

/// The built-in rules, looked at more often than anybody has to wait for in life.
const QUICK: &str = r#"version = 1

[notify]
group_wait = "1s"

[[rule]]
name = "database"
every = "1s"
for_count = 2

[[rule]]
name = "readiness"
every = "1s"
for_count = 2

# How full this machine's disk is, is its own affair.
[[rule]]
name = "disk"
enabled = false
"#;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

async fn serve(home: &Home, sink: &Sink) -> (Service, Http) {
    let url = sink.url();
    let environment = [
        ("ALERT_WEBHOOK_URL", url.as_str()),
        ("ALERT_WEBHOOK_SECRET", SECRET),
        ("PUBLIC_URL", "https://desk.example"),
    ];
    alerting::serve(home, QUICK, &environment).await
}

#[tokio::test]
async fn a_lost_database_is_told_once_taken_and_its_return_told_once() {
    let mut home = Home::new(Database::Postgres).await;
    let sink = Sink::start().await;
    let (_service, session) = serve(&home, &sink).await;
    until_good(&session, "database").await;
    until_good(&session, "readiness").await;

    home.postgres().stop().await;
    let opened = sink.message("incident.opened", TOLD).await;
    let signature = opened.signature.clone();
    assert!(signature.is_some_and(|it| it.starts_with("v1,")));
    let data = &opened.body["data"];
    assert_eq!(data["incident"]["title"], "Database is unavailable");
    assert_eq!(data["incident"]["state"], "open");
    let id = data["incident"]["id"].as_str().unwrap().to_owned();
    let url = format!("https://desk.example/admin/incidents/{id}/");
    assert_eq!(data["incident"]["url"], url);
    assert_eq!(data["alerts"][0]["rule"], "database");
    assert_eq!(data["evidence"]["database"]["connection"], "failed");

    let incident = open_incident(&session).await;
    assert_eq!(incident["id"], id);
    assert_eq!(incident["severity"], "critical");
    let path = format!("/api/ops/incidents/{id}/");
    eventually("readiness has joined as a consequence", TOLD, async || {
        let report = get(&session, &path).await;
        let alerts = report["alerts"].as_array().unwrap().clone();
        let follower = alerts.into_iter().find(|it| it["rule"] == "readiness")?;
        assert_eq!(follower["suppressed_by"], "database", "{follower}");
        Some(())
    })
    .await;

    // With the database of users away, who is known may take it, and write nothing else.
    let taken = json!({"reason": "on it"});
    let answer = session
        .send_json(Method::POST, &format!("{path}acknowledge/"), &taken)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["acknowledged"]["reason"], "on it");
    let page = session.get(&format!("/admin/incidents/{id}/")).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Database is unavailable"));

    home.postgres().come_up().await;
    let resolved = sink.message("incident.resolved", TOLD).await;
    assert_eq!(resolved.body["data"]["incident"]["id"], id);
    assert_eq!(resolved.body["data"]["incident"]["ended_by"], "resolved");
    assert_eq!(kinds(&sink), ["incident.opened", "incident.resolved"]);
    assert_ne!(opened.id, resolved.id, "each has an id of its own");

    let report = get(&session, &path).await;
    assert_eq!(report["state"], "closed");
    assert!(report["evidence"]["version"]["version"].is_string());
    let kinds: Vec<&str> = report["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap())
        .collect();
    for kind in ["incident_opened", "acknowledged", "incident_closed"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    eventually("both notices are written down as sent", SOON, async || {
        let report = get(&session, &path).await;
        let notices = report["notices"].as_array().unwrap().clone();
        let sent = notices.iter().filter(|it| it["state"] == "sent").count();
        (sent == 2).then_some(())
    })
    .await;
    let report = session.get(&format!("{path}report/")).await;
    assert!(report.header("content-type").starts_with("text/markdown"));
    assert!(
        report.body.starts_with("# Database is unavailable"),
        "{}",
        report.body
    );
    let timeline = get(&session, "/api/ops/timeline/?kind=incident_opened").await;
    assert_eq!(timeline["results"][0]["incident_id"], id);
    no_secret_anywhere(&home, &session, &[&sink]).await;
}

#[tokio::test]
async fn what_a_channel_does_not_take_is_told_when_it_does_also_after_a_kill() {
    let mut home = Home::new(Database::Postgres).await;
    let sink = Sink::start().await;
    sink.answer(503);
    let (service, session) = serve(&home, &sink).await;
    until_good(&session, "database").await;
    home.postgres().stop().await;
    let id = open_incident(&session).await["id"].clone();
    eventually("a try has failed", TOLD, async || {
        let channels = get(&session, "/api/ops/channels/").await;
        let channel = channels["results"][0].clone();
        (channel["queued"] == 1 && channel["last_error"].is_string()).then_some(())
    })
    .await;
    service.kill().await;
    // As if the kill had come between the channel's answer and its record.
    let claim = "UPDATE notices SET claimed_until_ms = (unixepoch() + 55) * 1000";
    home.ops_sql().execute(claim).await;
    // Before the next start: each try that fails makes the pause before the next one longer.
    sink.answer(200);

    let url = sink.url();
    let again = home
        .serve_with(&[
            ("ALERTS_FILE", "alerts.toml"),
            ("ALERT_WEBHOOK_URL", &url),
            ("ALERT_WEBHOOK_SECRET", SECRET),
        ])
        .await;
    let opened = sink.message("incident.opened", TOLD / 2).await;
    assert_eq!(opened.body["data"]["incident"]["id"], id);
    home.postgres().come_up().await;
    let resolved = sink.message("incident.resolved", TOLD).await;
    assert_eq!(resolved.body["data"]["incident"]["id"], id);
    assert_eq!(kinds(&sink), ["incident.opened", "incident.resolved"]);
    drop(again);
}

on_both_databases![people_silence_ask_for_quiet_test_channels_and_try_rules];

/// "I had typed all of it, and it was gone."
#[tokio::test]
async fn a_form_that_is_refused_comes_back_with_all_that_was_typed() {
    let home = Home::new(Database::Sqlite).await;
    let sink = Sink::start().await;
    let (_service, session) = serve(&home, &sink).await;
    let page = "/admin/alerts/";
    let silence = [
        ("subject", "logs"),
        ("severity", "warning"),
        ("reason", "known since noon"),
        ("duration", "never"),
    ];
    let refused = session.post(&format!("{page}silences/"), &silence).await;
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("id=\"silences-duration-mistake\""));
    for kept in ["value=\"logs\"", "value=\"known since noon\""] {
        assert!(refused.body.contains(kept), "{kept} in {}", refused.body);
    }
    let quiet = [("minutes", "0"), ("reason", "a drill")];
    let refused = session.post(&format!("{page}quiet/"), &quiet).await;
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("id=\"quiet-minutes-mistake\""));
    assert!(refused.body.contains("value=\"a drill\""));
    let again = session.get(&format!("{page}quiet/")).await;
    assert_eq!((again.status, again.location()), (302, page));

    let silence = [("subject", "logs"), ("reason", "known"), ("duration", "1h")];
    let made = session.post(&format!("{page}silences/"), &silence).await;
    assert_eq!((made.status, made.location()), (303, page));
    let tested = session
        .post(&format!("{page}channels/test/"), &[("name", "webhook")])
        .await;
    assert_eq!(tested.status, 303);
    let shown = tested.location();
    assert!(
        shown.starts_with(page) && shown.contains("delivered=true"),
        "{shown}"
    );
    let unknown = session
        .post(&format!("{page}channels/test/"), &[("name", "nobody")])
        .await;
    assert_eq!(unknown.status, 404);
}

async fn people_silence_ask_for_quiet_test_channels_and_try_rules(database: Database) {
    let home = Home::new(database).await;
    let sink = Sink::start().await;
    let (service, session) = serve(&home, &sink).await;

    let alerts = get(&session, "/api/ops/alerts/").await;
    let rules = alerts["rules"].as_array().unwrap();
    let of = |name: &str| rules.iter().find(|rule| rule["name"] == name).unwrap();
    assert_eq!(of("disk")["state"], "disabled");
    assert_eq!(of("disk")["source"], "file");
    assert_eq!(of("slow-p95")["source"], "built-in");
    assert_eq!(of("slow-p95")["threshold"], 1000.0);

    let path = "/api/ops/silences/";
    for (body, field) in [
        (
            json!({"matchers": {"rule": "slow-p95"}, "duration_seconds": 60}),
            "reason",
        ),
        (
            json!({"matchers": {}, "reason": "x", "duration_seconds": 60}),
            "matchers",
        ),
        (
            json!({"matchers": {"rule": "nosuch"}, "reason": "x", "duration_seconds": 60}),
            "rule",
        ),
        (
            json!({"matchers": {"rule": "slow-p95"}, "reason": "x"}),
            "until",
        ),
        (
            json!({"matchers": {"rule": "slow-p95"}, "reason": "x", "duration_seconds": 604_801}),
            "until",
        ),
        (
            json!({"matchers": {"rul": "slow-p95"}, "reason": "x"}),
            "body",
        ),
    ] {
        let answer = session.send_json(Method::POST, path, &body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert_eq!(
            answer.json()["errors"][0]["field"],
            field,
            "{}",
            answer.body
        );
    }
    let body = json!({"matchers": {"rule": "slow-p95"}, "reason": "known", "until_end": true});
    let made = session.send_json(Method::POST, path, &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let silence = made.location().to_owned();
    let listed = get(&session, path).await;
    assert_eq!(listed["results"][0]["reason"], "known");
    assert_eq!(listed["results"][0]["is_active"], true);
    assert_eq!(session.send(Method::DELETE, &silence).await.status, 204);
    assert_eq!(session.send(Method::DELETE, &silence).await.status, 404);

    let quiet = "/api/ops/quiet/";
    let none = session
        .send_json(Method::POST, quiet, &json!({"duration_seconds": 60}))
        .await;
    assert_eq!(none.status, 400);
    let body = json!({"duration_seconds": 60, "reason": "deploying"});
    let made = session.send_json(Method::POST, quiet, &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(session.send(Method::DELETE, quiet).await.status, 204);

    let tested = "/api/ops/channels/webhook/test/";
    let answer = session.send(Method::POST, tested).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["delivered"], true);
    assert_eq!(sink.received()[0].body["type"], "channel.test");
    sink.answer(500);
    let answer = session.send(Method::POST, tested).await;
    assert_eq!(answer.json()["delivered"], false);
    assert_eq!(answer.json()["status"], 500);
    let unknown = session
        .send(Method::POST, "/api/ops/channels/x/test/")
        .await;
    assert_eq!(unknown.status, 404);

    let preview = "/api/ops/alerts/preview/";
    let text = "[[rule]]\nname = \"busy\"\nexpr = \"requests(1m) > 1000000\"";
    let body = json!({"rule": text, "since": "24h"});
    let answer = session.send_json(Method::POST, preview, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["replayable"], true);
    assert_eq!(answer.json()["episodes"], json!([]));
    let body = json!({"rule": "[[rule]]\nname = \"x\"\nexpr = \"nosuch > 1\"", "since": "24h"});
    let answer = session.send_json(Method::POST, preview, &body).await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("nosuch"), "{}", answer.body);

    let timeline = "/api/ops/timeline/";
    let body = json!({"kind": "deploy", "title": "v42", "detail": "by CI"});
    let answer = session.send_json(Method::POST, timeline, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let found = get(&session, "/api/ops/timeline/?kind=deploy&kind=silence").await;
    let titles: Vec<&str> = found["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles[0], "Deployed: v42");
    assert_eq!(titles.len(), 3, "{titles:?}");
    assert_eq!(
        session.get("/api/ops/timeline/?kind=nosuch").await.status,
        400
    );

    for path in ["/api/ops/alerts/", "/api/ops/incidents/", timeline, path] {
        assert_eq!(service.http.get(path).await.status, 401, "{path}");
    }
    let stranger = service.http.send_json(Method::POST, quiet, &body).await;
    assert_eq!(stranger.status, 401);
    let foreign = service
        .signed_in()
        .await
        .send_json(Method::POST, quiet, &body)
        .await;
    assert_eq!(foreign.status, 403);
}
