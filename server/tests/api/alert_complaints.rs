//! What people complain of where other tools tell them of trouble, and what must not happen here: the
//! complaints in which processes, restarts, channels or files matter. The others are tests of the
//! engine, in `ops/src/alerts`.

use std::fs;

use reqwest::Method;
use rustix::process::Signal;
use serde_json::json;

use crate::support::alerting::{
    self, BILLING, Dependency, NOT_OF_OURSELVES, OPENED, RESOLVED, TOLD, borrowed, channels_of,
    get, kinds, no_secret_anywhere, open_incident, rounds_later, rule, until_good, until_sent,
    until_state, until_told,
};
use crate::support::port::Port;
use crate::support::sentry::Sentry;
use crate::support::sink::{self, Reply, Sink, TOKEN};
use crate::support::tls_server::TlsServer;
use crate::support::{Database, Home, Http, PASSWORD, Service, USERNAME, eventually};

/// "The channel was away for seconds at the wrong moment, and the message was lost", and "the webhook's
/// address, which is the key to it, stood in a log, and in a message to somebody else".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_channel_would_take_at_first_each_gets_once_and_no_address_gets_out() {
    let home = Home::new(Database::Sqlite).await;
    let billing = Dependency::start();
    let (sentry, elsewhere) = (Sentry::start().await, Sink::start().await);
    let mut sinks = Vec::new();
    for reply in [
        Reply::Status(503),
        Reply::Busy(3),
        Reply::Half,
        Reply::Echo,
        Reply::Redirect(elsewhere.url()),
        Reply::Hang,
    ] {
        let sink = Sink::start().await;
        sink.reply(reply);
        sinks.push(sink);
    }
    let (closed, distrusted) = (Port::reserve(), TlsServer::start(90));
    let mut urls: Vec<String> = sinks.iter().map(Sink::url).collect();
    urls.push(sink::url(closed.number));
    urls.push(format!("https://{}/hook/{TOKEN}", distrusted.address));
    let names: Vec<String> = (0..urls.len()).map(|n| format!("HOOK_{n}")).collect();
    let channels = names.iter().map(|name| {
        format!("\n[[channel]]\nname = \"{name}\"\nkind = \"webhook\"\nurl_env = \"{name}\"\n")
    });
    let rules = format!(
        "{BILLING}{NOT_OF_OURSELVES}{}",
        channels.collect::<String>()
    );
    let dependencies = billing.variable();
    let environment = |urls: &[String]| -> Vec<(String, String)> {
        let others = [
            ("READY_DEPENDENCIES", dependencies.clone()),
            ("APP_ENV", "production".to_owned()),
            ("SECRET_KEY", "k".repeat(64)),
            ("SENTRY_DSN", sentry.dsn()),
            ("SENTRY_TRACES_SAMPLE_RATE", "1".to_owned()),
        ];
        let others = others.map(|(name, value)| (name.to_owned(), value));
        let urls = names.iter().cloned().zip(urls.iter().cloned());
        urls.chain(others).collect()
    };
    let (service, session) = alerting::serve(&home, &rules, &borrowed(&environment(&urls))).await;
    until_good(&session, "billing").await;

    billing.go_away();
    let id = open_incident(&session).await["id"].clone();
    eventually("every channel has failed once", TOLD, async || {
        let channels = channels_of(&session).await;
        let failed = channels
            .iter()
            .filter(|it| it["last_error"].is_string() && it["queued"] == 1);
        (failed.count() == names.len()).then_some(())
    })
    .await;
    // Echo, redirect, a certificate that nobody trusts.
    let tested = [&names[3], &names[4], &names[7]];
    buttons_show_no_address(&session, tested).await;
    error_for_sentry(&home, &service).await;
    sentry.item("event", |_| true).await;
    no_secret_anywhere(&home, &session, &[&elsewhere]).await;
    service.kill().await;

    sinks.push(Sink::on(closed.number).await);
    sinks.push(Sink::start().await);
    for sink in &sinks {
        sink.answer(200);
    }
    let urls: Vec<String> = sinks.iter().map(Sink::url).collect();
    let (again, session) = alerting::serve(&home, &rules, &borrowed(&environment(&urls))).await;
    for sink in &sinks {
        until_told(sink, &[OPENED]).await;
        let taken = &sink.received()[0];
        assert_eq!(taken.body["data"]["incident"]["id"], id);
        let refused = sink.refused().into_iter();
        for refused in refused.filter(|it| it.body["type"] == OPENED) {
            assert_eq!(refused.id, taken.id, "a receiver knows it again");
            assert_eq!(refused.body["timestamp"], taken.body["timestamp"]);
        }
    }
    billing.come_up();
    for sink in &sinks {
        until_told(sink, &[OPENED, RESOLVED]).await;
    }
    assert_eq!(kinds(&elsewhere), [""; 0], "no redirect is followed");

    let all: Vec<&Sink> = sinks.iter().collect();
    no_secret_anywhere(&home, &session, &all).await;
    let export = ["alerts", "export", "--format", "alertmanager"];
    for command in [&["config"][..], &export] {
        let shown = home.run(command, &borrowed(&environment(&urls))).await;
        assert_eq!(shown.code(), 0, "{:?}", shown.stderr);
        for line in shown.stdout.iter().chain(&shown.stderr) {
            assert!(!line.contains(TOKEN), "{line}");
        }
    }
    // At its end it sends Sentry what it still has.
    assert_eq!(again.stop().await.code(), 0);
    assert!(sentry.items("transaction").len() > 1);
    assert!(!sentry.text().contains(TOKEN));
}

