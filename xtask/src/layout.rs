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

/// The cargo that runs us, so that nested builds use the same toolchain. What it told us about our own
/// package is not passed on: to a build script that looks at the same names, as `ring`'s does, it would
/// be a change, and `ring` and all above it would be built anew whenever cargo is run the other way.
fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let is_ours = ["CARGO_PKG_", "CARGO_MANIFEST_"]
            .iter()
            .any(|prefix| name.to_string_lossy().starts_with(prefix));
        if is_ours {
            command.env_remove(name);
        }
    }
    command
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

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn a_nested_cargo_hears_nothing_of_our_own_package() {
        let command = cargo();
        for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
            assert!(env::var_os(name).is_some(), "cargo tells its tests: {name}");
            let is_removed = command.get_envs().any(|it| it == (OsStr::new(name), None));
            assert!(is_removed, "{name}");
        }
    }
}
