//! `make fuzz`: the release build under requests made out of its own OpenAPI document, good ones and
//! bad ones, for as long as one likes.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::bench::postgres::Postgres;
use crate::bench::served::Served;
use crate::demo;
use crate::layout::Layout;
use crate::need;
use crate::process::{self, say};

/// Fails if anything is found.
pub fn run(layout: &Layout, seconds: u32, on_postgres: bool) -> Result<()> {
    let schemathesis = need::pip::environment(layout, "schemathesis")?;
    let server = crate::measured(layout)?;
    let postgres = on_postgres.then(|| Postgres::start(layout)).transpose()?;
    let url = postgres.as_ref().map(Postgres::url);
    let environment: Vec<(&str, &str)> = url
        .iter()
        .map(|url| ("DATABASE_URL", url.as_str()))
        .collect();
    let served = Served::start_with(&server, &environment)?;
    served.wait_until_ready()?;
    let command = |arguments: &[&str]| {
        let mut command = served.command(&server, &environment);
        command.args(arguments);
        command
    };
    let token = |name, scope| {
        process::capture(&mut command(&[
            "token", "create", "--name", name, "--scope", scope,
        ]))
    };
    demo::import(layout, command)?;
    say(&format!("making requests for {seconds} s"));
    process::run(
        Command::new(schemathesis)
            .arg("--config-file")
            .arg(file(layout, "schemathesis.toml"))
            .arg("run")
            .args(["--checks=all", "--mode=all", "--continue-on-failure"])
            .arg(format!("--max-time={seconds}"))
            .arg(format!("{}/api/openapi.json", served.url()))
            // It keeps examples where it runs, and they are of this server only.
            .current_dir(served.directory())
            .env("SCHEMATHESIS_HOOKS", file(layout, "checks.py"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("FUZZ_TOKEN", token("fuzz", "write")?)
            .env("FUZZ_OPS_TOKEN", token("fuzz-ops", "ops")?),
    )
}

fn file(layout: &Layout, name: &str) -> impl AsRef<Path> + AsRef<std::ffi::OsStr> {
    layout.root.join("xtask/fuzz").join(name)
}
