//! A browser for the end-to-end tests: one that is there, else the distribution's, else Playwright's.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{debian, npm};
use crate::layout::{Layout, is_executable, on_path};
use crate::process::{self, say};

/// Names the browser to use instead of looking for one.
pub const VARIABLE: &str = "CHROMIUM_PATH";

const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

pub fn executable(layout: &Layout) -> Result<PathBuf> {
    if let Some(named) = env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        let named = PathBuf::from(named);
        ensure!(
            is_executable(&named),
            "{VARIABLE}={}: not a program",
            named.display()
        );
        return Ok(named);
    }
    if let Some(found) = on_path(&NAMES) {
        return Ok(found);
    }
    npm::install_end2end(layout)?;
    let of_playwright = of_playwright(layout)?;
    if is_executable(&of_playwright) {
        return Ok(of_playwright);
    }
    // Debian's package brings the libraries along that Playwright's browser would lack there.
    if debian::may_install() {
        debian::install("chromium", "for the browser tests")?;
        return on_path(&NAMES).context("Debian's chromium is installed but not on the PATH");
    }
    say("downloading Playwright's chromium for the browser tests (a minute or two)");
    process::run_aside(
        Command::new("npx")
            .args(["--no-install", "playwright", "install", "chromium"])
            .current_dir(layout.end2end()),
    )
    .with_context(|| format!("no browser can be had; install chromium or set {VARIABLE}"))?;
    Ok(of_playwright)
}

/// Where Playwright keeps, or would keep, its own browser.
fn of_playwright(layout: &Layout) -> Result<PathBuf> {
    let script = "process.stdout.write(require('@playwright/test').chromium.executablePath())";
    let path = process::capture(
        Command::new("node")
            .args(["-e", script])
            .current_dir(layout.end2end()),
    )?;
    Ok(PathBuf::from(path))
}
