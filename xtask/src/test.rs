//! Every test there is, in the order in which a failure is cheapest to find.

use std::env;
use std::ffi::OsString;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Result, ensure};

use crate::layout::Layout;
use crate::need::{alertmanager, browser, faketime, npm, pgbouncer, pip, postgres, program};
use crate::openapi;
use crate::process::{self, say};
use crate::ui::{self, Mode};

/// The service's crates are built together, since cargo unifies features over what one command
/// builds; ours apart, so that `cargo xtask` itself finds its libraries as it left them.
pub const SERVICE: [&str; 3] = ["--package=ops", "--package=app", "--package=server"];
const OURSELVES: [&str; 1] = ["--package=xtask"];

/// Rust's tests, then the browser's. All run even if some fail, so that one run tells all.
pub fn everything(layout: &Layout) -> Result<()> {
    ui::build(layout, Mode::Debug)?;
    let needs = Needs::find(layout)?;
    let runner = runner(layout);
    let outcomes = [
        in_rust(layout, &runner, &SERVICE, &needs),
        in_rust(layout, &["test", "--doc", "--quiet"], &SERVICE, &needs),
        in_rust(layout, &runner, &OURSELVES, &needs),
        openapi::check(layout),
        // Against the server that Rust's tests were built with: a build of its own, with other
        // features of a dozen libraries, would take a minute to say the same.
        play(layout, &[]),
    ];
    let failures: Vec<String> = outcomes
        .into_iter()
        .filter_map(Result::err)
        .map(|error| format!("{error:#}"))
        .collect();
    ensure!(failures.is_empty(), "{}", failures.join("; "));
    Ok(())
}

/// What runs unit and integration tests; documentation's examples only cargo can run.
fn runner(layout: &Layout) -> Vec<&'static str> {
    if process::succeeds(layout.cargo().args(["nextest", "--version"])) {
        return vec!["nextest", "run", "--no-fail-fast"];
    }
    say("cargo-nextest is not installed: using cargo test, which takes a little longer");
    vec!["test", "--no-fail-fast", "--tests"]
}

/// What the integration tests start: the real things.
struct Needs {
    postgres: PathBuf,
    postgres_tools: PathBuf,
    nginx: PathBuf,
    poolers: OsString,
    python: PathBuf,
    alertmanager: PathBuf,
    amtool: PathBuf,
    promtool: PathBuf,
    smtp_sink: PathBuf,
    faketime: PathBuf,
    path: OsString,
}

impl Needs {
    fn find(layout: &Layout) -> Result<Self> {
        let sqlite = program::SQLITE.find()?;
        let before = env::var_os("PATH").unwrap_or_default();
        let directories = env::split_paths(&before).chain(sqlite.parent().map(Path::to_owned));
        Ok(Self {
            postgres: postgres::bin_dir(layout)?,
            postgres_tools: postgres::tools_dir()?,
            nginx: program::NGINX.find()?,
            poolers: pgbouncer::all(layout)?,
            python: pip::python(layout)?,
            alertmanager: alertmanager::program(layout)?,
            amtool: program::AMTOOL.unpacked(layout)?,
            promtool: program::PROMTOOL.unpacked(layout)?,
            smtp_sink: program::SMTP_SINK.unpacked(layout)?,
            faketime: faketime::library(layout)?,
            path: env::join_paths(directories)?,
        })
    }
}

fn in_rust(layout: &Layout, runner: &[&str], packages: &[&str], needs: &Needs) -> Result<()> {
    process::run(
        layout
            .cargo()
            .args(runner)
            .args(packages)
            .env(postgres::VARIABLE, &needs.postgres)
            .env(postgres::TOOLS_VARIABLE, &needs.postgres_tools)
            .env(program::NGINX.variable, &needs.nginx)
            .env(program::PGBOUNCER.variable, &needs.poolers)
            .env(pip::PYTHON_VARIABLE, &needs.python)
            .env(program::ALERTMANAGER.variable, &needs.alertmanager)
            .env(program::AMTOOL.variable, &needs.amtool)
            .env(program::PROMTOOL.variable, &needs.promtool)
            .env(program::SMTP_SINK.variable, &needs.smtp_sink)
            .env(faketime::VARIABLE, &needs.faketime)
            .env("RUST_TEST_THREADS", threads().to_string())
            .env("PATH", &needs.path),
    )
}

/// Most of what a test of the service takes is waiting for it.
fn threads() -> usize {
    2 * thread::available_parallelism().map_or(1, NonZero::get)
}

/// The end-to-end tests alone, against a server that is built for them.
pub fn in_browser(layout: &Layout, arguments: &[String]) -> Result<()> {
    crate::debug(layout)?;
    play(layout, arguments)
}

/// Each test starts the debug server by itself.
fn play(layout: &Layout, arguments: &[String]) -> Result<()> {
    npm::install_end2end(layout)?;
    let browser = browser::executable(layout)?;
    process::run(
        Command::new("npx")
            .args(["--no-install", "playwright", "test"])
            .args(arguments)
            .current_dir(layout.end2end())
            .env(browser::VARIABLE, browser)
            .env(postgres::VARIABLE, postgres::bin_dir(layout)?)
            .env("SERVER_BIN", layout.server(Mode::Debug)),
    )
}
