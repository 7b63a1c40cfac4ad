//! [`Sink`]: an HTTP server that does what a test wants, on a raw socket.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

#[derive(Clone, Debug)]
pub enum Does {
    /// Sends these bytes and closes the connection.
    Says(String),
    /// Reads the request and never answers.
    Hangs,
    /// Reads the request and resets the connection.
    Resets,
}

impl Does {
    /// `head` is what follows `HTTP/1.1 `, without the length.
    pub fn answer(head: &str, body: &str) -> Self {
        let length = body.len();
        Self::Says(format!(
            "HTTP/1.1 {head}\r\ncontent-length: {length}\r\n\r\n{body}"
        ))
    }
}

pub struct Sink {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    came: Arc<Semaphore>,
    serving: JoinHandle<()>,
}

impl Sink {
    /// Does the same to each request.
    pub async fn that(does: Does) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let came = Arc::new(Semaphore::new(0));
        let (noted, told) = (Arc::clone(&seen), Arc::clone(&came));
        let serving = tokio::spawn(async move {
            let mut hung = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = request(&mut stream).await;
                noted.lock().unwrap().push(request);
                told.add_permits(1);
                if let Some(stream) = act(&does, stream).await {
                    hung.push(stream);
                }
            }
        });
        Self {
            address,
            seen,
            came,
            serving,
        }
    }

    pub async fn answering(head: &str, body: &str) -> Self {
        Self::that(Does::answer(head, body)).await
    }

    /// With a path that is a secret.
    pub fn url(&self) -> String {
        format!(
            "http://{}/hook/{}?key=k-{}",
            self.address,
            super::TOKEN,
            super::TOKEN
        )
    }

    /// The requests until now, with head and body.
    pub fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits for a request to be there as a whole.
    pub async fn request_came(&self) {
        self.came.acquire().await.unwrap().forget();
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The stream, if it is to be kept open.
async fn act(does: &Does, mut stream: TcpStream) -> Option<TcpStream> {
    match does {
        Does::Says(bytes) => {
            say(&mut stream, bytes).await;
            None
        }
        Does::Hangs => Some(stream),
        Does::Resets => {
            SockRef::from(&stream)
                .set_linger(Some(Duration::ZERO))
                .unwrap();
            None
        }
    }
}

/// The other side need not read all of it.
pub async fn say(stream: &mut (impl AsyncWrite + Unpin), bytes: &str) {
    _ = stream.write_all(bytes.as_bytes()).await;
    _ = stream.shutdown().await;
}

/// A request as a whole.
pub async fn request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if is_whole(&text) || stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return text;
        }
    }
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else {
        return false;
    };
    let length = header(head, "content-length").map_or(0, |value| value.parse().unwrap());
    body.len() >= length
}

/// The value of a header, whose name is in lower case.
pub fn header<'r>(request: &'r str, name: &str) -> Option<&'r str> {
    let lines = request.lines().take_while(|line| !line.is_empty());
    lines
        .filter_map(|line| line.split_once(": "))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

pub fn body(request: &str) -> &str {
    request.split_once("\r\n\r\n").unwrap().1
}
