//! What `READY_DEPENDENCIES` may point to.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server that ends with the test.
pub struct Upstream {
    pub address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Upstream {
    /// Answers every HTTP request with this status.
    pub async fn answering(status: u16) -> Self {
        Self::start(Some(format!("{status} Whatever"))).await
    }

    /// Answers every HTTP request with 200 and one more header.
    pub async fn with_header(header: &str) -> Self {
        Self::start(Some(format!("200 OK\r\n{header}"))).await
    }

    /// Accepts connections and never says a word.
    pub async fn silent() -> Self {
        Self::start(None).await
    }

    /// Has every file in two forms, as a release has them: plain, and packed for who takes `br`.
    pub async fn packing() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let length = stream.read(&mut request).await.unwrap_or(0);
                let request = String::from_utf8_lossy(&request[..length]).to_lowercase();
                let (body, coding) = if request.contains("accept-encoding: br") {
                    ("packed", "content-encoding: br\r\n")
                } else {
                    ("plain", "")
                };
                let answer = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: text/css\r\nvary: Accept-Encoding\r\n\
                     {coding}content-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { address, serving }
    }

    async fn start(head: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            let mut silent = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let Some(head) = &head else {
                    silent.push(stream);
                    continue;
                };
                let mut request = [0; 4096];
                _ = stream.read(&mut request).await;
                let answer =
                    format!("HTTP/1.1 {head}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { address, serving }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
