//! What the build and the tests need and a machine may lack. Each is looked for first, fetched only
//! when missing, and kept in the target directory, never in the checkout's history.

pub mod browser;
pub mod debian;
pub mod npm;
pub mod pip;
pub mod postgres;
pub mod program;
pub mod wasm_target;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

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
