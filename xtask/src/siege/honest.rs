//! Honest clients, whose requests carry ids by which the access log is checked afterwards.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::target::Target;

/// Begins the request ids of honest clients; a number follows.
pub const ID_PREFIX: &str = "siege-honest-";

/// About 200 requests a second.
const PAUSE: Duration = Duration::from_millis(5);

const PATHS: [&str; 6] = [
    "/api/agentcards/",
    "/api/agentcards/1/",
    "/api/namespaces/",
    "/api/schemas/",
    "/api/agentcards/?tag=currency",
    "/samples/Currency%20Conversion%20Agent/.well-known/agent-card.json",
];

#[derive(Default)]
pub struct Honest {
    pub answered: u64,
    /// Requests that got no answer at all.
    pub unanswered: u64,
    pub by_status: BTreeMap<u16, u64>,
    pub longest: Duration,
}

pub fn run(target: &Target, stop: &AtomicBool) -> Honest {
    let mut seen = Honest::default();
    for (number, path) in PATHS.iter().cycle().enumerate() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let asked = Instant::now();
        match ask(target, path, seen.answered) {
            Ok(status) => {
                seen.answered += 1;
                *seen.by_status.entry(status).or_default() += 1;
                seen.longest = seen.longest.max(asked.elapsed());
            }
            Err(error) => {
                seen.unanswered += 1;
                crate::process::say(&format!("honest request {number} to {path}: {error:#}"));
            }
        }
        thread::sleep(PAUSE);
    }
    seen
}

fn ask(target: &Target, path: &str, number: u64) -> Result<u16> {
    let mut response = target
        .agent
        .get(target.at(path))
        .header("X-Request-ID", format!("{ID_PREFIX}{number}"))
        .call()?;
    response.body_mut().read_to_vec()?;
    Ok(response.status().as_u16())
}
