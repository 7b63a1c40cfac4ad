//! Poolers for the tests: the one that this machine's system has and, where that is an old Debian, the
//! current one as well, since people run both and they treat prepared statements differently.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::program::PGBOUNCER;
use super::{debian, tools_for_everybody};
use crate::layout::{Layout, is_executable};
use crate::process::{self, say};

/// The release of Debian whose source is built.
const SUITE: &str = "trixie";

/// The programs to test with, as `PATH` lists directories; only those of `TEST_PGBOUNCER` if it is set.
pub fn all(layout: &Layout) -> Result<OsString> {
    if let Some(named) = env::var_os(PGBOUNCER.variable).filter(|value| !value.is_empty()) {
        for program in env::split_paths(&named) {
            let shown = program.display();
            ensure!(
                is_executable(&program),
                "{}={shown}: not a program",
                PGBOUNCER.variable
            );
        }
        return Ok(named);
    }
    let mut programs = vec![PGBOUNCER.find()?];
    if debian::may_install() {
        programs.push(current(layout)?);
    } else {
        say("testing with the installed pgbouncer alone: another is built on Debian, as root");
    }
    Ok(env::join_paths(programs)?)
}

fn current(layout: &Layout) -> Result<PathBuf> {
    let home = tools_for_everybody(layout).join(format!("pgbouncer-{SUITE}"));
    let program = home.join("pgbouncer");
    if is_executable(&program) {
        return Ok(program);
    }
    for (package, library) in [("pkg-config", "--version"), ("libevent-dev", "libevent")] {
        if !process::succeeds(Command::new("pkg-config").arg(library)) {
            debian::install(package, "to build a current pgbouncer")?;
        }
    }
    say(&format!(
        "building the pgbouncer of Debian {SUITE} (a minute)"
    ));
    let aside = home.with_extension("part");
    if aside.exists() {
        fs::remove_dir_all(&aside)?;
    }
    let source = source(&aside)?;
    process::run_aside(
        Command::new("./configure")
            .args(["--quiet", "--without-openssl", "--without-cares"])
            .current_dir(&source),
    )?;
    process::run_aside(
        Command::new("make")
            .args(["--silent", "pgbouncer"])
            .current_dir(&source),
    )?;
    fs::create_dir_all(&home)?;
    fs::rename(source.join("pgbouncer"), &program)
        .with_context(|| format!("creating {}", program.display()))?;
    fs::remove_dir_all(&aside)?;
    Ok(program)
}

/// The unpacked source, fetched and verified by apt from the mirror that this machine uses; what apt
/// knows of its own packages stays as it is.
fn source(directory: &Path) -> Result<PathBuf> {
    let mirrors = process::capture(Command::new("apt-get").args([
        "indextargets",
        "--format",
        "$(REPO_URI)",
        "Created-By: Packages",
        "Origin: Debian",
        "Label: Debian",
    ]))?;
    let mirror = mirrors.lines().next().context("apt knows no mirror")?;
    for part in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(directory.join(part))?;
    }
    let list = directory.join("sources.list");
    let keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
    fs::write(
        &list,
        format!("deb-src [signed-by={keys}] {mirror} {SUITE} main\n"),
    )?;
    let shown = directory.display();
    for arguments in [
        ["update", "--quiet"].as_slice(),
        &["source", "--quiet", "--download-only", "pgbouncer"],
    ] {
        process::run_aside(
            Command::new("apt-get")
                .arg(format!("--option=Dir::Etc::sourcelist={}", list.display()))
                .arg("--option=Dir::Etc::sourceparts=-")
                .arg(format!("--option=Dir::State::lists={shown}/lists"))
                .arg(format!("--option=Dir::Cache={shown}/cache"))
                .arg("--option=APT::Sandbox::User=root")
                .args(arguments)
                .current_dir(directory),
        )?;
    }
    let archive = entry(directory, |name| name.ends_with(".orig.tar.gz"))?;
    process::run_aside(
        Command::new("tar")
            .arg("--extract")
            .arg("--file")
            .arg(&archive)
            .current_dir(directory),
    )?;
    entry(directory, |name| {
        name.starts_with("pgbouncer-") && !name.contains(".tar")
    })
}

fn entry(directory: &Path, is_it: impl Fn(&str) -> bool) -> Result<PathBuf> {
    fs::read_dir(directory)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(&is_it)
        })
        .with_context(|| format!("apt brought no source into {}", directory.display()))
}