/// What a person sees who tries a channel that fails.
async fn buttons_show_no_address(session: &Http, channels: [&String; 3]) {
    for name in channels {
        let path = format!("/api/ops/channels/{name}/test/");
        let answer = session.send(Method::POST, &path).await;
        assert_eq!(answer.json()["delivered"], false, "{}", answer.body);
        assert!(!answer.body.contains(TOKEN), "{}", answer.body);
    }
}

/// Something that Sentry is told of, while there is something that it must not be told.
async fn error_for_sentry(home: &Home, service: &Service) {
    const COLUMN: &str = "ALTER TABLE users RENAME COLUMN";
    let break_it = format!("{COLUMN} password_hash TO something_else");
    home.sql().execute(&break_it).await;
    assert_eq!(service.http.sign_in(USERNAME, PASSWORD).await.status, 500);
    let mend_it = format!("{COLUMN} something_else TO password_hash");
    home.sql().execute(&mend_it).await;
}

/// "It answered 200, so it counted as sent; that it did not take it stood in the body, and nobody was
/// told", and "what it said stood in the message to somebody else, with the address in it".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_200_that_says_no_is_a_failure_that_the_other_channel_tells() {
    const REFUSAL: &str =
        r#"{"errcode":93000,"errmsg":"invalid webhook url /hook/SeCrEt-ToKeN-0123456789"}"#;
    const RULES: &str = r#"
[[rule]]
name = "channel-failing"
every = "1s"

[[channel]]
name = "chat"
kind = "wecom"
url_env = "CHAT_URL"

[[channel]]
name = "hook"
kind = "webhook"
url_env = "HOOK_URL"
"#;
    let home = Home::new(Database::Sqlite).await;
    let billing = Dependency::start();
    let (chat, hook) = (Sink::start().await, Sink::start().await);
    assert!(REFUSAL.contains(TOKEN));
    chat.reply(Reply::Body(REFUSAL));
    let (chat_url, hook_url, dependencies) = (chat.url(), hook.url(), billing.variable());
    let environment = [
        ("READY_DEPENDENCIES", dependencies.as_str()),
        ("CHAT_URL", &chat_url),
        ("HOOK_URL", &hook_url),
    ];
    let rules = format!("{BILLING}{RULES}");
    let (_service, session) = alerting::serve(&home, &rules, &environment).await;
    until_good(&session, "billing").await;
    until_good(&session, "channel-failing").await;

    billing.go_away();
    let about = eventually("the other channel tells of it", TOLD, async || {
        let received = hook.received().into_iter();
        let mut alerts = received.map(|it| it.body["data"]["alerts"][0].clone());
        alerts.find(|alert| alert["rule"] == "channel-failing")
    })
    .await;
    assert_eq!(about["subject"], "chat", "{about}");
    let channel = channels_of(&session).await.into_iter();
    let chat = channel.into_iter().find(|it| it["name"] == "chat").unwrap();
    assert!(chat["last_success_at"].is_null(), "{chat}");
    let error = chat["last_error"].as_str().unwrap();
    assert!(error.contains("93000"), "{error}");
    let page = session.get("/admin/alerts/").await.body;
    assert!(page.contains("93000"), "the page of channels says so");
    no_secret_anywhere(&home, &session, &[&hook]).await;
}

