//! A past for a service's own store: 90 days of four instances, a hundred routes.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::served::Served;
use crate::layout::Layout;
use crate::process::{self, say};
use crate::ui::Mode;

/// What writes it, built.
pub fn program(layout: &Layout) -> Result<PathBuf> {
    process::run(layout.cargo().args([
        "build",
        "--release",
        "--package=server",
        "--example=history",
    ]))?;
    Ok(layout.home(Mode::Release).join("examples").join("history"))
}

/// In which every route was called so many times a minute. The service reads it when it starts again.
pub fn write(served: &Served, program: &Path, calls: u32) -> Result<()> {
    say("writing 90 days of four instances into the desk's store");
    let store = served.directory().join("data").join("ops.sqlite3");
    let url = format!("sqlite://{}", store.display());
    process::run_aside(
        served
            .command(program, &[])
            .args([&url, &calls.to_string()]),
    )
}
