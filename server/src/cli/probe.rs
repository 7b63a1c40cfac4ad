//! `probe [URL]`: one readiness probe, for container health checks.

use std::time::Duration;

use clap::Args;

use super::{Failure, runtime, say};
use crate::config::Config;
use crate::listener::as_seen_from_here;

/// Longer than the service takes at its worst.
const LIMIT: Duration = Duration::from_secs(3);

#[derive(Args)]
pub struct Arguments {
    /// Default: this service's own /health/ready/
    url: Option<String>,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let url = match arguments.url {
        Some(url) => url,
        None => {
            let (config, _) = Config::from_process()?;
            format!(
                "http://{}/health/ready/",
                as_seen_from_here(config.listen_addr)
            )
        }
    };
    runtime()?.block_on(async {
        let failed = |error: reqwest::Error| {
            Failure::at_run_time(format!("not ready: {}", crate::db::chain(&error)))
        };
        let client = reqwest::Client::builder()
            .timeout(LIMIT)
            // The service itself is asked, whatever proxy the environment names.
            .no_proxy()
            .build()
            .map_err(failed)?;
        let response = client.get(&url).send().await.map_err(failed)?;
        let status = response.status();
        let body = response.text().await.map_err(failed)?;
        if status.is_success() {
            say(body.trim());
            Ok(())
        } else {
            Err(Failure::at_run_time(format!(
                "not ready: {status} {}",
                body.trim()
            )))
        }
    })
}
