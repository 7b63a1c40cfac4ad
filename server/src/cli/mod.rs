//! The command line: one subcommand a file. Exit codes: 0 fine, 1 failed at run time, 2 wrong usage
//! or configuration.

mod changepassword;
mod config;
mod createsuperuser;
mod migrate;
mod probe;
mod prompt;
mod serve;

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::runtime::{Builder, Runtime};

use crate::config::ConfigError;

#[derive(Parser)]
#[command(
    name = "agent-source-db",
    version,
    about = "A registry of A2A agent cards with its operations desk built in"
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service (the default)
    Serve,
    /// Apply migrations to both databases
    Migrate(migrate::Arguments),
    /// Create a user who may open the desk; the password comes from ADMIN_PASSWORD or a prompt
    Createsuperuser(createsuperuser::Arguments),
    /// Set a user's password and end all of that user's sessions
    Changepassword(changepassword::Arguments),
    /// Ask once whether the service is ready; exit code 0 if it is
    Probe(probe::Arguments),
    /// Print the effective configuration and where each value comes from
    Config,
}

/// How a command ends if not well: in one line on stderr.
pub struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// It was asked for rightly and did not work.
    fn at_run_time(message: impl Display) -> Self {
        Self {
            code: 1,
            message: message.to_string(),
        }
    }

    /// With the error's causes behind it.
    fn because(error: &dyn std::error::Error) -> Self {
        Self::at_run_time(crate::error::chain(error))
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self {
            code: 2,
            message: error.to_string(),
        }
    }
}

pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Createsuperuser(arguments) => createsuperuser::run(arguments),
        Command::Changepassword(arguments) => changepassword::run(arguments),
        Command::Probe(arguments) => probe::run(arguments),
        Command::Config => config::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let line = failure.message.replace(['\n', '\r'], " ");
            _ = writeln!(io::stderr(), "error: {line}");
            ExitCode::from(failure.code)
        }
    }
}

/// Whoever reads may have gone away (`config | head`): that is no failure of ours.
fn say(line: impl Display) {
    _ = writeln!(io::stdout(), "{line}");
}

/// The main runtime. All database work runs here; Actix's workers bring their own.
fn runtime() -> Result<Runtime, Failure> {
    // rustls has to be told which cryptography to use, once a process.
    _ = rustls::crypto::ring::default_provider().install_default();
    Builder::new_multi_thread()
        // One that blocks in SQLite must leave one that keeps time.
        .worker_threads(std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2)))
        .enable_all()
        .build()
        .map_err(|error| Failure::at_run_time(format!("no runtime: {error}")))
}
