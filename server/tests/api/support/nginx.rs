//! A real nginx over the checkout's own `nginx.conf`, of which only addresses and directories are
//! changed.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpStream;

use super::http::Http;
use super::port::Port;
use super::process::Process;
use super::wait::{SOON, eventually};
use super::{checkout, temporary_directory};

pub struct Nginx {
    process: Process,
    directory: TempDir,
    port: Port,
    pub http: Http,
}

/// `nginx.conf` with `to` in place of each `from`, all of which it must have.
fn adapted(changes: &[(&str, String)]) -> String {
    let path = checkout().join("nginx.conf");
    let mut text = fs::read_to_string(&path).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{} has no {from:?}", path.display());
        text = text.replace(from, to);
    }
    text
}

fn program() -> PathBuf {
    let named = std::env::var_os("TEST_NGINX").filter(|value| !value.is_empty());
    named.map_or_else(|| PathBuf::from("nginx"), PathBuf::from)
}

impl Nginx {
    /// In front of these; returns once it listens.
    pub async fn before(upstreams: &[SocketAddr]) -> Self {
        let (directory, port) = (temporary_directory(), Port::reserve());
        let path = |name: &str| directory.path().join(name).display().to_string();
        for name in ["log", "cache"] {
            fs::create_dir(path(name)).unwrap();
        }
        let servers: Vec<String> = upstreams
            .iter()
            .map(|address| format!("server {address} "))
            .map(|server| format!("{server}max_fails=3 fail_timeout=3s;"))
            .collect();
        let changes = [
            (
                "server web:8000 max_fails=3 fail_timeout=3s;",
                servers.join("\n        "),
            ),
            ("listen 80 ", format!("listen {} ", port.number)),
            ("/run/nginx.pid", path("pid")),
            ("/var/log/nginx/", path("log/")),
            ("/var/cache/nginx/", path("cache/")),
            ("root /var/www;", format!("root {};", path("www"))),
            (
                "root /etc/nginx/agent-source-db;",
                format!(
                    "root {};",
                    checkout()
                        .join("deploy/nginx")
                        .canonicalize()
                        .unwrap()
                        .display()
                ),
            ),
        ];
        let configuration = path("nginx.conf");
        fs::write(&configuration, adapted(&changes)).unwrap();
        let mut command = Command::new(program());
        command.args(["-c", &configuration, "-e", &path("log/error.log")]);
        // As root its workers would become somebody who may not read a test's directory.
        let root = if rustix::process::geteuid().is_root() {
            "user root;"
        } else {
            ""
        };
        command.args(["-g", &format!("daemon off; {root}")]);
        command.args(["-p", &path("")]);
        let mut process = Process::spawn(command);
        let address = SocketAddr::from(([127, 0, 0, 1], port.number));
        eventually("nginx listens", SOON, async || {
            assert!(process.is_running(), "nginx ended: {:?}", process.stderr());
            TcpStream::connect(address).await.ok()
        })
        .await;
        Self {
            process,
            directory,
            port,
            http: Http::new(format!("http://{address}")),
        }
    }

    /// A client at another address of this machine.
    pub fn client_at(&self, ip: [u8; 4]) -> Http {
        let base = format!("http://127.0.0.1:{}", self.port.number);
        Http::from_address(base, Some(ip.into()))
    }

    /// What it has written down, one object a request.
    pub fn log(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.path("log/access.log")).unwrap();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let parse =
            |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        whole.lines().map(parse).collect()
    }

    /// Waits for the line of the request with this id.
    pub async fn line(&self, request_id: &str) -> Value {
        eventually("a line in nginx's log", SOON, async || {
            self.log()
                .into_iter()
                .find(|line| line["request_id"] == request_id)
        })
        .await
    }

    /// A file or directory of its own, such as `www/media/picture.png`.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

impl Drop for Nginx {
    /// Its workers would outlive a killed master: told to leave, it takes them along.
    fn drop(&mut self) {
        if !self.process.is_running() {
            return;
        }
        self.process.signal(Signal::TERM);
        let told = Instant::now();
        while self.process.is_running() && told.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
