//! A receiver of webhooks: takes what comes, and shows it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::wait::eventually;

/// A message: its id, whether it was signed, and its body.
#[derive(Clone, Debug)]
pub struct Received {
    pub id: String,
    pub signature: Option<String>,
    pub body: Value,
}

#[derive(Default)]
struct State {
    status: u16,
    received: Vec<Received>,
}

pub struct Sink {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

impl Sink {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            status: 200,
            received: Vec::new(),
        }));
        let shared = Arc::clone(&state);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&shared)));
            }
        });
        Self {
            address,
            state,
            serving,
        }
    }

    /// With a part that nobody may see.
    pub fn url(&self) -> String {
        format!("http://{}/hook/SeCrEt-ToKeN-0123456789", self.address)
    }

    /// What every message is answered with from now on; only what is answered with 200 is received.
    pub fn answer(&self, status: u16) {
        self.state.lock().unwrap().status = status;
    }

    pub fn received(&self) -> Vec<Received> {
        self.state.lock().unwrap().received.clone()
    }

    /// Waits for a message of this type.
    pub async fn message(&self, kind: &str, limit: std::time::Duration) -> Received {
        eventually(&format!("{kind} is told"), limit, async || {
            let received = self.received().into_iter();
            received.into_iter().find(|it| it.body["type"] == kind)
        })
        .await
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn converse(stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let header = |wanted: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.to_owned())
    };
    let length = header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    if stream.read_exact(&mut body).await.is_err() {
        return;
    }
    let status = {
        let mut state = state.lock().unwrap();
        if state.status == 200 {
            state.received.push(Received {
                id: header("webhook-id").unwrap_or_default(),
                signature: header("webhook-signature"),
                body: serde_json::from_slice(&body).unwrap_or_default(),
            });
        }
        state.status
    };
    let answer =
        format!("HTTP/1.1 {status} Whatever\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    _ = stream.write_all(answer.as_bytes()).await;
}
