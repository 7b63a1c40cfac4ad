//! HTTP as bytes, for what a client library would put right or refuse to send.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// No answer may take longer.
const LIMIT: Duration = Duration::from_secs(30);

/// Sends these bytes and reads until the other side closes.
pub async fn exchange(address: &str, bytes: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = timeout(LIMIT, stream.read_to_end(&mut answer)).await;
    read.expect("an end within the limit").unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// GET of exactly this path, with these header lines (each with its line break).
pub async fn get(address: &str, path: &str, headers: &str) -> String {
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\r\n");
    exchange(address, &request).await
}

/// The status of an answer; 0 if there is none.
pub fn status(answer: &str) -> u16 {
    let status = answer.split(' ').nth(1);
    status.and_then(|it| it.parse().ok()).unwrap_or_default()
}

/// A client that announces a body and sends a byte of it now and then.
pub struct Dripping {
    stream: TcpStream,
    started: Instant,
}

impl Dripping {
    pub async fn begin(address: &str, head: &str) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("{head}\r\nhost: {address}\r\ncontent-length: 9999\r\n\r\na=");
        stream.write_all(request.as_bytes()).await.unwrap();
        Self {
            stream,
            started: Instant::now(),
        }
    }

    /// Drips until the other side has had enough; what it said, and after how long.
    pub async fn read_to_end(mut self, pause: Duration) -> (String, Duration) {
        let mut answer = Vec::new();
        while self.started.elapsed() < LIMIT {
            let mut piece = [0; 4096];
            match timeout(pause, self.stream.read(&mut piece)).await {
                Ok(Ok(0) | Err(_)) => break,
                Ok(Ok(length)) => answer.extend_from_slice(&piece[..length]),
                // An error shows at the next reading.
                Err(_) => _ = self.stream.write_all(b"x").await,
            }
        }
        let answer = String::from_utf8_lossy(&answer).into_owned();
        (answer, self.started.elapsed())
    }
}
