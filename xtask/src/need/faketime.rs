//! libfaketime: another time of day, for a process that is started with it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::debian;
use crate::layout::Layout;

/// What names the library to the tests.
pub const VARIABLE: &str = "TEST_FAKETIME";

/// Debian's package.
const PACKAGE: &str = "libfaketime";

/// The one for programs with threads.
const FILE: &str = "faketime/libfaketimeMT.so.1";

/// The named one, one that is there, else Debian's, unpacked.
pub fn library(layout: &Layout) -> Result<PathBuf> {
    if let Some(named) = env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        let named = PathBuf::from(named);
        ensure!(named.is_file(), "{VARIABLE}={}: no file", named.display());
        return Ok(named);
    }
    if let Some(installed) = below(Path::new("/")) {
        return Ok(installed);
    }
    let home = layout.tools().join(PACKAGE);
    if !home.is_dir() && debian::may_install() {
        debian::unpack(PACKAGE, &home, "to start the service at other times")?;
    }
    below(&home).with_context(|| {
        format!(
            "no {PACKAGE} to start the service at other times: install it, or name it in {VARIABLE}"
        )
    })
}

/// In the directory of libraries that is named after the machine's architecture.
fn below(root: &Path) -> Option<PathBuf> {
    let directories = fs::read_dir(root.join("usr/lib")).ok()?;
    let mut candidates = directories.filter_map(|entry| Some(entry.ok()?.path().join(FILE)));
    candidates.find(|candidate| candidate.is_file())
}
