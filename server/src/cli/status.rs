//! `status`: how the running service is, in a terminal; from its files if it does not answer.

use app::dto::{Status, VerdictState};
use app::pages::status_in_terminal;
use clap::Args;

use super::colour::painted;
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
                    for line in last_known::lines(&config).await {
                        say(line);
                    }
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
    for line in status_in_terminal(status) {
        say(painted(line.tone, &line.text));
    }
}
