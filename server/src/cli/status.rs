//! `status`: how the running service is, in a terminal; from its files if it does not answer.

use std::env;
use std::io::{self, IsTerminal as _};

use app::dto::{Status, VerdictState};
use app::pages::{Tone, status_in_terminal};
use clap::Args;

use super::running_service::RunningService;
use super::{Failure, last_known, runtime, say};
use crate::config::Config;

#[derive(Args)]
pub struct Arguments {
    /// The same as GET /api/ops/status/ answers
    #[arg(long)]
    json: bool,
}

/// Exit code 0: all is well; 1: something is wrong; 3: the service can't be asked.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (config, _) = Config::from_process()?;
    runtime()?.block_on(async {
        match ask(&config).await {
            Ok((body, status)) => {
                if arguments.json {
                    say(body.trim_end());
                } else {
                    show(&status);
                }
                match status.verdict.state {
                    VerdictState::Ok => Ok(()),
                    VerdictState::Warning | VerdictState::Failing | VerdictState::NotReady => {
                        Err(Failure::already_told())
                    }
                }
            }
            Err(why) => {
                if !arguments.json {
                    last_known::tell(&config).await;
                }
                Err(Failure::unreachable(why))
            }
        }
    })
}

/// What it answers, as text and read; or why it can't be asked, in a sentence.
async fn ask(config: &Config) -> Result<(String, Status), String> {
    let service = RunningService::of(config)?;
    let body = service.text("/api/ops/status/").await?;
    let status = service.read(&body)?;
    Ok((body, status))
}

fn show(status: &Status) {
    let has_colour =
        io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    for line in status_in_terminal(status) {
        match escape(line.tone).filter(|_| has_colour) {
            Some(escape) => say(format!("{escape}{}\u{1b}[0m", line.text)),
            None => say(line.text),
        }
    }
}

/// ECMA-48, "select graphic rendition".
fn escape(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Plain => None,
        Tone::Good => Some("\u{1b}[32m"),
        Tone::Warning => Some("\u{1b}[33m"),
        Tone::Bad => Some("\u{1b}[31m"),
    }
}
