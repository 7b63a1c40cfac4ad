//! What the build and the tests need and a machine may lack. Each is looked for first, fetched only
//! when missing, and kept in the target directory, never in the checkout's history.

pub mod alertmanager;
pub mod browser;
pub mod debian;
pub mod faketime;
pub mod go;
pub mod npm;
pub mod pgbouncer;
pub mod pip;
pub mod postgres;
pub mod program;
pub mod wasm_target;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::layout::Layout;
use crate::process;

/// A name for the state of a lock file: another content, another installation.
fn digest(lock: &Path) -> Result<String> {
    let content = fs::read(lock).with_context(|| format!("reading {}", lock.display()))?;
    let digest = Sha256::digest(content);
    Ok(digest
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// Where tools lie that another user runs: PostgreSQL and its poolers refuse to run as root, and the
/// user who runs them instead may not look into root's home.
fn tools_for_everybody(layout: &Layout) -> PathBuf {
    let others_may_pass = |directory: &Path| {
        directory
            .metadata()
            .map_or(true, |metadata| metadata.mode() & 0o001 != 0)
    };
    if process::is_root() && !layout.target.ancestors().all(others_may_pass) {
        return PathBuf::from("/var/cache/agent-source-db");
    }
    layout.tools()
}
