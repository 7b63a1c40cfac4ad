//! `cargo xtask`: what cargo alone can't do. Builds the UI's files in one way for development,
//! tests, release and containers, and fetches what the tests lack.
//!
//! Results go to stdout, so that a script can take them; progress goes to stderr.

mod bench;
mod demo;
mod fuzz;
mod layout;
mod lint;
mod log_files;
mod need;
mod openapi;
mod optional;
mod peers;
mod process;
mod siege;
mod test;
mod ui;

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, Subcommand};

use layout::Layout;
use process::say;
use ui::Mode;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Build and test steps beyond cargo's own"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the UI's files (wasm, bindings, style) into the target directory
    Ui {
        /// Small and compressed, for `cargo build --release`
        #[arg(long)]
        release: bool,
    },
    /// Build the release binary with the UI inside; print its path
    Build,
    /// Check format, lints, licences and advisories
    Lint,
    /// Run every test: Rust's first, then the ones in a browser
    Test,
    /// Run the tests in a browser only
    E2e {
        /// Passed on to `playwright test`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Measure the release build: requests per second, sizes, start, memory
    Bench {
        /// Only these: recording, requests, agreement, start, sizes, paint, render, registry, logs
        parts: Vec<String>,
    },
    /// Have the OpenAPI document judged, and a client made out of it and used (after a build)
    Openapi,
    /// Make requests out of the OpenAPI document, good and bad ones, against the release build
    Fuzz {
        #[arg(default_value_t = 600)]
        seconds: u32,
        /// On PostgreSQL instead of SQLite
        #[arg(long)]
        postgres: bool,
    },
    /// Attack the release build and load it honestly at once; fail if a promise is broken
    Siege {
        #[arg(default_value_t = 1200)]
        seconds: u64,
        /// On PostgreSQL instead of SQLite
        #[arg(long)]
        postgres: bool,
    },
    /// Test the service against the real programs that it speaks to, which are brought if need be
    Peers {
        /// Only these: metrics, alerts, traces, logs, dashboards, mail
        parts: Vec<String>,
        /// Requests whose counts are compared
        #[arg(long, default_value_t = 20_000)]
        requests: u64,
        /// Lines of the access log that are shipped
        #[arg(long, default_value_t = 20_000)]
        lines: u64,
    },
    /// Run the service with sample cards and a little traffic
    Demo,
    /// Install PostgreSQL for the tests if need be; print its directory of binaries
    Postgres,
    /// Install nginx for the tests if need be; print its path
    Nginx,
    /// Install poolers for the tests if need be; print their paths, as `PATH` lists directories
    Pgbouncer,
    /// Install a browser for the tests if need be; print its path
    Browser,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let layout = Layout::find()?;
    match cli.command {
        Command::Ui { release: true } => ui::build(&layout, Mode::Release),
        Command::Ui { release: false } => ui::build(&layout, Mode::Debug),
        Command::Build => print(&release(&layout)?),
        Command::Lint => lint::everything(&layout),
        Command::Test => test::everything(&layout),
        Command::E2e { arguments } => test::in_browser(&layout, &arguments),
        Command::Bench { parts } => bench::measure(&layout, &parts),
        Command::Openapi => openapi::check(&layout),
        Command::Fuzz { seconds, postgres } => fuzz::run(&layout, seconds, postgres),
        Command::Siege { seconds, postgres } => {
            siege::run(&layout, Duration::from_secs(seconds), postgres)
        }
        Command::Peers {
            parts,
            requests,
            lines,
        } => peers::run(&layout, &parts, peers::Amounts { requests, lines }),
        Command::Demo => demo::run(&layout),
        Command::Postgres => print(&need::postgres::bin_dir(&layout)?),
        Command::Nginx => print(&need::program::NGINX.find()?),
        Command::Pgbouncer => print(Path::new(&need::pgbouncer::all(&layout)?)),
        Command::Browser => print(&need::browser::executable(&layout)?),
    }
}

fn release(layout: &Layout) -> Result<PathBuf> {
    ui::build(layout, Mode::Release)?;
    process::run(
        layout
            .cargo()
            .args(["build", "--release", "--package=server"]),
    )?;
    Ok(layout.server(Mode::Release))
}

fn debug(layout: &Layout) -> Result<PathBuf> {
    ui::build(layout, Mode::Debug)?;
    process::run(layout.cargo().args(["build", "--package=server"]))?;
    Ok(layout.server(Mode::Debug))
}

/// The program to measure or test: the one that `SERVER_BIN` names, built elsewhere, else what is
/// built.
fn named_or(built: impl FnOnce() -> Result<PathBuf>) -> Result<PathBuf> {
    match env::var_os("SERVER_BIN").filter(|value| !value.is_empty()) {
        Some(named) => Ok(Path::new(&named).canonicalize()?),
        None => built(),
    }
}

fn measured(layout: &Layout) -> Result<PathBuf> {
    named_or(|| release(layout))
}

fn print(path: &Path) -> Result<()> {
    Ok(writeln!(io::stdout(), "{}", path.display())?)
}
