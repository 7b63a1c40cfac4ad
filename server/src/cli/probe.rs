//! `probe [URL]`: one readiness probe, for container health checks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clap::Args;

use super::{Failure, runtime, say};
use crate::config::Config;

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
            format!("http://{}/health/ready/", reachable(config.listen_addr))
        }
    };
    runtime()?.block_on(async {
        let failed = |error: reqwest::Error| {
            Failure::at_run_time(format!("not ready: {}", crate::error::chain(&error)))
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

/// "Every address" is where to listen, not where to connect.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::unwrap_used, reason = "a test's literal addresses")]
    fn every_address_is_probed_on_this_machine() {
        let probed = |text: &str| reachable(text.parse().unwrap()).to_string();
        assert_eq!(probed("0.0.0.0:8000"), "127.0.0.1:8000");
        assert_eq!(probed("[::]:8000"), "[::1]:8000");
        assert_eq!(probed("10.0.0.7:80"), "10.0.0.7:80");
    }
}
