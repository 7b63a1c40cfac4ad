//! Deliveries to real sockets: what a peer does, and what the courier makes of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod http;
mod mail;
mod mail_server;
mod secrecy;
mod sink;
mod tls;
mod verifier;

use std::path::PathBuf;

use ops::alerts::Severity;
use ops::alerts::file::{ChannelKind, WebhookFormat};
use ops::alerts::message::{
    Data, Evidence, Incident, IncidentState, Kind, Language, Message, Outgoing, Timestamp,
};
use ops::alerts::notify::Secret;

use super::{Channel, Courier, Delivery, Given, Letter};

const NOTICE: &str = "019ac9f4-6000-7c00-8a57-000000000001";
const NOW: Timestamp = Timestamp(1_795_867_270_000);

/// What no answer, no log line and no `Debug` may show.
const TOKEN: &str = "T0KEN-5f3a9c";

/// rustls has to be told once a process which cryptography to use.
fn courier() -> Courier {
    _ = rustls::crypto::ring::default_provider().install_default();
    Courier::new().unwrap()
}

fn channel(kind: ChannelKind, url: &str, secret: Option<&str>, to: &[&str]) -> Channel {
    let given = Given {
        kind,
        url: Some(Secret::new(url)),
        secret: secret.map(Secret::new),
        from: Some("Desk <desk@example.org>".to_owned()),
        to: to.iter().map(|it| (*it).to_owned()).collect(),
        format: WebhookFormat::Standard,
    };
    Channel::new("ops", Severity::Info, given).unwrap()
}

fn message(kind: Kind, title: &str) -> Outgoing {
    let incident = Incident {
        id: "019ac9f4-0000-7c00-8a57-000000000009".to_owned(),
        title: title.to_owned(),
        severity: Severity::Critical,
        state: IncidentState::Open,
        opened_at: NOW,
        closed_at: None,
        duration_seconds: 0,
        url: "https://desk.example/admin/incidents/9/".to_owned(),
        reopened: false,
        ended_by: None,
        acknowledged: None,
        notices: None,
    };
    let data = Data {
        service: "agent-source-db".to_owned(),
        instance: "web-1".to_owned(),
        version: "0.1.0".to_owned(),
        language: Language::English,
        incident: Some(incident),
        alerts: Vec::new(),
        evidence: Evidence::default(),
        remarks: Vec::new(),
        delayed_seconds: None,
        truncated: false,
    };
    let message = Message {
        kind,
        timestamp: NOW,
        data,
    };
    message.outgoing(NOW)
}

fn opened() -> Outgoing {
    message(Kind::Opened, "Database unavailable")
}

fn letter(messages: &[Outgoing]) -> Letter<'_> {
    Letter {
        id: NOTICE,
        created: NOW,
        first: None,
        messages,
        now: NOW,
    }
}

async fn deliver(channel: &Channel) -> Delivery {
    courier().deliver(channel, letter(&[opened()])).await
}

/// A Python that knows the packages of `xtask/pip/aiosmtpd.txt`.
fn python() -> PathBuf {
    let named = std::env::var_os("TEST_PYTHON").filter(|value| !value.is_empty());
    named.map_or_else(|| PathBuf::from("python3"), PathBuf::from)
}

/// A program of ours in Python.
fn script(name: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    directory.join("src/alerting/channels/tests").join(name)
}
