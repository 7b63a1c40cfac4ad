//! A notice's mail, taken by mailpit and read over its API.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::running::{Place, Running, until};
use super::{Peers, http, tell};
use crate::need::go;
use crate::optional::available;
use crate::process::free_port;

const FROM: &str = "desk@example.org";
const TO: &str = "oncall@example.org";

/// Of one dependency, without anybody's patience.
const RULES: &str = "version = 1

[notify]
group_by = [\"rule\"]
group_wait = \"0s\"

[[rule]]
name = \"billing\"
expr = \"check_failed('dependency/billing')\"
every = \"1s\"

[[rule]]
name = \"dependency\"
enabled = false

[[rule]]
name = \"readiness\"
enabled = false
";

const TOLD: Duration = Duration::from_secs(60);

pub fn run(peers: &Peers) -> Result<()> {
    let Some(mailpit) = available("mailpit", || go::program(peers.layout, "mailpit"))? else {
        return Ok(());
    };
    let place = Place::make()?;
    let (smtp, listen) = (free_port()?, free_port()?);
    let api = format!("http://127.0.0.1:{listen}/api/v1");
    let mut running = start(&mailpit, smtp, listen, &place.home("mailpit")?)?;
    running.until_answers(&format!("{api}/messages"))?;

    let rules = place.home("rules")?.join("alerts.toml");
    fs::write(&rules, RULES)?;
    let billing = TcpListener::bind("127.0.0.1:0")?;
    let address = billing.local_addr()?;
    let (url, rules) = (
        format!("smtp://127.0.0.1:{smtp}?tls=none"),
        rules.display().to_string(),
    );
    let dependency = format!("billing=tcp://{address}");
    let environment = [
        ("ALERTS_FILE", rules.as_str()),
        ("SMTP_URL", &url),
        ("ALERT_EMAIL_FROM", FROM),
        ("ALERT_EMAIL_TO", TO),
        ("READY_DEPENDENCIES", &dependency),
    ];
    let served = peers.serve(&environment)?;
    let token = peers.token(&served, &environment)?;
    until("the rule was seen good", TOLD, || {
        let alerts: Value = serde_json::from_str(&served.get("/api/ops/alerts/", &token)?)?;
        Ok((state(&alerts, "billing") == Some("ok")).then_some(()))
    })?;

    drop(billing);
    let first = message(&api, "FIRING")?;
    judge(&first)?;
    // Connections that nobody takes wait in its queue, which is enough to be there.
    let again = TcpListener::bind(address)?;
    let last = message(&api, "RESOLVED")?;
    drop(again);
    judge(&last)?;
    let id = text(&first, "MessageID").context("the first has no id")?;
    let id_of_last = text(&last, "ID").context("the last has no number")?;
    let headers = http::json(&format!("{api}/message/{id_of_last}/headers"), &[])?;
    let references = headers
        .get("References")
        .map(Value::to_string)
        .unwrap_or_default();
    ensure!(references.contains(id), "{id} is not among {references}");
    tell(&format!(
        "mail: mailpit shows {:?}, then {:?} in the same thread",
        text(&first, "Subject").unwrap_or_default(),
        text(&last, "Subject").unwrap_or_default()
    ))
}

fn start(program: &Path, smtp: u16, listen: u16, home: &Path) -> Result<Running> {
    let mut command = Command::new(program);
    command
        .arg("--smtp")
        .arg(format!("127.0.0.1:{smtp}"))
        .arg("--listen")
        .arg(format!("127.0.0.1:{listen}"))
        .arg("--disable-version-check");
    Running::start("mailpit", &mut command, home)
}

fn state<'a>(alerts: &'a Value, rule: &str) -> Option<&'a str> {
    let mut rules = alerts.get("rules")?.as_array()?.iter();
    let rule = rules.find(|it| it.get("name").is_some_and(|name| name == rule))?;
    text(rule, "state")
}

/// Waits for the mail with this word in its subject; the whole of it.
fn message(api: &str, word: &str) -> Result<Value> {
    until(&format!("a mail says {word}"), TOLD, || {
        let list = http::json(&format!("{api}/messages"), &[])?;
        let Some(id) = with_subject(&list, word) else {
            return Ok(None);
        };
        http::json(&format!("{api}/message/{id}"), &[]).map(Some)
    })
}

fn with_subject<'a>(list: &'a Value, word: &str) -> Option<&'a str> {
    let mut messages = list.get("messages")?.as_array()?.iter();
    let has_word = |it: &&Value| text(it, "Subject").is_some_and(|subject| subject.contains(word));
    text(messages.find(has_word)?, "ID")
}

fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

/// From whom, to whom, and both kinds of text.
fn judge(message: &Value) -> Result<()> {
    let address = |place: &str| message.pointer(place).and_then(Value::as_str);
    ensure!(
        address("/From/Address") == Some(FROM),
        "from {:?}",
        message.get("From")
    );
    ensure!(
        address("/To/0/Address") == Some(TO),
        "to {:?}",
        message.get("To")
    );
    for kind in ["Text", "HTML"] {
        let body = text(message, kind).unwrap_or_default();
        ensure!(
            body.contains("billing"),
            "{kind} does not name the dependency: {body}"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_mail_is_found_by_a_word_of_its_subject() {
        let list = json!({"messages": [
            {"ID": "2", "Subject": "[RESOLVED] billing"}, {"ID": "1", "Subject": "[FIRING] billing"}]});
        assert_eq!(with_subject(&list, "FIRING"), Some("1"));
        assert_eq!(with_subject(&list, "UPDATED"), None);
    }

    #[test]
    fn a_mail_has_its_addresses_and_says_the_same_in_both_texts() {
        let mut mail = json!({"From": {"Address": FROM}, "To": [{"Address": TO}],
            "Text": "billing is down", "HTML": "<p>billing is down"});
        assert!(judge(&mail).is_ok());
        mail["HTML"] = json!("");
        assert!(judge(&mail).is_err());
    }
}
