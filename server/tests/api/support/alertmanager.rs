//! A real Alertmanager, which forgets all when it ends.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::http::Http;
use super::port::Port;
use super::process::Process;
use super::temporary_directory;
use super::wait::{SOON, eventually};

const CONFIGURATION: &str = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n";

pub struct Alertmanager {
    port: Port,
    running: Option<(Process, TempDir)>,
}

/// `TEST_ALERTMANAGER` names one.
fn program() -> PathBuf {
    let named = env::var_os("TEST_ALERTMANAGER").filter(|value| !value.is_empty());
    named.map_or_else(|| "/usr/bin/prometheus-alertmanager".into(), PathBuf::from)
}

impl Alertmanager {
    pub async fn start() -> Self {
        let mut started = Self {
            port: Port::reserve(),
            running: None,
        };
        started.come_up().await;
        started
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port.number)
    }

    /// One that knows of nothing takes the place of the one that runs.
    pub async fn replace(&mut self) {
        self.running = None;
        self.come_up().await;
    }

    async fn come_up(&mut self) {
        let directory = temporary_directory();
        let configuration = directory.path().join("alertmanager.yml");
        fs::write(&configuration, CONFIGURATION).unwrap();
        let mut command = Command::new(program());
        command
            .arg(format!("--config.file={}", configuration.display()))
            .arg(format!("--storage.path={}", directory.path().display()))
            .arg(format!(
                "--web.listen-address=127.0.0.1:{}",
                self.port.number
            ))
            .arg("--cluster.listen-address=");
        let mut process = Process::spawn(command);
        let http = Http::new(self.url());
        eventually("Alertmanager answers", SOON, async || {
            let said = process.stderr();
            assert!(process.is_running(), "Alertmanager ended: {said:?}");
            let answer = http.try_send(reqwest::Method::GET, "/-/ready", "").await;
            answer.is_ok_and(|it| it.status == 200).then_some(())
        })
        .await;
        self.running = Some((process, directory));
    }

    /// What fires.
    pub async fn alerts(&self) -> Vec<Value> {
        let answer = Http::new(self.url()).get("/api/v2/alerts").await;
        answer.json().as_array().unwrap().clone()
    }

    /// The same, asked for by Alertmanager's own tool.
    pub fn asked_by_amtool(&self, matcher: &str) -> Vec<Value> {
        let output = Command::new(program().with_file_name("amtool"))
            .arg(format!("--alertmanager.url={}", self.url()))
            .args(["alert", "query", "--output=json", matcher])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}
