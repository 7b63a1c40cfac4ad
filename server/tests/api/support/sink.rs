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

/// What a message is answered with.
#[derive(Clone, Debug)]
pub enum Reply {
    Status(u16),
    /// 200 and this body, with which some services say that they did not take it.
    Body(&'static str),
    /// 429, and for how many seconds the sink wants to be left alone.
    Busy(u32),
    /// The beginning of an answer; then the connection is gone.
    Half,
    /// 500 and a body that repeats what was asked for.
    Echo,
    /// 302 to another address.
    Redirect(String),
    /// Nothing, for as long as whoever asked has patience.
    Hang,
}

struct State {
    reply: Reply,
    received: Vec<Received>,
    refused: Vec<Received>,
}

/// What no file, page or message may show.
pub const TOKEN: &str = "SeCrEt-ToKeN-0123456789";

/// The address of a sink on this port, with a part that nobody may see.
pub fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}/hook/{TOKEN}")
}

pub struct Sink {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

impl Sink {
    pub async fn start() -> Self {
        Self::on(0).await
    }

    /// On this port.
    pub async fn on(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            reply: Reply::Status(200),
            received: Vec::new(),
            refused: Vec::new(),
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

    pub fn url(&self) -> String {
        url(self.address.port())
    }

    /// What every message is answered with from now on; only what is answered with 200 is received.
    pub fn answer(&self, status: u16) {
        self.reply(Reply::Status(status));
    }

    pub fn reply(&self, reply: Reply) {
        self.state.lock().unwrap().reply = reply;
    }

    pub fn received(&self) -> Vec<Received> {
        self.state.lock().unwrap().received.clone()
    }

    /// What came and was not received.
    pub fn refused(&self) -> Vec<Received> {
        self.state.lock().unwrap().refused.clone()
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
    let message = Received {
        id: header("webhook-id").unwrap_or_default(),
        signature: header("webhook-signature"),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let reply = {
        let mut state = state.lock().unwrap();
        if matches!(state.reply, Reply::Status(200)) {
            state.received.push(message);
        } else {
            state.refused.push(message);
        }
        state.reply.clone()
    };
    if matches!(reply, Reply::Hang) {
        // Until the other side hangs up.
        _ = stream.read_u8().await;
        return;
    }
    _ = stream.write_all(answer(&reply, &head).as_bytes()).await;
}

fn answer(reply: &Reply, head: &str) -> String {
    let whole = |status: u16, more: &str, body: &str| {
        let length = body.len();
        format!(
            "HTTP/1.1 {status} Whatever\r\n{more}content-length: {length}\r\n\
             connection: close\r\n\r\n{body}"
        )
    };
    match reply {
        Reply::Status(status) => whole(*status, "", ""),
        Reply::Body(body) => whole(200, "", body),
        Reply::Busy(seconds) => whole(429, &format!("retry-after: {seconds}\r\n"), ""),
        Reply::Hang => String::new(),
        Reply::Half => "HTTP/1.1 200 OK\r\ncontent-le".to_owned(),
        Reply::Echo => whole(500, "", head),
        Reply::Redirect(to) => whole(302, &format!("location: {to}\r\n"), ""),
    }
}
