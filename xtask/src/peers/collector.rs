//! The OpenTelemetry Collector over `deploy/observability/collector.yml`, of which only addresses and
//! its own directory are changed, by a second file.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::running::Running;
use crate::layout::Layout;
use crate::process::free_port;

/// Where what it collects goes to.
#[derive(Clone)]
pub struct Destinations {
    /// The directory with the four files.
    pub logs: PathBuf,
    pub victoria_logs_url: String,
    pub jaeger_otlp_url: String,
}

pub struct Collector {
    running: Running,
    /// Where spans are taken, over HTTP.
    pub otlp_url: String,
}

impl Collector {
    /// Where it has got to, it keeps in `home`: another one there goes on.
    pub fn start(
        layout: &Layout,
        program: &Path,
        home: &Path,
        destinations: &Destinations,
    ) -> Result<Self> {
        let storage = home.join("storage");
        fs::create_dir_all(&storage)?;
        let (http, grpc) = (free_port()?, free_port()?);
        fs::write(home.join("ours.yml"), ours(http, grpc, &storage))?;
        let theirs = layout.root.join("deploy/observability/collector.yml");
        let mut command = Command::new(program);
        command
            .arg("--config")
            .arg(theirs)
            .args(["--config", "ours.yml"])
            .env("LOG_DIR", &destinations.logs)
            .env("VICTORIALOGS_URL", &destinations.victoria_logs_url)
            .env("JAEGER_OTLP_URL", &destinations.jaeger_otlp_url);
        let mut running = Running::start("the Collector", &mut command, home)?;
        running.until("the Collector listens", || {
            Ok(TcpStream::connect(("127.0.0.1", http)).ok().map(drop))
        })?;
        Ok(Self {
            running,
            otlp_url: format!("http://127.0.0.1:{http}"),
        })
    }

    pub fn stop(self) -> Result<()> {
        self.running.stop()
    }
}

fn ours(http: u16, grpc: u16, storage: &Path) -> String {
    let storage = storage.display();
    format!(
        "receivers:
  otlp:
    protocols:
      http: {{endpoint: \"127.0.0.1:{http}\"}}
      grpc: {{endpoint: \"127.0.0.1:{grpc}\"}}
extensions:
  file_storage: {{directory: \"{storage}\"}}
service:
  telemetry: {{metrics: {{level: none}}}}
"
    )
}
