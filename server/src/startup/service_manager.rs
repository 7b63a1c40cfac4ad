//! What a service manager such as systemd is told, where there is one (`NOTIFY_SOCKET`): that the
//! service answers, how it is, and that it goes. See sd_notify(3).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ops::health::Report;
use reqwest::Client;
use sd_notify::NotifyState;
use tokio::time::sleep;

use crate::listener::as_seen_from_here;
use crate::state::AppState;

/// How often the status is brought up to date.
const STATUS_EVERY: Duration = Duration::from_secs(5);

/// Until it answers for the first time.
const FIRST_EVERY: Duration = Duration::from_millis(50);

/// For one answer of our own `/health/`, which touches nothing that could take long.
const LIMIT: Duration = Duration::from_secs(3);

/// Tells the service manager how it goes, for as long as the returned future is polled; ends at once
/// where there is none.
///
/// READY=1 says that the service answers, not that it is ready for traffic: with its database down it
/// is there all the same, and must not be ended for being slow to start. WATCHDOG=1 is said only after
/// a request went all the way through: this runtime, the listener, a worker, and back.
pub async fn keep_informed(state: Arc<AppState>, address: SocketAddr) {
    if std::env::var_os("NOTIFY_SOCKET").is_none() {
        return;
    }
    let client = match Client::builder().no_proxy().timeout(LIMIT).build() {
        Ok(client) => client,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(
                error,
                "the service manager is told nothing: there is no HTTP client"
            );
            return;
        }
    };
    let url = format!("http://{}/health/", as_seen_from_here(address));
    while !answers(&client, &url).await {
        sleep(FIRST_EVERY).await;
    }
    tell(&[NotifyState::Ready]);
    let watchdog = sd_notify::watchdog_enabled();
    // Two may be late before it bites.
    let every = watchdog.map_or(STATUS_EVERY, |limit| STATUS_EVERY.min(limit / 3));
    let mut told = String::new();
    loop {
        if watchdog.is_some() && answers(&client, &url).await {
            tell(&[NotifyState::Watchdog]);
        }
        let status = summary(&state.desk.health.report().await);
        if status != told {
            tell(&[NotifyState::Status(&status)]);
            told = status;
        }
        sleep(every).await;
    }
}

/// From now on silence is no illness.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        let error = &error as &dyn std::error::Error;
        tracing::debug!(error, "the service manager can't be told");
    }
}

/// Whether it is alive, by its own word. One that is out of memory says no.
async fn answers(client: &Client, url: &str) -> bool {
    let answer = client.get(url).send().await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

/// One line for `systemctl status`.
fn summary(report: &Report) -> String {
    if report.is_ready() {
        return "ready".to_owned();
    }
    let failed: Vec<String> = report
        .checks()
        .filter(|(_, check)| !check.ready)
        .map(|(name, check)| match check.error {
            Some(code) => format!("{name}: {}", code.as_str()),
            None => name.to_owned(),
        })
        .collect();
    format!("not ready ({})", failed.join(", "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn one_that_accepts_and_says_nothing_is_not_alive() {
        _ = rustls::crypto::ring::default_provider().install_default();
        let hung = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/health/", hung.local_addr().unwrap());
        let client = Client::builder()
            .timeout(Duration::from_millis(200))
            .build()
            .unwrap();
        assert!(!answers(&client, &url).await);
    }
}
