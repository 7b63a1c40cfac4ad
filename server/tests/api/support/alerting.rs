//! The desk's alerts and incidents as a test asks for them, and rules that are looked at more often
//! than anybody has to wait for in life.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinHandle;

use super::port::Port;
use super::sink::{Sink, TOKEN};
use super::{Home, Http, PASSWORD, Service, USERNAME, eventually, menu_paths};

/// Told in time on a machine that is busy with other tests, too.
pub const TOLD: Duration = Duration::from_secs(60);

/// One rule of our own, about a [`Dependency`], and silence about all else that may happen to this machine.
pub const BILLING: &str = r#"version = 1

[notify]
group_by = ["rule"]
group_wait = "0s"

[[rule]]
name = "billing"
expr = "check_failed('dependency/billing')"
every = "1s"

[[rule]]
name = "dependency"
enabled = false

[[rule]]
name = "readiness"
enabled = false

[[rule]]
name = "disk"
enabled = false
"#;

/// Added to [`BILLING`]: silence about channels that fail, and about a service that a test kills or breaks.
pub const NOT_OF_OURSELVES: &str = r#"
[[rule]]
name = "channel-failing"
enabled = false

[[rule]]
name = "restart-loop"
enabled = false

[[rule]]
name = "evaluation-gap"
enabled = false

[[rule]]
name = "new-errors"
enabled = false
"#;

pub const OPENED: &str = "incident.opened";
pub const RESOLVED: &str = "incident.resolved";

/// A service with these rules and `more` in its environment, and a session that may change things. It
/// need not be ready: what it depends on may be away.
pub async fn serve(home: &Home, rules: &str, more: &[(&str, &str)]) -> (Service, Http) {
    fs::write(home.path("alerts.toml"), rules).unwrap();
    let mut environment = vec![("ALERTS_FILE", "alerts.toml")];
    environment.extend(more);
    let service = home.serve_with(&environment).await;
    let cookie = eventually("the first admin can sign in", TOLD, async || {
        let answer = service.http.sign_in(USERNAME, PASSWORD).await;
        answer.session_cookie()
    })
    .await;
    let session = service.http.with("cookie", &cookie).same_origin();
    (service, session)
}

pub async fn get(session: &Http, path: &str) -> Value {
    let answer = session.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.json()
}

pub async fn rule(session: &Http, name: &str) -> Value {
    let alerts = get(session, "/api/ops/alerts/").await;
    let rules = alerts["rules"].as_array().unwrap().clone();
    let rule = rules.into_iter().find(|rule| rule["name"] == name);
    rule.unwrap_or_else(|| panic!("no rule {name}"))
}

/// Once it was seen good, what is bad afterwards is no matter of the start.
pub async fn until_good(session: &Http, name: &str) {
    until_state(session, name, "ok").await;
}

pub async fn until_state(session: &Http, name: &str, state: &str) {
    eventually(&format!("{name} is {state}"), TOLD, async || {
        (rule(session, name).await["state"] == state).then_some(())
    })
    .await;
}

/// The rule after some rounds more, in which something could happen that should not.
pub async fn rounds_later(session: &Http, name: &str) -> Value {
    let mut seen = Vec::new();
    eventually("rules are evaluated some times more", TOLD, async || {
        let rule = rule(session, name).await;
        let at = rule["last_evaluated_at"].clone();
        if at.is_string() && seen.last() != Some(&at) {
            seen.push(at);
        }
        (seen.len() > 2).then_some(rule)
    })
    .await
}

pub async fn open_incident(session: &Http) -> Value {
    eventually("an incident is open", TOLD, async || {
        let open = get(session, "/api/ops/incidents/?state=open").await;
        open["results"].get(0).cloned()
    })
    .await
}

/// Until what was told of the open incident is written down as told. A process that is killed before
/// leaves a claim, which runs out after a minute, and tells it once more.
pub async fn until_sent(session: &Http) {
    let id = open_incident(session).await["id"].clone();
    let path = format!("/api/ops/incidents/{}/", id.as_str().unwrap());
    eventually("the notices are written down as sent", TOLD, async || {
        let report = get(session, &path).await;
        let notices = report["notices"].as_array().unwrap().clone();
        let is_sent = !notices.is_empty() && notices.iter().all(|it| it["state"] == "sent");
        is_sent.then_some(())
    })
    .await;
}

