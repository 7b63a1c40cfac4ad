//! The access log read back: which honest requests stand in it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::honest::ID_PREFIX;

/// The numbers of the honest requests that have a line, over all generations.
pub fn honest_lines(directory: &Path) -> Result<BTreeSet<u64>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let is_access = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("access.log"));
        if !is_access {
            continue;
        }
        for line in BufReader::new(File::open(&path)?).lines() {
            let line = line?;
            if !line.contains(ID_PREFIX) {
                continue;
            }
            let line: Value = serde_json::from_str(&line)
                .with_context(|| format!("{}: not JSON: {line}", path.display()))?;
            let number = line
                .get("request_id")
                .and_then(Value::as_str)
                .and_then(|id| id.strip_prefix(ID_PREFIX))
                .and_then(|number| number.parse::<u64>().ok());
            found.extend(number);
        }
    }
    Ok(found)
}
