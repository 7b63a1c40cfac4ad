//! Packages from Debian, where we may install them.

use std::fs;
use std::process::Command;

use anyhow::Result;

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
