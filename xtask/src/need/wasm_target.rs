//! Rust's standard library for the browser.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::layout::Layout;
use crate::process::{self, say};

pub const TRIPLE: &str = "wasm32-unknown-unknown";

/// Asks rustc where the target's library would be, so that toolchains without rustup do as well.
pub fn install(layout: &Layout) -> Result<()> {
    let library = process::capture(Command::new("rustc").current_dir(&layout.root).args([
        "--print=target-libdir",
        "--target",
        TRIPLE,
    ]))?;
    if Path::new(&library).is_dir() {
        return Ok(());
    }
    say(&format!(
        "installing Rust's target {TRIPLE}, which the UI is compiled for"
    ));
    process::run_aside(
        Command::new("rustup")
            .current_dir(&layout.root)
            .args(["target", "add", TRIPLE]),
    )
    .with_context(|| {
        format!(
            "this Rust has no {TRIPLE}; without rustup, install it as your distribution offers it"
        )
    })
}
