//! What the code must satisfy before anyone runs it: format, lints on both sides, the compose file,
//! licences.

use std::process::Command;

use anyhow::Result;

use crate::layout::Layout;
use crate::need::wasm_target::{self, TRIPLE};
use crate::need::{cargo_deny, npm};
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

/// Only where there is a `docker compose`: nobody needs it but for this.
fn compose_file(layout: &Layout) -> Result<()> {
    let compose = || {
        let mut command = Command::new("docker");
        command.current_dir(&layout.root).arg("compose");
        command
    };
    if !process::succeeds(compose().arg("version")) {
        say("docker-compose.prod.yml is not checked: there is no docker compose");
        return Ok(());
    }
    process::run(compose().args(["--file=docker-compose.prod.yml", "config", "--quiet"]))
}

/// Licences wherever cargo-deny can be had; advisories only where their database can be reached.
fn licences_and_advisories(layout: &Layout) -> Result<()> {
    let program = match cargo_deny::program(layout) {
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