pub async fn channels_of(session: &Http) -> Vec<Value> {
    let channels = get(session, "/api/ops/channels/").await;
    channels["results"].as_array().unwrap().clone()
}

/// What was told is this, and was told once.
pub async fn until_told(sink: &Sink, expected: &[&str]) {
    eventually(&format!("{expected:?} are told"), 2 * TOLD, async || {
        (kinds(sink).len() >= expected.len()).then_some(())
    })
    .await;
    assert_eq!(kinds(sink), expected);
}

/// An environment as [`serve`] takes it.
pub fn borrowed<N: AsRef<str>>(environment: &[(N, String)]) -> Vec<(&str, &str)> {
    let environment = environment.iter();
    environment
        .map(|(name, value)| (name.as_ref(), value.as_str()))
        .collect()
}

/// Of all messages, in the order in which they came.
pub fn kinds(sink: &Sink) -> Vec<String> {
    let received = sink.received().into_iter();
    received
        .map(|it| it.body["type"].as_str().unwrap().to_owned())
        .collect()
}

/// The secret part of the sinks' addresses stands in no log, page, JSON, message or row.
pub async fn no_secret_anywhere(home: &Home, session: &Http, sinks: &[&Sink]) {
    let mut paths = vec![
        "/admin/audit/".to_owned(),
        "/api/ops/channels/".to_owned(),
        "/api/ops/alerts/".to_owned(),
        "/api/ops/incidents/".to_owned(),
        "/api/ops/status/".to_owned(),
        "/api/ops/timeline/".to_owned(),
        "/metrics".to_owned(),
    ];
    paths.extend(menu_paths().map(str::to_owned));
    let incidents = get(session, "/api/ops/incidents/").await;
    for incident in incidents["results"].as_array().unwrap() {
        let id = incident["id"].as_str().unwrap();
        paths.push(format!("/admin/incidents/{id}/"));
        paths.push(format!("/api/ops/incidents/{id}/"));
        paths.push(format!("/api/ops/incidents/{id}/report/"));
    }
    for path in paths {
        let answer = session.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.body.contains(TOKEN), "{path}");
    }
    for file in fs::read_dir(home.path("logs")).unwrap().flatten() {
        let text = fs::read_to_string(file.path()).unwrap();
        assert!(!text.contains(TOKEN), "{:?}", file.path());
    }
    for sql in [home.sql(), home.ops_sql()] {
        for (table, rows) in sql.content().await {
            assert!(rows.iter().all(|row| !row.contains(TOKEN)), "{table}");
        }
    }
    for message in sinks.iter().flat_map(|sink| sink.received()) {
        assert!(!message.body.to_string().contains(TOKEN));
    }
}

/// A service of somebody else's that can be taken away: `READY_DEPENDENCIES` names it, and the check
/// of it fails at once without it.
pub struct Dependency {
    port: Port,
    serving: Mutex<Option<JoinHandle<()>>>,
}

impl Dependency {
    /// One that is there.
    pub fn start() -> Self {
        let dependency = Self {
            port: Port::reserve(),
            serving: Mutex::default(),
        };
        dependency.come_up();
        dependency
    }

    /// For `READY_DEPENDENCIES`; it is called `billing`.
    pub fn variable(&self) -> String {
        format!("billing=tcp://127.0.0.1:{}", self.port.number)
    }

    pub fn come_up(&self) {
        let address = (Ipv4Addr::LOCALHOST, self.port.number);
        let listener = TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        // Connections that nobody takes fill its queue, and then it is away.
        let serving = tokio::spawn(async move { while listener.accept().await.is_ok() {} });
        *self.serving.lock().unwrap() = Some(serving);
    }

    pub fn go_away(&self) {
        if let Some(serving) = self.serving.lock().unwrap().take() {
            serving.abort();
        }
    }
}
