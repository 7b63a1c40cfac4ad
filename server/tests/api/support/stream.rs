//! A server that tells its answer piece by piece, as the test says.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// For what comes at once if nobody on the way collects it.
const AT_ONCE: Duration = Duration::from_secs(5);

pub struct Storyteller(TcpListener);

impl Storyteller {
    pub async fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    /// Somebody asks, and the answer begins.
    pub async fn begin(&self) -> Tale {
        let (mut stream, _) = self.0.accept().await.unwrap();
        until(&mut stream, "\r\n\r\n").await;
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
                    transfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        Tale(stream)
    }
}

pub struct Tale(TcpStream);

impl Tale {
    pub async fn tell(&mut self, piece: &str) {
        let chunk = format!("{:x}\r\n{piece}\r\n", piece.len());
        self.0.write_all(chunk.as_bytes()).await.unwrap();
    }
}

pub struct Listener(TcpStream);

impl Listener {
    pub async fn to(address: &str, path: &str) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        Self(stream)
    }

    /// Whether the words arrive, rather than lie about somewhere on the way.
    pub async fn hears(&mut self, words: &str) -> bool {
        timeout(AT_ONCE, until(&mut self.0, words)).await.is_ok()
    }
}

/// Reads until `words` have come.
async fn until(stream: &mut TcpStream, words: &str) {
    let mut heard = String::new();
    let mut piece = [0; 1024];
    while !heard.contains(words) {
        let length = stream.read(&mut piece).await.unwrap();
        assert_ne!(length, 0, "it ended after {heard:?}");
        heard.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
}
