//! The monitor's own death: when nobody evaluated the rules, those who come back say so.

use serde_json::Value;

use crate::support::alerting::{self, TOLD, get, kinds, until_state};
use crate::support::sink::Sink;
use crate::support::{Database, Home, Http, Service, eventually};

/// The rule as it is built in, looked at more often than anybody has to wait for in life.
const RULES: &str = r#"version = 1

[notify]
group_wait = "0s"

[[rule]]
name = "evaluation-gap"
every = "1s"

[[rule]]
name = "disk"
enabled = false
"#;

const KIND: &str = "/api/ops/timeline/?kind=evaluation_gap";

async fn serve(home: &Home, sink: &Sink) -> (Service, Http) {
    let url = sink.url();
    alerting::serve(home, RULES, &[("ALERT_WEBHOOK_URL", &url)]).await
}

async fn gaps(session: &Http) -> Vec<Value> {
    let timeline = get(session, KIND).await;
    timeline["results"].as_array().unwrap().clone()
}

/// As if the service had ended so long ago.
async fn ended_before(home: &Home, minutes: u32) {
    let earlier = format!("UPDATE alert_engine SET until_ms = until_ms - {minutes} * 60000");
    home.ops_sql().execute(&earlier).await;
}

#[tokio::test]
async fn whoever_comes_back_after_minutes_says_that_nobody_evaluated() {
    let home = Home::new(Database::Sqlite).await;
    let sink = Sink::start().await;
    let (service, session) = serve(&home, &sink).await;
    until_state(&session, "evaluation-gap", "ok").await;
    service.stop().await;

    // A restart is nobody's business.
    let (service, session) = serve(&home, &sink).await;
    until_state(&session, "evaluation-gap", "ok").await;
    assert_eq!(gaps(&session).await, [] as [Value; 0]);
    service.kill().await;

    ended_before(&home, 3).await;
    let (service, session) = serve(&home, &sink).await;
    let noted = until_gaps(&session, 1).await;
    assert_eq!(
        noted[0]["title"],
        "Nobody evaluated the rules of alerts for 3 min"
    );
    assert_eq!(kinds(&sink), [""; 0]);
    service.stop().await;

    ended_before(&home, 20).await;
    let (_service, session) = serve(&home, &sink).await;
    let noted = until_gaps(&session, 2).await;
    assert_eq!(noted.len(), 2, "{noted:?}");
    assert_eq!(
        noted[0]["title"],
        "Nobody evaluated the rules of alerts for 20 min"
    );
    let told = sink.message("incident.opened", TOLD).await;
    let incident = &told.body["data"]["incident"];
    let title = incident["title"].as_str().unwrap();
    let when = noted[0]["detail"].as_str().unwrap();
    assert_eq!(title, format!("Nobody evaluated the rules ({when})"));
    assert_eq!(incident["severity"], "warning");
    assert_eq!(kinds(&sink), ["incident.opened"]);
}

async fn until_gaps(session: &Http, count: usize) -> Vec<Value> {
    eventually(&format!("{count} gaps are noted"), TOLD, async || {
        let found = gaps(session).await;
        (found.len() >= count).then_some(found)
    })
    .await
}
