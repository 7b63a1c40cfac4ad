//! What must hold throughout: liveness answers quickly, memory stays flat.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::raw;
use super::target::Target;
use crate::bench::served::Served;
use crate::process::say;

const PROBE_EVERY: Duration = Duration::from_millis(100);

#[derive(Default)]
pub struct Liveness {
    pub durations: Vec<Duration>,
    pub failures: u64,
}

pub fn liveness(target: &Target, stop: &AtomicBool) -> Liveness {
    let mut seen = Liveness::default();
    while !stop.load(Ordering::Relaxed) {
        let asked = Instant::now();
        match raw::probe(target) {
            Ok(200) => seen.durations.push(asked.elapsed()),
            _ => seen.failures += 1,
        }
        thread::sleep(PROBE_EVERY);
    }
    seen
}

/// Resident memory in MiB, read once a second for the whole siege.
pub fn memory(served: &Served, begun: Instant, duration: Duration) -> Result<Vec<f64>> {
    let mut samples = Vec::new();
    while begun.elapsed() < duration {
        let resident = served.resident_mib()?;
        if samples.len() % 60 == 0 {
            say(&format!(
                "{:>5} s: {resident:.1} MiB resident",
                begun.elapsed().as_secs()
            ));
        }
        samples.push(resident);
        thread::sleep(Duration::from_secs(1));
    }
    Ok(samples)
}
