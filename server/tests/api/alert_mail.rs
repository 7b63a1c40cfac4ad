//! A mail server that refuses, hangs up and is slow, at each command where it can: postfix's own double
//! of one. What is refused for now arrives once; what is refused for good is seen and told elsewhere.

use serde_json::{Value, json};

use crate::support::alerting::{
    self, BILLING, Dependency, TOLD, channels_of, get, open_incident, rounds_later, until_good,
};
use crate::support::sink::Sink;
use crate::support::smtp_sink::SmtpSink;
use crate::support::{Database, Home, Http, eventually};

/// A name, what the server does, and what the desk says of it.
const FOR_NOW: [(&str, &[&str], &str); 8] = [
    ("soft-connect", &["-r", "CONNECT"], "SMTP 450"),
    ("soft-mail", &["-r", "MAIL"], "SMTP 450"),
    ("soft-rcpt", &["-r", "RCPT"], "SMTP 450"),
    ("soft-end", &["-r", "."], "SMTP 450"),
    ("closing", &["-Q", "RCPT"], "SMTP 421"),
    ("hangs-up-data", &["-q", "DATA"], "the connection broke off"),
    ("hangs-up-end", &["-q", "."], "the connection broke off"),
    ("slow", &["-w", "12"], "no answer within 10 s"),
];
const FOR_GOOD: [(&str, &[&str], &str); 2] = [
    ("hard-rcpt", &["-f", "RCPT"], "SMTP 500"),
    ("hard-end", &["-f", "."], "SMTP 500"),
];

/// Failures of channels are told by another one, and not by mail.
const RULES: &str = r#"
[[rule]]
name = "channel-failing"
every = "1s"
severity = "info"

[[channel]]
name = "hook"
kind = "webhook"
url_env = "HOOK_URL"
min_severity = "info"
"#;

fn mail_channel(name: &str) -> String {
    format!(
        "\n[[channel]]\nname = \"{name}\"\nkind = \"email\"\nurl_env = \"{}\"\n\
         min_severity = \"warning\"\nfrom = \"desk@example.org\"\nto = [\"oncall@example.org\"]\n",
        variable(name)
    )
}

fn variable(name: &str) -> String {
    name.to_uppercase().replace('-', "_")
}

/// What follows the name of a header.
fn header<'m>(mail: &'m str, name: &str) -> Option<&'m str> {
    let mut lines = mail.lines();
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

async fn until_taken(sink: &SmtpSink, name: &str, count: usize) -> Vec<String> {
    eventually(&format!("{count} mails for {name}"), 2 * TOLD, async || {
        let mails = sink.taken();
        let is_whole = |mail: &String| header(mail, "Message-ID").is_some();
        (mails.len() >= count && mails.iter().all(is_whole)).then_some(mails)
    })
    .await
}

async fn until_all_failed(session: &Http) {
    let all = FOR_NOW.iter().chain(&FOR_GOOD);
    for (name, _, error) in all {
        eventually(&format!("{name} says {error}"), TOLD, async || {
            let channels = channels_of(session).await;
            let channel = channels.iter().find(|it| it["name"] == *name)?;
            let said = channel["last_error"].as_str()?;
            said.contains(error).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_mail_server_refuses_for_now_arrives_once_and_for_good_another_channel_tells() {
    let home = Home::new(Database::Sqlite).await;
    let (billing, hook) = (Dependency::start(), Sink::start().await);
    let mut rules = format!("{BILLING}{RULES}");
    let mut environment = vec![
        ("READY_DEPENDENCIES".to_owned(), billing.variable()),
        ("HOOK_URL".to_owned(), hook.url()),
    ];
    let mut servers = Vec::new();
    for (name, faults, _) in FOR_NOW.into_iter().chain(FOR_GOOD) {
        let server = SmtpSink::with(faults).await;
        rules.push_str(&mail_channel(name));
        environment.push((variable(name), server.url()));
        servers.push((name, server));
    }
    let environment = alerting::borrowed(&environment);
    let (_service, session) = alerting::serve(&home, &rules, &environment).await;
    until_good(&session, "billing").await;
    until_good(&session, "channel-failing").await;

    billing.go_away();
    until_all_failed(&session).await;
    let id = open_incident_of(&session, "billing").await;
    refused_for_good_is_seen_and_told(&session, &id, &hook).await;

    for (_, server) in &mut servers {
        server.mend().await;
    }
    let (for_now, for_good) = servers.split_at(FOR_NOW.len());
    let mut first = Vec::new();
    for (name, server) in for_now {
        let mails = until_taken(server, name, 1).await;
        first.push(header(&mails[0], "Message-ID").unwrap().to_owned());
    }
    billing.come_up();
    for ((name, server), first) in for_now.iter().zip(&first) {
        until_taken(server, name, 2).await;
        rounds_later(&session, "billing").await;
        let mails = server.taken();
        assert_eq!(mails.len(), 2, "{name}: {mails:?}");
        let answers = |mail: &&String| header(mail, "In-Reply-To") == Some(first);
        assert_eq!(mails.iter().filter(answers).count(), 1, "{name}: {mails:?}");
    }
    // The beginning was refused for good; the end is another mail.
    for (name, server) in for_good {
        let mails = until_taken(server, name, 1).await;
        assert_eq!(mails.len(), 1, "{name}: {mails:?}");
        assert!(header(&mails[0], "In-Reply-To").is_some(), "{name}");
    }
}

async fn open_incident_of(session: &Http, rule: &str) -> String {
    open_incident(session).await;
    let open = get(session, "/api/ops/incidents/?state=open").await;
    let mut open = open["results"].as_array().unwrap().iter();
    let found = open.find(|it| it["alerts"][0]["rule"] == rule).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

async fn refused_for_good_is_seen_and_told(session: &Http, id: &str, hook: &Sink) {
    let report = get(session, &format!("/api/ops/incidents/{id}/")).await;
    let state = |name: &str| {
        let mut notices = report["notices"].as_array().unwrap().iter();
        let notice = notices.find(|it| it["channel"] == name).unwrap();
        (notice["state"].clone(), notice["attempts"].clone())
    };
    let page = session.get("/admin/alerts/").await.body;
    assert!(page.contains("SMTP 500"), "{page}");
    for (name, _, _) in FOR_GOOD {
        assert_eq!(state(name), (json!("failed"), json!(1)), "{name}");
        let about = |it: &Value| it["rule"] == "channel-failing" && it["subject"] == name;
        eventually(&format!("{name} is told elsewhere"), TOLD, async || {
            let told = hook.received();
            let mut messages = told.iter().map(|it| it.body["data"]["alerts"].as_array());
            let found = messages.any(|alerts| alerts.unwrap().iter().any(about));
            found.then_some(())
        })
        .await;
    }
    for (name, _, _) in FOR_NOW {
        assert_eq!(state(name).0, "queued", "{name}");
    }
    for message in hook.received() {
        for alert in message.body["data"]["alerts"].as_array().unwrap() {
            let is_billing = alert["rule"] == "billing";
            let mut for_good = FOR_GOOD.iter();
            let is_refused = for_good.any(|(name, _, _)| alert["subject"] == *name);
            assert!(is_billing || is_refused, "{alert}");
        }
    }
}
