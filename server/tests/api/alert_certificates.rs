//! A certificate of a dependency that runs out: told while there is time.

use std::fs;

use crate::support::alerting::{TOLD, open_incident, rule, serve, until_good};
use crate::support::sink::Sink;
use crate::support::tls_server::TlsServer;
use crate::support::{Database, Home};

const RULES: &str = r#"version = 1

[notify]
group_wait = "0s"

[[rule]]
name = "certificate"
every = "1s"

[[rule]]
name = "disk"
enabled = false
"#;

#[tokio::test]
async fn a_certificate_that_runs_out_is_told_and_so_is_the_new_one() {
    let home = Home::new(Database::Sqlite).await;
    let server = TlsServer::start(90);
    fs::write(home.path("ca.pem"), &server.authority).unwrap();
    let authority = home.path("ca.pem");
    let sink = Sink::start().await;
    let (url, dependency) = (sink.url(), format!("billing=https://{}/", server.address));
    let (_service, session) = serve(
        &home,
        RULES,
        &[
            ("ALERT_WEBHOOK_URL", &url),
            ("READY_DEPENDENCIES", &dependency),
            ("SSL_CERT_FILE", authority.to_str().unwrap()),
        ],
    )
    .await;
    until_good(&session, "certificate").await;
    let known = rule(&session, "certificate").await;
    let left = known["alerts"][0]["value"].as_f64().unwrap();
    assert!((89.0..=90.1).contains(&left), "{known}");

    server.expires_in(5);
    let opened = sink.message("incident.opened", TOLD).await;
    let alert = &opened.body["data"]["alerts"][0];
    assert_eq!(alert["rule"], "certificate");
    assert_eq!(alert["subject"], "billing");
    assert_eq!(alert["threshold"], 14.0);
    assert!(
        (4.9..=5.1).contains(&alert["value"].as_f64().unwrap()),
        "{alert}"
    );
    let incident = open_incident(&session).await;
    let title = incident["title"].as_str().unwrap();
    assert!(title.contains("billing"), "{title}");

    server.expires_in(90);
    let resolved = sink.message("incident.resolved", TOLD).await;
    assert_eq!(resolved.body["data"]["incident"]["id"], incident["id"]);
}
