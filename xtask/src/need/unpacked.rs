//! Packages of Debian that would start a daemon if they were installed: they are unpacked instead.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::debian;
use super::program::Program;
use crate::layout::{Layout, is_executable};
use crate::process::{self, say};

/// The named one, one that is there, or else Debian's out of its unpacked package.
pub fn program(layout: &Layout, needed: &Program) -> Result<PathBuf> {
    if let Some(found) = needed.present()? {
        return Ok(found);
    }
    let home = home(layout, needed);
    let program = home.join("usr/bin").join(needed.name);
    if !is_executable(&program) && debian::may_install() {
        unpack(&home, needed)?;
    }
    if is_executable(&program) {
        Ok(program)
    } else {
        Err(needed.missing())
    }
}

/// Where its package is unpacked, if it is.
pub fn home(layout: &Layout, needed: &Program) -> PathBuf {
    layout.tools().join(needed.package)
}

fn unpack(home: &Path, needed: &Program) -> Result<()> {
    let Program {
        package, purpose, ..
    } = needed;
    say(&format!(
        "fetching Debian's {package} {purpose} (some seconds)"
    ));
    let aside = home.with_extension("part");
    if aside.exists() {
        fs::remove_dir_all(&aside)?;
    }
    fs::create_dir_all(&aside)?;
    process::run_aside(Command::new("apt-get").args(["update", "--quiet"]))?;
    process::run_aside(
        Command::new("apt-get")
            .args(["download", "--quiet", "--option=APT::Sandbox::User=root"])
            .arg(package)
            .current_dir(&aside),
    )?;
    let mut entries = fs::read_dir(&aside)?.filter_map(|entry| Some(entry.ok()?.path()));
    let archive = entries
        .find(|path| path.extension().is_some_and(|it| it == "deb"))
        .with_context(|| format!("apt brought no package {package}"))?;
    process::run_aside(
        Command::new("dpkg-deb")
            .arg("--extract")
            .args([&archive, &aside]),
    )?;
    fs::remove_file(&archive)?;
    fs::rename(&aside, home).with_context(|| format!("creating {}", home.display()))
}
