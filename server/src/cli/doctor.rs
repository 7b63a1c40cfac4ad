//! `doctor`: what is wrong here, a line a finding, whether the service runs or not.

use app::pages::Tone;
use clap::Args;

use super::colour::painted;
use super::{Failure, runtime, say};
use crate::doctor::{Level, examine};

#[derive(Args)]
pub struct Arguments {
    /// The same for programs
    #[arg(long)]
    json: bool,
}

/// Exit code 1: at least one finding is an error.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let runtime = runtime()?;
    let (report, _) = runtime.block_on(examine());
    // A look that hangs must not keep the command.
    runtime.shutdown_background();
    if arguments.json {
        say(report.to_json());
    } else {
        for (level, line) in report.lines() {
            say(painted(tone(level), &line));
        }
    }
    match report.verdict() {
        Level::Ok | Level::Warning => Ok(()),
        Level::Error => Err(Failure::already_told()),
    }
}

fn tone(level: Level) -> Tone {
    match level {
        Level::Ok => Tone::Plain,
        Level::Warning => Tone::Warning,
        Level::Error => Tone::Bad,
    }
}
