//! Asking the service and its peers, and making traffic.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

/// How traffic calls itself; its lines in the access log are found by it.
pub const USER_AGENT: &str = "peers";

/// Begins the request ids of traffic; a number follows.
pub const ID_PREFIX: &str = "peers-";

const CLIENTS: usize = 8;

/// What is asked for, the usual mistakes among it.
const REQUESTS: [(&str, &str); 10] = [
    ("GET", "/api/agentcards/"),
    ("GET", "/api/agentcards/?page=1"),
    ("GET", "/api/namespaces/"),
    ("GET", "/api/schemas/"),
    ("GET", "/api/agentcards/?name=agent"),
    ("GET", "/api/agentcards/999/"),
    ("HEAD", "/api/agentcards/"),
    ("GET", "/api/agentcards/?page=0"),
    ("DELETE", "/api/agentcards/1/"),
    ("GET", "/nothing/"),
];

/// Any status is an answer.
pub fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .user_agent(USER_AGENT)
        .timeout_global(Some(Duration::from_secs(30)))
        .max_idle_connections_per_host(1)
        .build()
        .into()
}

/// What is at the address, if it answers well.
pub fn text(url: &str, query: &[(&str, &str)]) -> Result<String> {
    with_header(url, query, ("Accept", "*/*"))
}

pub fn json(url: &str, query: &[(&str, &str)]) -> Result<Value> {
    let text = text(url, query)?;
    serde_json::from_str(&text).with_context(|| format!("{url} answered {text}"))
}

/// The same for whoever sends this header.
pub fn with_header(url: &str, query: &[(&str, &str)], header: (&str, &str)) -> Result<String> {
    let request = agent().get(url).header(header.0, header.1);
    let request = request.query_pairs(query.iter().copied());
    let mut response = request.call().with_context(|| format!("asking {url}"))?;
    let body = response.body_mut().read_to_string()?;
    ensure!(
        response.status().is_success(),
        "{url}: {}: {body}",
        response.status()
    );
    Ok(body)
}

/// Sends a request without a body; the status.
pub fn send(agent: &Agent, method: &str, url: &str, header: (&str, &str)) -> Result<u16> {
    let request = Request::builder()
        .method(method)
        .uri(url)
        .header(header.0, header.1)
        .body(())?;
    let mut response = agent
        .run(request)
        .with_context(|| format!("{method} {url}"))?;
    response.body_mut().read_to_vec()?;
    Ok(response.status().as_u16())
}

/// Requests numbered from `first` on, sent to the bases in turns. Each must be answered.
pub fn traffic(bases: &[&str], first: u64, count: u64) -> Result<()> {
    each_in_parallel(count, |agent, number| {
        let turn = usize::try_from(number)?;
        let base = bases.get(turn % bases.len()).context("no base")?;
        let asked = REQUESTS.get(turn / bases.len() % REQUESTS.len());
        let (method, path) = asked.context("no requests")?;
        let id = format!("{ID_PREFIX}{}", first + number);
        let id = ("X-Request-ID", id.as_str());
        send(agent, method, &format!("{base}{path}"), id).map(drop)
    })
}

/// `act` for each number below `count`, by some clients at once.
pub fn each_in_parallel(count: u64, act: impl Fn(&Agent, u64) -> Result<()> + Sync) -> Result<()> {
    let next = AtomicU64::new(0);
    let work = || -> Result<()> {
        let agent = agent();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return Ok(());
            }
            act(&agent, number)?;
        }
    };
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(work)).collect();
        clients.into_iter().try_for_each(|client| {
            let joined = client.join();
            joined.map_err(|_| anyhow!("a client of the traffic panicked"))?
        })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::collections::BTreeSet;
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn clients_share_the_numbers_and_leave_none_out() {
        let seen = Mutex::new(Vec::new());
        each_in_parallel(1000, |_, number| {
            seen.lock().unwrap().push(number);
            Ok(())
        })
        .unwrap();
        let seen = seen.into_inner().unwrap();
        assert_eq!(seen.len(), 1000);
        let different: BTreeSet<u64> = seen.into_iter().collect();
        assert_eq!(different, (0..1000).collect());
        assert!(each_in_parallel(3, |_, _| Err(anyhow!("refused"))).is_err());
    }
}
