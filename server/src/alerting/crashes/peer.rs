//! [`Peer`]: takes messages, and says with which status.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// A message that was answered with 200.
#[derive(Clone, Debug)]
pub struct Received {
    /// `webhook-id`.
    pub id: String,
    pub kind: String,
    pub incident: String,
    pub is_reopened: bool,
}

pub struct Peer {
    pub address: SocketAddr,
    pub answer: Arc<AtomicU16>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Peer {
    /// On a thread of its own, which no crash of the desk stops.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = Self {
            address: listener.local_addr().unwrap(),
            answer: Arc::new(AtomicU16::new(200)),
            received: Arc::default(),
        };
        let (answer, received) = (Arc::clone(&peer.answer), Arc::clone(&peer.received));
        thread::spawn(move || {
            for stream in listener.incoming() {
                take(stream.unwrap(), answer.load(Ordering::SeqCst), &received);
            }
        });
        peer
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

fn take(mut stream: TcpStream, status: u16, received: &Mutex<Vec<Received>>) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16_384];
    let (head, body) = loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= header(head, "content-length").parse::<usize>().unwrap()
        {
            break (head.to_owned(), body.to_owned());
        }
        match stream.read(&mut buffer) {
            // Who sent it died on the way.
            Ok(0) | Err(_) => return,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    };
    if status == 200 {
        let body: Value = serde_json::from_str(&body).unwrap();
        let incident = &body["data"]["incident"];
        received.lock().unwrap().push(Received {
            id: header(&head, "webhook-id").to_owned(),
            kind: body["type"].as_str().unwrap().to_owned(),
            incident: incident["id"].as_str().unwrap().to_owned(),
            is_reopened: incident["reopened"] == true || body["data"]["reopened"] == true,
        });
    }
    // Who asked may be dead by now.
    _ = write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n");
}

fn header<'h>(head: &'h str, name: &str) -> &'h str {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let mut found = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
    found.next().unwrap().1
}
