//! What it costs a request to be counted, in nanoseconds: `make bench` prints it.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use ops::clock::SystemClock;
use ops::traffic::{Recorder, Sample};

const REQUESTS: u32 = 4_000_000;
const ROUTES: [&str; 8] = [
    "/api/agentcards/",
    "/api/agentcards/{id}/",
    "/api/namespaces/",
    "/api/namespaces/{id}/",
    "/api/schemas/",
    "/api/schemas/{id}/",
    "/",
    "unmatched",
];

/// Durations as they come: none like the one before.
fn serve(recorder: &Recorder) {
    for (request, route) in (0..REQUESTS).zip(ROUTES.into_iter().cycle()) {
        let duration_us = u64::from(request.wrapping_mul(2_654_435_761) >> 18);
        recorder.started("GET");
        recorder.finished(&Sample {
            method: "GET",
            route,
            status: 200,
            duration: Duration::from_micros(duration_us),
            database: Duration::from_micros(50),
            bytes: 900,
            request_id: "01938f5e-9d2b-7a10-8c44-6b1d0e2f3a4c",
            trace: None,
        });
    }
}

fn ns_a_request(threads: u32) -> f64 {
    let recorder = Recorder::new(Arc::new(SystemClock));
    serve(&recorder);
    let started = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| serve(&recorder));
        }
    });
    started.elapsed().as_nanos() as f64 / f64::from(REQUESTS)
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "one {:.1}", ns_a_request(1))?;
    writeln!(out, "two {:.1}", ns_a_request(2))
}