/// "After a restart it was announced again", "its state was gone because a comment in the file of rules
/// had changed", and "the rule was deleted, and it said that all was well".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_and_changed_files_tell_nothing_twice_and_a_removed_rule_is_no_recovery() {
    let home = Home::new(Database::Sqlite).await;
    let billing = Dependency::start();
    let sink = Sink::start().await;
    let (url, dependencies) = (sink.url(), billing.variable());
    let environment = [
        ("READY_DEPENDENCIES", dependencies.as_str()),
        ("ALERT_WEBHOOK_URL", &url),
    ];
    let (service, session) = alerting::serve(&home, BILLING, &environment).await;
    until_good(&session, "billing").await;
    billing.go_away();
    until_told(&sink, &[OPENED]).await;
    let id = open_incident(&session).await["id"].clone();
    until_sent(&session).await;
    service.kill().await;

    // A comment, and then how often it must be bad and how severe it is.
    let commented = BILLING.replace("[[rule]]", "# Payments.\n[[rule]]");
    let changed = BILLING.replace("every = \"1s\"", "every = \"1s\"\nfor_count = 3");
    for rules in [commented, changed] {
        let (service, session) = alerting::serve(&home, &rules, &environment).await;
        assert_eq!(rounds_later(&session, "billing").await["state"], "firing");
        assert_eq!(open_incident(&session).await["id"], id);
        assert_eq!(kinds(&sink), [OPENED]);
        service.kill().await;
    }

    billing.come_up();
    let (service, session) = alerting::serve(&home, BILLING, &environment).await;
    until_told(&sink, &[OPENED, RESOLVED]).await;
    until_good(&session, "billing").await;
    assert_eq!(rounds_later(&session, "billing").await["state"], "ok");
    assert_eq!(kinds(&sink), [OPENED, RESOLVED]);

    billing.go_away();
    until_told(&sink, &[OPENED, RESOLVED, OPENED]).await;
    assert_eq!(sink.received()[2].body["data"]["incident"]["id"], id);
    service.stop().await;
    let without = BILLING.replace("name = \"billing\"", "name = \"payments\"");
    let (_service, _session) = alerting::serve(&home, &without, &environment).await;
    until_told(&sink, &[OPENED, RESOLVED, OPENED, RESOLVED]).await;
    let last = &sink.received()[3].body["data"]["incident"];
    assert_eq!(last["ended_by"], "rule_removed", "{last}");
}

