//! The command line: one subcommand a file. Exit codes: 0 fine, 1 failed at run time, 2 wrong usage
//! or configuration; 3 of `status`: there is nobody to ask.

mod access_code;
mod alerts;
mod alerts_export;
mod changepassword;
mod colour;
mod config;
mod createsuperuser;
mod doctor;
mod export;
mod import;
mod incidents;
mod last_known;
mod logs;
mod migrate;
mod openapi;
mod probe;
mod prompt;
mod quiet;
mod running_service;
mod serve;
mod service_parts;
mod signals;
mod status;
mod support_bundle;
mod token;

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use clap::{Parser, Subcommand};
use tokio::runtime::{Builder, Handle, Runtime};

use crate::auth::username::{MAX_CHARS, Username};
use crate::config::{Config, ConfigError};
use crate::db::migrate::Schema;
use crate::db::queries::audit::Trace;
use crate::db::time::naive;
use crate::db::{Db, migrate as migrations};

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
    /// Print a one-time code that opens the desk for reading while users can't be looked up
    AccessCode,
    /// Create, list and revoke API tokens
    #[command(subcommand)]
    Token(token::Action),
    /// Bring in agent cards from files or standard input
    Import(import::Arguments),
    /// Write all schemas, namespaces and agent cards to standard output, one JSON object a line
    Export(export::Arguments),
    /// Print the OpenAPI 3.1 document
    Openapi,
    /// Ask once whether the service is ready; exit code 0 if it is
    Probe(probe::Arguments),
    /// Say how the running service is; exit code 0: all is well, 1: something is wrong, 3: it can't be
    /// asked, and its files have to do
    Status(status::Arguments),
    /// Search the log files, follow them, or tell a request's story
    Logs(logs::Arguments),
    /// The rules of alerts: list, check and try them
    Alerts(alerts::Arguments),
    /// List open and recent incidents, or print one as Markdown
    Incidents(incidents::Arguments),
    /// Ask for quiet: nobody is told of anything for a while, and all is written down
    Quiet(quiet::Arguments),
    /// Look at configuration, directories, disks, databases, clock and rules, without a running service;
    /// exit code 1 if anything is an error
    Doctor(doctor::Arguments),
    /// Write an archive of all that a colleague needs to help, without the secrets
    SupportBundle(support_bundle::Arguments),
    /// Print the effective configuration and where each value comes from
    Config,
}

/// How a command ends if not well: in one line on stderr, unless all is said already.
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

    /// What was asked for can't be understood.
    fn of_usage(message: impl Display) -> Self {
        Self {
            code: 2,
            message: message.to_string(),
        }
    }

    /// The service that was to be asked does not answer.
    fn unreachable(message: impl Display) -> Self {
        Self {
            code: 3,
            message: message.to_string(),
        }
    }

    /// What is wrong stands on stdout.
    fn already_told() -> Self {
        Self {
            code: 1,
            message: String::new(),
        }
    }

    /// With the error's causes behind it.
    fn because(error: &dyn std::error::Error) -> Self {
        Self::at_run_time(crate::db::chain(error))
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
    // rustls has to be told which cryptography to use, once a process, before anyone has a client.
    _ = rustls::crypto::ring::default_provider().install_default();
    let outcome = match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Createsuperuser(arguments) => createsuperuser::run(arguments),
        Command::Changepassword(arguments) => changepassword::run(arguments),
        Command::AccessCode => access_code::run(),
        Command::Token(action) => token::run(action),
        Command::Import(arguments) => import::run(arguments),
        Command::Export(arguments) => export::run(arguments),
        Command::Openapi => openapi::run(),
        Command::Probe(arguments) => probe::run(arguments),
        Command::Status(arguments) => status::run(&arguments),
        Command::Logs(arguments) => logs::run(&arguments),
        Command::Alerts(arguments) => alerts::run(&arguments),
        Command::Incidents(arguments) => incidents::run(&arguments),
        Command::Quiet(arguments) => quiet::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::SupportBundle(arguments) => support_bundle::run(&arguments),
        Command::Config => config::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.message.is_empty() {
                let line = failure.message.replace(['\n', '\r'], " ");
                _ = writeln!(io::stderr(), "error: {line}");
            }
            ExitCode::from(failure.code)
        }
    }
}

/// The registry's database, for a command: up to date, with one connection.
async fn registry(config: &Config) -> Result<Db, Failure> {
    let url = config.database.url.clone();
    migrations::apply(Schema::Registry, &url, &Handle::current())
        .await
        .map_err(|error| Failure::because(&error))?;
    Ok(Db::new(url, 1, Duration::MAX, Handle::current()))
}

/// What `--username` names.
fn username(text: &str) -> Result<Username, Failure> {
    Username::parse(text).map_err(|unfit| {
        let shown: String = text.chars().take(MAX_CHARS).collect();
        Failure::of_usage(format!("--username: {shown:?} is not {unfit}; try alice"))
    })
}

/// What the audit log says of a command: who ran it, as the system knows them.
fn trace() -> Trace {
    // The environment may say anything.
    let user = whoami::username()
        .unwrap_or_else(|_| format!("uid-{}", rustix::process::getuid().as_raw()));
    Trace {
        actor: format!("command:{user}"),
        at: naive(SystemTime::now()),
        ip: None,
        request_id: None,
    }
}

/// Whoever reads may have gone away (`config | head`): that is no failure of ours.
fn say(line: impl Display) {
    _ = writeln!(io::stdout(), "{line}");
}

/// Whether there is still somebody who reads is the caller's business.
fn write_line(out: &mut impl io::Write, line: &str) -> io::Result<()> {
    writeln!(out, "{line}")
}

/// The main runtime. All database work runs here; Actix's workers bring their own.
fn runtime() -> Result<Runtime, Failure> {
    Builder::new_multi_thread()
        // One that blocks in SQLite must leave one that keeps time.
        .worker_threads(std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2)))
        .enable_all()
        .build()
        .map_err(|error| Failure::at_run_time(format!("no runtime: {error}")))
}
