//! Where things are: the checkout, and cargo's target directory wherever it was put.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process;
use crate::ui::Mode;

pub struct Layout {
    /// The checkout.
    pub root: PathBuf,
    /// Cargo's target directory; honours `CARGO_TARGET_DIR` and cargo's own configuration.
    pub target: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

impl Layout {
    pub fn find() -> Result<Self> {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let json = process::capture(cargo().args([
            "metadata",
            "--format-version=1",
            "--no-deps",
            "--manifest-path",
            manifest,
        ]))?;
        let metadata: Metadata = serde_json::from_str(&json).context("reading cargo's metadata")?;
        Ok(Self {
            root: metadata.workspace_root,
            target: metadata.target_directory,
        })
    }

    /// Where downloaded tools live: beside the build, so that one cache holds both.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// Where cargo leaves the server and, beside it, the UI's files that go with it.
    pub fn home(&self, mode: Mode) -> PathBuf {
        self.target.join(match mode {
            Mode::Debug => "debug",
            Mode::Release => "release",
        })
    }

    pub fn server(&self, mode: Mode) -> PathBuf {
        self.home(mode).join("agent-source-db")
    }

    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// A cargo command in the checkout.
    pub fn cargo(&self) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root);
        command
    }
}

/// The cargo that runs us, so that nested builds use the same toolchain.
fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The first of `names` that is an executable file in a directory of `PATH`.
pub fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let directories: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().find_map(|name| {
        directories
            .iter()
            .map(|directory| directory.join(name))
            .find(|candidate| is_executable(candidate))
    })
}

pub fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}