/// "It ended while it was silenced, and nobody ever heard of the end", and "nobody knows what a silence
/// silences, and whether it is still there".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silence_shows_what_it_silences_ends_with_it_and_does_not_swallow_the_end() {
    let home = Home::new(Database::Sqlite).await;
    let billing = Dependency::start();
    let sink = Sink::start().await;
    let (url, dependencies) = (sink.url(), billing.variable());
    let environment = [
        ("READY_DEPENDENCIES", dependencies.as_str()),
        ("ALERT_WEBHOOK_URL", &url),
    ];
    let (_service, session) = alerting::serve(&home, BILLING, &environment).await;
    until_good(&session, "billing").await;
    billing.go_away();
    until_told(&sink, &[OPENED]).await;

    let path = "/api/ops/silences/";
    let wanted = json!({"matchers": {"rule": "billing"}, "reason": "known", "until_end": true});
    let made = session.send_json(Method::POST, path, &wanted).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let listed = get(&session, path).await["results"][0].clone();
    let silenced = listed["silences"].as_array().unwrap();
    assert_eq!(silenced.len(), 1, "{listed}");
    assert!(
        silenced[0].as_str().unwrap().starts_with("billing/"),
        "{listed}"
    );
    rounds_later(&session, "billing").await;
    assert_eq!(kinds(&sink), [OPENED]);

    billing.come_up();
    until_told(&sink, &[OPENED, RESOLVED]).await;
    let remarks = &sink.received()[1].body["data"]["remarks"];
    assert_eq!(*remarks, json!([{"kind": "silenced", "by": "admin"}]));
    eventually("the silence has ended by itself", TOLD, async || {
        let listed = get(&session, path).await["results"][0].clone();
        (listed["is_active"] == false && listed["ended_at"].is_string()).then_some(())
    })
    .await;
    // It is not there for the next one.
    billing.go_away();
    until_told(&sink, &[OPENED, RESOLVED, OPENED]).await;
}

/// "It began during the deployment, and after the deployment it was not told", and "what was known
/// before the deployment was announced once more".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_maintenance_tells_what_is_new_and_what_is_over_and_nothing_else() {
    let always = format!(
        "{BILLING}\n[[maintenance]]\nname = \"moving-house\"\nfrom = \"00:00\"\nlasts = \"24h\"\n\
         time_zone = \"UTC\"\n"
    );
    let home = Home::new(Database::Sqlite).await;
    let (billing, sink) = (Dependency::start(), Sink::start().await);
    let (url, dependencies) = (sink.url(), billing.variable());
    let environment = [
        ("READY_DEPENDENCIES", dependencies.as_str()),
        ("ALERT_WEBHOOK_URL", &url),
    ];
    let (service, session) = alerting::serve(&home, BILLING, &environment).await;
    until_good(&session, "billing").await;
    let windows = async |rules: &str, count: usize| {
        fs::write(home.path("alerts.toml"), rules).unwrap();
        service.signal(Signal::HUP);
        eventually("the file has been read", TOLD, async || {
            let known = get(&session, "/api/ops/maintenance/").await;
            (known["results"].as_array().unwrap().len() == count).then_some(())
        })
        .await;
    };
    let firing_since = async || {
        until_state(&session, "billing", "firing").await;
        rule(&session, "billing").await["alerts"][0]["since"].clone()
    };

    windows(&always, 1).await;
    billing.go_away();
    let since = firing_since().await;
    rounds_later(&session, "billing").await;
    assert_eq!(kinds(&sink), [""; 0], "nobody is told meanwhile");
    windows(BILLING, 0).await;
    until_told(&sink, &[OPENED]).await;
    let opened = &sink.received()[0].body["data"];
    assert_eq!(opened["alerts"][0]["since"], since);
    let during = json!([{"kind": "maintenance", "name": "moving-house"}]);
    assert_eq!(opened["remarks"], during);

    // Known before it and after it.
    windows(&always, 1).await;
    rounds_later(&session, "billing").await;
    windows(BILLING, 0).await;
    rounds_later(&session, "billing").await;
    assert_eq!(kinds(&sink), [OPENED]);

    // Known before it, over after it.
    windows(&always, 1).await;
    billing.come_up();
    until_good(&session, "billing").await;
    rounds_later(&session, "billing").await;
    assert_eq!(kinds(&sink), [OPENED]);
    windows(BILLING, 0).await;
    until_told(&sink, &[OPENED, RESOLVED]).await;

    // Came and went in it.
    windows(&always, 1).await;
    billing.go_away();
    firing_since().await;
    billing.come_up();
    until_good(&session, "billing").await;
    windows(BILLING, 0).await;
    rounds_later(&session, "billing").await;
    assert_eq!(kinds(&sink), [OPENED, RESOLVED]);
}
