//! The OpenAPI document in other people's hands: a validator that is not ours, and a client that is made
//! out of it and used.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::bench::served::Served;
use crate::layout::Layout;
use crate::need::pip;
use crate::optional;
use crate::process::{self, say};
use crate::ui::Mode;

/// Judges the document of the debug server, which has been built.
pub fn check(layout: &Layout) -> Result<()> {
    let generator = match pip::environment(layout, "openapi-python-client") {
        Ok(generator) => generator,
        Err(error) => return optional::cannot("openapi", &error),
    };
    let tool = |name: &str| generator.with_file_name(name);
    let server = layout.server(Mode::Debug);
    let home = layout.target.join("openapi");
    fs::create_dir_all(&home)?;
    let document = home.join("openapi.json");
    fs::write(
        &document,
        process::capture(Command::new(&server).arg("openapi"))?,
    )?;
    say("the OpenAPI document, by a validator");
    process::run_aside(Command::new(tool("openapi-spec-validator")).arg(&document))?;

    say("a client out of the OpenAPI document");
    let client = home.join("client");
    process::run_aside(
        Command::new(&generator)
            .args(["generate", "--overwrite", "--fail-on-warning"])
            .arg("--path")
            .arg(&document)
            .arg("--output-path")
            .arg(&client)
            .arg("--config")
            .arg(layout.root.join("xtask/openapi/config.yml")),
    )?;
    use_client(layout, &server, &tool("python"), &client)
}

fn use_client(layout: &Layout, server: &Path, python: &Path, client: &Path) -> Result<()> {
    let served = Served::start(server)?;
    served.wait_until_ready()?;
    let token = |scope| {
        let arguments = ["token", "create", "--name", scope, "--scope", scope];
        process::capture(served.command(server, &[]).args(arguments))
    };
    process::run_aside(
        Command::new(python)
            .arg(layout.root.join("xtask/openapi/use_client.py"))
            .env("PYTHONPATH", client)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("BASE_URL", served.url())
            .env("WRITE_TOKEN", token("write")?)
            .env("OPS_TOKEN", token("ops")?),
    )
}
