//! The service's log files, as they lie in a directory.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The file of this name, such as `access.log`, and what it was rotated into.
pub fn generations(directory: &Path, name: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let is_wanted = path
            .file_name()
            .is_some_and(|file| file.to_string_lossy().starts_with(name));
        if is_wanted {
            found.push(path);
        }
    }
    Ok(found)
}

/// All lines over all generations, in no order.
pub fn each_line(
    directory: &Path,
    name: &str,
    mut visit: impl FnMut(&str) -> Result<()>,
) -> Result<()> {
    for path in generations(directory, name)? {
        for line in BufReader::new(File::open(&path)?).lines() {
            visit(&line?).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}
