//! Packages from npm, at the versions of their lock files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::digest;
use crate::layout::Layout;
use crate::process::{self, say};

const LOCK: &str = "package-lock.json";

/// Installs the packages that `xtask/npm/<name>` lists below `tools`; returns the directory that has
/// `node_modules`. One that exists is whole: it gets its name after everything is in place.
pub fn install_tool(layout: &Layout, name: &str, tools: &Path) -> Result<PathBuf> {
    let source = layout.root.join("xtask/npm").join(name);
    let home = tools.join(format!("{name}-{}", digest(&source.join(LOCK))?));
    if home.is_dir() {
        return Ok(home);
    }
    say(&format!("installing {name} from npm"));
    let aside = home.with_extension("part");
    if aside.exists() {
        fs::remove_dir_all(&aside)?;
    }
    fs::create_dir_all(&aside)?;
    for file in ["package.json", LOCK] {
        fs::copy(source.join(file), aside.join(file))?;
    }
    clean_install(&aside)?;
    fs::rename(&aside, &home).with_context(|| format!("creating {}", home.display()))?;
    Ok(home)
}

/// Installs the packages of `end2end/`, in place, because that is where its scripts look.
pub fn install_end2end(layout: &Layout) -> Result<()> {
    let home = layout.end2end();
    let wanted = digest(&home.join(LOCK))?;
    let stamp = home.join("node_modules/.installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    say("installing the browser tests' packages from npm");
    clean_install(&home)?;
    fs::write(&stamp, wanted).with_context(|| format!("writing {}", stamp.display()))
}

/// Without install scripts: they are how packages fetch what the lock file does not pin.
fn clean_install(directory: &Path) -> Result<()> {
    process::run_aside(
        Command::new("npm")
            .args([
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ])
            .current_dir(directory),
    )
    .context("npm comes with Node.js; version 20 or newer is needed")
}
