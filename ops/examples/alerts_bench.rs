//! What a round of alert rules costs: `cargo run --release --example alerts_bench -p ops`.

#![allow(clippy::print_stdout, reason = "a command")]

use std::time::{Duration, Instant};

use ops::alerts::file::{Known, load};
use ops::alerts::lifecycle::Tick;
use ops::alerts::snapshot::{Reading, Sample, Snapshot, signals_of};
use ops::alerts::{Setup, State, turn};

const RULES: usize = 100;
const ROUNDS: u32 = 1000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rules = (0..RULES).map(|number| {
        format!(
            "[[rule]]\nname = \"r{number}\"\n\
             expr = \"error_share({}m) > 5% and latency(0.95, 5m) > 1s or requests(1m) > 10\"\n\
             recover = \"requests(1m) < 5\"\n",
            number + 1
        )
    });
    let text = format!("version = 1\n{}", rules.collect::<String>());
    let file = load(Some(&text), Known::default())?;
    let mut snapshot = Snapshot::default();
    for signal in signals_of(&file.rules) {
        let sample = Sample {
            value: 0.01,
            ..Sample::share(10, 1000)
        };
        snapshot.set(signal, None, Reading::Known(sample));
    }
    let setup = Setup {
        rules: &file.rules,
        notify: &file.notify,
        maintenance: &[],
        recipients: &[],
    };
    let mut state = State::default();
    let mut ids = 0;
    let started = Instant::now();
    for number in 0..ROUNDS {
        let tick = Tick {
            at_ms: i64::from(number) * 30_000,
            uptime_ms: u64::from(number) * 30_000,
            run: 1,
            has_jumped: false,
        };
        let mut next_id = || {
            ids += 1;
            format!("{ids}")
        };
        turn(&mut state, setup, |_| true, &snapshot, &tick, &mut next_id);
    }
    let round: Duration = started.elapsed() / ROUNDS;
    println!("{} rules: {round:?} a round", file.rules.len());
    Ok(())
}
