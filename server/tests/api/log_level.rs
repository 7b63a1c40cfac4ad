//! The log level at run time.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::wait::SOON;
use crate::support::{Answer, Database, Home, Http, USERNAME, eventually};

async fn put(http: &Http, body: &str) -> Answer {
    let http = http.with("content-type", "application/json");
    http.send_body(Method::PUT, "/api/ops/log-level/", body.to_owned())
        .await
}

async fn level(staff: &Http) -> Value {
    let answer = staff.get("/api/ops/log-level/").await;
    assert_eq!(answer.status, 200);
    answer.json()
}

#[tokio::test]
async fn the_level_is_raised_for_a_while_and_comes_back_by_itself() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await.same_origin();
    let configured =
        json!({"directives": "info", "configured": "info", "until": null, "changed_by": null});
    assert_eq!(level(&staff).await, configured);

    let answer = put(&staff, r#"{"directives":"debug","duration_seconds":5}"#).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let raised = answer.json();
    assert_eq!(raised["directives"], "debug");
    assert_eq!(raised["changed_by"], USERNAME);
    assert!(raised["until"].is_string());
    // Probes are logged at DEBUG only.
    service
        .http
        .with("x-request-id", "probe")
        .get("/health/")
        .await;
    service
        .logs
        .line("app.log", |line| {
            line["request_id"] == "probe" && line["level"] == "DEBUG"
        })
        .await;
    let change = service
        .logs
        .line("error.log", |line| line["changed_by"] == USERNAME)
        .await;
    assert_eq!(change["directives"], "debug");
    assert_eq!(change["duration_seconds"], 5);

    eventually("the level is back", SOON, async || {
        (level(&staff).await == configured).then_some(())
    })
    .await;
    service
        .http
        .with("x-request-id", "later")
        .get("/health/")
        .await;
    service
        .http
        .with("x-request-id", "end")
        .get("/nowhere/")
        .await;
    service.logs.access("end").await;
    let lines = service.logs.lines("app.log");
    assert!(lines.iter().all(|line| line["request_id"] != "later"));
}

#[tokio::test]
async fn without_a_duration_it_lasts_a_quarter_of_an_hour() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await.same_origin();
    let answer = put(&staff, r#"{"directives":"info,server=trace"}"#).await;
    let until = chrono::DateTime::parse_from_rfc3339(answer.json()["until"].as_str().unwrap());
    let left = until.unwrap().signed_duration_since(chrono::Utc::now());
    let left = left.to_std().unwrap();
    let quarter = Duration::from_secs(900);
    assert!(left <= quarter && left > quarter - SOON, "{left:?}");
}

#[tokio::test]
async fn the_form_does_the_same_and_leads_back() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await.same_origin();
    let send = async |fields: &[(&str, &str)]| staff.post("/admin/log-level/", fields).await;
    let next = ("next", "/admin/logs/?file=error");
    let answer = send(&[("directives", "debug"), ("minutes", "1"), next]).await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/admin/logs/?file=error")
    );
    assert_eq!(level(&staff).await["directives"], "debug");
    // Zero minutes: back at once, whatever else the form says.
    let answer = send(&[
        ("directives", "debug"),
        ("minutes", "0"),
        ("next", "//evil.example"),
    ])
    .await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/admin/system-status/")
    );
    let level = level(&staff).await;
    assert_eq!(
        (&level["directives"], &level["until"]),
        (&json!("info"), &Value::Null)
    );
}

#[tokio::test]
async fn directives_that_make_no_sense_come_back_with_the_reason_beside_them() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await.same_origin();
    for given in ["loud<b>", "info,server=loud", " "] {
        let form = [("directives", given), ("minutes", "1")];
        let answer = staff.post("/admin/log-level/", &form).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let page = staff.get(answer.location()).await;
        assert_eq!(page.status, 200);
        let (_, field) = page.body.split_once("id=\"log-level-directives\"").unwrap();
        let (field, rest) = field.split_once("</div>").unwrap();
        assert!(
            field.contains(&format!(
                "value=\"{}\"",
                given.replace('<', "&lt;").replace('>', "&gt;")
            )),
            "{field}"
        );
        assert!(field.contains("aria-invalid=\"true\""), "{field}");
        assert!(field.contains("the level is as it was"), "{field}");
        assert!(rest.contains("minutes"));
    }
    assert_eq!(level(&staff).await["directives"], "info");
}

#[tokio::test]
async fn a_change_that_makes_no_sense_is_refused_and_named() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await.same_origin();
    for (body, field) in [
        ("", "body"),
        ("[]", "body"),
        ("{}", "body"),
        (r#"{"directives":"debug","seconds":5}"#, "body"),
        (r#"{"directives":"loud"}"#, "directives"),
        (r#"{"directives":" "}"#, "directives"),
        (
            r#"{"directives":"debug","duration_seconds":0}"#,
            "duration_seconds",
        ),
        (
            r#"{"directives":"debug","duration_seconds":86401}"#,
            "duration_seconds",
        ),
    ] {
        let answer = put(&staff, body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.json()["errors"][0]["field"], field, "{body}");
    }
    assert!(level(&staff).await["until"].is_null());
}

#[tokio::test]
async fn only_staff_on_our_own_pages_may_change_it() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let staff = service.signed_in().await;
    let body = r#"{"directives":"debug"}"#;
    assert_eq!(put(&service.http.same_origin(), body).await.status, 401);
    assert_eq!(put(&staff, body).await.status, 403);
    let foreign = staff.with("sec-fetch-site", "cross-site");
    assert_eq!(put(&foreign, body).await.status, 403);
    let form = foreign
        .post("/admin/log-level/", &[("directives", "debug")])
        .await;
    assert_eq!(form.status, 403);
    assert!(level(&staff).await["until"].is_null());
    let answer = staff.send(Method::DELETE, "/api/ops/log-level/").await;
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, "GET, HEAD, PUT")
    );
}
