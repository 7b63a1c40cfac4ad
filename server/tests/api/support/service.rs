//! A running service: its process, a client for it, and its log files.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use rustix::process::{Pid, Signal};

use super::home::{PASSWORD, USERNAME};
use super::http::Http;
use super::logs::Logs;
use super::process::{Finished, Process};
use super::wait::{SOON, eventually};

pub struct Service {
    process: Process,
    pub http: Http,
    pub logs: Logs,
}

impl Service {
    /// Returns once the service has said where it listens.
    pub async fn start(command: Command, logs: PathBuf) -> Self {
        let mut process = Process::spawn(command);
        let address = eventually("the service listens", SOON, async || {
            let lines = process.stdout();
            let said = lines
                .iter()
                .find_map(|line| line.split_once("listening on http://"));
            let stderr = process.stderr();
            assert!(
                said.is_some() || process.is_running(),
                "it ended: {stderr:?}"
            );
            said.map(|(_, address)| address.trim().to_owned())
        })
        .await;
        Self {
            process,
            http: Http::new(format!("http://{address}")),
            logs: Logs::in_directory(logs),
        }
    }

    pub async fn until_ready(&self) {
        self.until_ready_within(SOON).await;
    }

    pub async fn until_ready_within(&self, limit: Duration) {
        eventually("the service is ready", limit, async || {
            (self.http.get("/health/ready/").await.status == 200).then_some(())
        })
        .await;
    }

    /// A client with the first admin's session.
    pub async fn signed_in(&self) -> Http {
        let answer = self.http.sign_in(USERNAME, PASSWORD).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        self.http.with(
            "cookie",
            &answer.session_cookie().expect("a session's cookie"),
        )
    }

    /// A client that may change the registry, as a page of the desk does.
    pub async fn writer(&self) -> Http {
        self.signed_in().await.same_origin()
    }

    /// Such as `127.0.0.1:8000`.
    pub fn address(&self) -> SocketAddr {
        self.http.address().parse().unwrap()
    }

    pub fn stdout(&self) -> Vec<String> {
        self.process.stdout()
    }

    pub fn stderr(&self) -> Vec<String> {
        self.process.stderr()
    }

    pub fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    pub fn pid(&self) -> Pid {
        self.process.pid()
    }

    /// Waits for its end.
    pub async fn finish(self) -> Finished {
        self.process.finish(SOON).await
    }

    /// Ends it as an operator does.
    pub async fn stop(self) -> Finished {
        self.signal(Signal::TERM);
        self.finish().await
    }

    /// Ends it as the kernel does when memory runs out.
    pub async fn kill(self) {
        self.signal(Signal::KILL);
        self.finish().await;
    }
}
