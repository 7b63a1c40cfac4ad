//! The access log read back: which honest requests stand in it.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::honest::ID_PREFIX;
use crate::log_files;

/// The numbers of the honest requests that have a line, over all generations.
pub fn honest_lines(directory: &Path) -> Result<BTreeSet<u64>> {
    let mut found = BTreeSet::new();
    log_files::each_line(directory, "access.log", |line| {
        if !line.contains(ID_PREFIX) {
            return Ok(());
        }
        let line: Value =
            serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))?;
        let number = line
            .get("request_id")
            .and_then(Value::as_str)
            .and_then(|id| id.strip_prefix(ID_PREFIX))
            .and_then(|number| number.parse::<u64>().ok());
        found.extend(number);
        Ok(())
    })?;
    Ok(found)
}
