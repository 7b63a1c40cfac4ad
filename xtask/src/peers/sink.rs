//! Takes what is posted to it, as the receiver of a webhook.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Result, ensure};
use serde_json::Value;

pub struct Sink {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<Value>>>,
}

impl Sink {
    /// For as long as this process runs.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let taken = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&taken);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Who breaks off is sent nothing, and may come again.
                if let Ok(body) = take(&stream) {
                    all.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(body);
                }
            }
        });
        Ok(Self { address, taken })
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The body of the first notice of this type about this rule.
    pub fn notice(&self, kind: &str, rule: &str) -> Option<Value> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken
            .iter()
            .find(|body| is_about(body, kind, rule))
            .cloned()
    }
}

fn is_about(body: &Value, kind: &str, rule: &str) -> bool {
    let alerts = body.pointer("/data/alerts").and_then(Value::as_array);
    let is_of_rule = |alert: &Value| alert.get("rule").is_some_and(|it| it == rule);
    body.get("type").is_some_and(|it| it == kind)
        && alerts.is_some_and(|alerts| alerts.iter().any(is_of_rule))
}

/// One request a connection.
fn take(mut stream: &TcpStream) -> Result<Value> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        ensure!(reader.read_line(&mut line)? > 0, "the client has gone");
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
    }
    let body = serde_json::from_reader(reader.take(length))?;
    stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_notice_is_known_by_its_type_and_its_rule() {
        let body = json!({"type": "incident.opened", "data": {"alerts": [{"rule": "database"}]}});
        assert!(is_about(&body, "incident.opened", "database"));
        assert!(!is_about(&body, "incident.resolved", "database"));
        assert!(!is_about(&body, "incident.opened", "disk"));
        assert!(!is_about(
            &json!({"type": "channel.test"}),
            "channel.test",
            ""
        ));
    }
}
