//! Real programs at the other end of a channel: Alertmanager, and a mail server that wants STARTTLS and
//! a password.

use std::fs;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};

use crate::support::alerting::{self, BILLING, Dependency, TOLD, until_good, until_sent};
use crate::support::alertmanager::Alertmanager;
use crate::support::mail_server::{MailServer, headers};
use crate::support::{Database, Home, eventually};

const PASSWORD: &str = "p@ss/w rd";

/// What it is not told again it takes for resolved, and what it was told it forgets when it restarts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alertmanager_is_told_told_again_and_told_the_end() {
    let home = Home::new(Database::Sqlite).await;
    let billing = Dependency::start();
    let mut peer = Alertmanager::start().await;
    let rules = format!(
        "{BILLING}\n[[channel]]\nname = \"am\"\nkind = \"alertmanager\"\nurl_env = \"AM_URL\"\n"
    );
    let (url, dependencies) = (peer.url(), billing.variable());
    let environment = [
        ("READY_DEPENDENCIES", dependencies.as_str()),
        ("AM_URL", &url),
        ("PUBLIC_URL", "https://desk.example"),
    ];
    let (_service, session) = alerting::serve(&home, &rules, &environment).await;
    until_good(&session, "billing").await;

    billing.go_away();
    let alert = eventually("Alertmanager has it", TOLD, async || {
        peer.alerts().await.first().cloned()
    })
    .await;
    assert_eq!(alert["status"]["state"], "active", "{alert}");
    let labels = &alert["labels"];
    assert_eq!(labels["alertname"], "billing", "{alert}");
    assert_eq!(labels["service"], "agent-source-db", "{alert}");
    assert_eq!(labels["severity"], "warning", "{alert}");
    let page = alert["generatorURL"].as_str().unwrap();
    assert!(
        page.starts_with("https://desk.example/admin/incidents/"),
        "{page}"
    );
    let found = peer.asked_by_amtool("alertname=billing");
    assert_eq!(found[0]["fingerprint"], alert["fingerprint"]);

    // It is sent again each minute.
    peer.replace().await;
    let again = eventually("Alertmanager has it again", 2 * TOLD, async || {
        peer.alerts().await.first().cloned()
    })
    .await;
    assert_eq!(again["fingerprint"], alert["fingerprint"]);
    assert_eq!(again["startsAt"], alert["startsAt"]);

    // It would go on for minutes if nobody said that it has ended.
    billing.come_up();
    eventually("Alertmanager knows of the end", TOLD, async || {
        peer.alerts().await.is_empty().then_some(())
    })
    .await;
}

/// A certificate for `127.0.0.1`, its key, and in `ca.pem` the authority that stands for it.
fn certificates(home: &Home) {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    for (name, text) in [
        ("ca.pem", authority),
        ("mail.pem", certificate.pem()),
        ("mail.key", key.serialize_pem()),
    ] {
        fs::write(home.path(name), text).unwrap();
    }
}

/// "Which of all these alerts did this `resolved` end?"
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mails_of_an_incident_are_one_thread_on_a_server_that_wants_tls_and_a_password() {
    let home = Home::new(Database::Sqlite).await;
    certificates(&home);
    let billing = Dependency::start();
    let path = |name: &str| home.path(name).display().to_string();
    let mut server = MailServer::start(&json!({
        "cert": path("mail.pem"),
        "key": path("mail.key"),
        "user": "desk@example.org",
        "password": PASSWORD,
    }));
    let signed_in = "smtp://desk%40example.org:p%40ss%2Fw%20rd@";
    let url = server.url().replace("smtp://", signed_in);
    let url = url.trim_end_matches("?tls=none");
    let (dependencies, authority) = (billing.variable(), path("ca.pem"));
    let environment = [
        ("READY_DEPENDENCIES", dependencies.as_str()),
        ("SMTP_URL", url),
        ("SSL_CERT_FILE", &authority),
        ("ALERT_EMAIL_FROM", "Desk <desk@example.org>"),
        ("ALERT_EMAIL_TO", "oncall@example.org"),
    ];
    let (service, session) = alerting::serve(&home, BILLING, &environment).await;
    until_good(&session, "billing").await;
    let mut mails: Vec<Value> = Vec::new();
    let mut until_taken = async |count: usize| {
        eventually(&format!("{count} mails"), TOLD, async || {
            mails.extend(server.taken());
            (mails.len() >= count).then(|| mails.clone())
        })
        .await
    };
    billing.go_away();
    until_taken(1).await;
    until_sent(&session).await;
    // Which was the first it knows from the store.
    service.kill().await;
    let (service, session) = alerting::serve(&home, BILLING, &environment).await;
    billing.come_up();
    until_taken(2).await;
    until_good(&session, "billing").await;
    billing.go_away();
    let mails = until_taken(3).await;

    let only = |mail: &Value, name: &str| headers(mail, name).concat();
    let first = only(&mails[0], "message-id");
    let stem = "Billing";
    for (mail, word) in mails.iter().zip(["FIRING", "RESOLVED", "FIRING"]) {
        assert_eq!(
            (&mail["encrypted"], &mail["signed_in"]),
            (&json!(true), &json!(true))
        );
        let subject = only(mail, "subject");
        assert!(subject.contains(word), "{subject}");
        assert!(
            subject.to_lowercase().contains(&stem.to_lowercase()),
            "{subject}"
        );
    }
    assert_eq!(only(&mails[0], "references"), "");
    for mail in &mails[1..] {
        assert_ne!(only(mail, "message-id"), first);
        assert!(only(mail, "references").contains(&first), "{mail}");
        assert_eq!(only(mail, "in-reply-to"), first);
    }
    for file in ["app.log", "error.log"] {
        assert!(!service.logs.text(file).contains(PASSWORD), "{file}");
    }
}
