//! Every test there is, in the order in which a failure is cheapest to find.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::layout::Layout;
use crate::need::{browser, npm, postgres};
use crate::process::{self, say};
use crate::ui::{self, Mode};

/// The service's crates are built together, since cargo unifies features over what one command
/// builds; ours apart, so that `cargo xtask` itself finds its libraries as it left them.
const SERVICE: [&str; 3] = ["--package=ops", "--package=app", "--package=server"];
const OURSELVES: [&str; 1] = ["--package=xtask"];

/// Rust's tests, then the browser's. All run even if some fail, so that one run tells all.
pub fn everything(layout: &Layout) -> Result<()> {
    ui::build(layout, Mode::Debug)?;
    let postgres = postgres::bin_dir(layout)?;
    let runner = runner(layout);
    let outcomes = [
        in_rust(layout, &runner, &SERVICE, &postgres),
        in_rust(layout, &["test", "--doc", "--quiet"], &SERVICE, &postgres),
        in_rust(layout, &runner, &OURSELVES, &postgres),
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

fn in_rust(layout: &Layout, runner: &[&str], packages: &[&str], postgres: &Path) -> Result<()> {
    process::run(
        layout
            .cargo()
            .args(runner)
            .args(packages)
            .env(postgres::VARIABLE, postgres),
    )
}

/// The end-to-end tests alone, against a server that is built for them.
pub fn in_browser(layout: &Layout, arguments: &[String]) -> Result<()> {
    ui::build(layout, Mode::Debug)?;
    process::run(layout.cargo().args(["build", "--package=server"]))?;
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
