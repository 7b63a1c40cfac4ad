//! A past for a service's own store: 90 days of four instances, a hundred routes.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::served::Served;
use crate::layout::Layout;
use crate::process::{self, say};
use crate::test::SERVICE;
use crate::ui::Mode;

/// What writes it, built. Nobody measures how fast it is, and a release build of it would link for as
/// long as the service's own; with the packages that tests are built with, what they built serves.
pub fn program(layout: &Layout) -> Result<PathBuf> {
    let build = ["build", "--example=history"];
    process::run(layout.cargo().args(build).args(SERVICE))?;
    Ok(layout.home(Mode::Debug).join("examples").join("history"))
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
