//! A Sentry that takes envelopes and shows what was in them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::wait::{SOON, eventually};

#[derive(Clone, Default)]
struct Received {
    /// All that came, as it came.
    text: String,
    /// Type and content of each item of an envelope.
    items: Vec<(String, Value)>,
}

pub struct Sentry {
    address: SocketAddr,
    received: Arc<Mutex<Received>>,
    serving: JoinHandle<()>,
}

impl Sentry {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::<Mutex<Received>>::default();
        let taken = Arc::clone(&received);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&taken)));
            }
        });
        Self {
            address,
            received,
            serving,
        }
    }

    pub fn dsn(&self) -> String {
        dsn(self.address)
    }

    /// Waits for an item of this type.
    pub async fn item(&self, kind: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        eventually(&format!("Sentry has the {kind}"), SOON, async || {
            let items = self.items(kind);
            items.into_iter().find(&is_wanted)
        })
        .await
    }

    pub fn items(&self, kind: &str) -> Vec<Value> {
        let received = self.received.lock().unwrap();
        let wanted = received.items.iter().filter(|(of, _)| of == kind);
        wanted.map(|(_, item)| item.clone()).collect()
    }

    pub fn text(&self) -> String {
        self.received.lock().unwrap().text.clone()
    }
}

impl Drop for Sentry {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Of the project 7 of whoever listens there.
pub fn dsn(address: SocketAddr) -> String {
    format!("http://public-key@{address}/7")
}

/// Answers one request after the other.
async fn converse(stream: TcpStream, received: Arc<Mutex<Received>>) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
                return;
            }
        }
        assert!(head.starts_with("POST /api/7/envelope/ "), "{head}");
        let length = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(0, |(_, length)| length.parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        let body = String::from_utf8(body).unwrap();
        let items = items_of(&body);
        {
            let mut received = received.lock().unwrap();
            received.text.push_str(&body);
            received.items.extend(items);
        }
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

/// An envelope is lines of JSON: its head, then head and content of each item, of which none of ours
/// has a line break.
fn items_of(envelope: &str) -> Vec<(String, Value)> {
    let parse = |line: &str| -> Value { serde_json::from_str(line).unwrap() };
    let lines: Vec<&str> = envelope.lines().skip(1).collect();
    lines
        .chunks_exact(2)
        .map(|pair| {
            let kind = parse(pair[0])["type"].as_str().unwrap().to_owned();
            (kind, parse(pair[1]))
        })
        .collect()
}
