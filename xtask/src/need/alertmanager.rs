//! Alertmanager for the tests. Debian's package would start it as a daemon: it is unpacked instead.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::debian;
use super::program::ALERTMANAGER;
use crate::layout::{Layout, is_executable};
use crate::process::{self, say};

/// Where the program looks for its templates, without which it ends at once.
const TEMPLATES: &str = "usr/share/prometheus/alertmanager";

/// `amtool` lies beside it.
pub fn program(layout: &Layout) -> Result<PathBuf> {
    if let Some(found) = ALERTMANAGER.present()? {
        return Ok(found);
    }
    let home = layout.tools().join("alertmanager");
    let program = home.join("usr/bin").join(ALERTMANAGER.name);
    if !is_executable(&program) && debian::may_install() {
        unpack(&home)?;
    }
    if !is_executable(&program) {
        return Err(ALERTMANAGER.missing());
    }
    copy_templates(&home)?;
    Ok(program)
}

fn unpack(home: &Path) -> Result<()> {
    say("fetching Debian's Alertmanager to send alerts to (some seconds)");
    let aside = home.with_extension("part");
    if aside.exists() {
        fs::remove_dir_all(&aside)?;
    }
    fs::create_dir_all(&aside)?;
    process::run_aside(Command::new("apt-get").args(["update", "--quiet"]))?;
    process::run_aside(
        Command::new("apt-get")
            .args(["download", "--quiet", "--option=APT::Sandbox::User=root"])
            .arg(ALERTMANAGER.package)
            .current_dir(&aside),
    )?;
    let mut entries = fs::read_dir(&aside)?.filter_map(|entry| Some(entry.ok()?.path()));
    let package = entries
        .find(|path| path.extension().is_some_and(|it| it == "deb"))
        .context("apt brought no package of Alertmanager")?;
    process::run_aside(
        Command::new("dpkg-deb")
            .arg("--extract")
            .args([&package, &aside]),
    )?;
    fs::remove_file(&package)?;
    fs::rename(&aside, home).with_context(|| format!("creating {}", home.display()))
}

/// Their place is fixed when the program is built.
fn copy_templates(home: &Path) -> Result<()> {
    let place = Path::new("/").join(TEMPLATES);
    fs::create_dir_all(&place).with_context(|| format!("creating {}", place.display()))?;
    for name in ["default.tmpl", "email.tmpl"] {
        let target = place.join(name);
        if !target.exists() {
            fs::copy(home.join(TEMPLATES).join(name), &target)
                .with_context(|| format!("writing {}", target.display()))?;
        }
    }
    Ok(())
}
