//! Whatever a peer does, the address that is a credential is told nowhere.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use ops::alerts::file::ChannelKind::{DingTalk, Email, Feishu, Slack, WeCom, Webhook};
use ops::alerts::notify::Secret;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::mail_server::MailServer;
use super::sink::{Does, Sink};
use super::{Courier, TOKEN, channel, courier, letter, opened};

/// Everything that is logged, however fine.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

async fn faults() -> Vec<(Sink, String)> {
    let mut faults = Vec::new();
    for does in [
        Does::Resets,
        Does::Says("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_owned()),
        Does::answer("302 Found\r\nlocation: /hook/T0KEN-5f3a9c", ""),
        Does::answer("200 OK", r#"{"code":19021,"errcode":310000}"#),
    ] {
        let sink = Sink::that(does).await;
        let url = sink.url();
        faults.push((sink, url));
    }
    // One that repeats what it was asked.
    let echo = format!("no hook at /hook/{TOKEN}?key=k-{TOKEN} for {TOKEN}, k-{TOKEN}");
    let sink = Sink::answering("500 Oops", &echo).await;
    let url = sink.url();
    faults.push((sink, url));
    // One that does not speak TLS.
    let sink = Sink::answering("400 Bad Request", "this is plain HTTP").await;
    let url = sink.url().replace("http://", "https://");
    faults.push((sink, url));
    faults
}

/// Where nobody listens.
fn nowhere() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// A mail server that repeats the password, and one that is away.
async fn by_mail(courier: &Courier) -> String {
    let to = "oncall@example.org";
    let answer = format!("550 {TOKEN} is no good for {to}");
    let server = MailServer::start(&json!({
        "user": "desk", "password": TOKEN, "recipients": {to: [answer]},
    }));
    let mut told = String::new();
    for port in [server.port, nowhere().port()] {
        let url = format!("smtp://desk:{TOKEN}@127.0.0.1:{port}?tls=none");
        let channel = channel(Email, &url, None, &[to]);
        let delivery = courier.deliver(&channel, letter(&[opened()])).await;
        told += &format!("{channel:?} {delivery:?}\n");
    }
    assert!(told.contains("SMTP 550: *** is no good for ***"), "{told}");
    told
}

#[tokio::test]
async fn no_answer_no_debug_and_no_log_line_shows_a_channels_secret() {
    let log = Log::default();
    let layer = tracing_subscriber::fmt::layer().with_writer(log.clone());
    let guard = tracing_subscriber::registry().with(layer).set_default();
    let courier = courier();
    let mut told = String::new();
    for kind in [Webhook, Slack, Feishu, DingTalk, WeCom] {
        let mut faults = faults().await;
        let sink = Sink::that(Does::Resets).await;
        faults.push((sink, format!("http://{}/{TOKEN}", nowhere())));
        for (_sink, url) in faults {
            let channel = channel(kind, &url, None, &[]);
            let delivery = courier.deliver(&channel, letter(&[opened()])).await;
            told += &format!("{channel:?} {delivery:?}\n");
            if kind == Webhook {
                let heard = courier.ping(&Secret::new(url), Some("late")).await;
                told += &format!("{heard:?}\n");
            }
        }
    }
    told += &by_mail(&courier).await;
    drop(guard);
    let logged = log.text();
    assert!(
        logged.contains("starting new connection"),
        "nothing was logged"
    );
    assert!(told.contains("HTTP 500: no hook at"), "{told}");
    for text in [told, logged] {
        let line = text.lines().find(|line| line.contains(TOKEN));
        assert_eq!(line, None);
    }
}
