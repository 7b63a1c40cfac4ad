//! Packages from Debian, where we may install them.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{self, say};

/// Whether this is Debian and we are root.
pub fn may_install() -> bool {
    let is_debian = fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.lines().any(|line| line == "ID=debian"));
    is_debian && process::is_root()
}

/// Does nothing where we may not: the caller looks again, and then says what is missing.
pub fn install(package: &str, purpose: &str) -> Result<()> {
    if !may_install() {
        return Ok(());
    }
    say(&format!(
        "installing Debian's {package} {purpose} (a minute or two)"
    ));
    for arguments in [
        ["update", "--quiet"].as_slice(),
        &[
            "install",
            "--yes",
            "--quiet",
            "--no-install-recommends",
            package,
        ],
    ] {
        process::run_aside(
            Command::new("apt-get")
                .args(arguments)
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )?;
    }
    Ok(())
}

/// Unpacks the package into `home`, for programs that would start as daemons if they were installed.
/// `home` is whole if it exists: it gets its name after everything is in place.
pub fn unpack(package: &str, home: &Path, purpose: &str) -> Result<()> {
    say(&format!(
        "unpacking Debian's {package} {purpose} (some seconds)"
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
