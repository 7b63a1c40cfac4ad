//! One style sheet out of many: a file a component, tokens first.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// These come first, in this order, because the others build upon them.
const FIRST: [&str; 2] = ["tokens.css", "base.css"];

/// The style sheets of the directory, joined: the first ones, then the others by name.
pub fn bundle(directory: &Path) -> Result<String> {
    let listing =
        fs::read_dir(directory).with_context(|| format!("reading {}", directory.display()))?;
    let mut sheets: Vec<PathBuf> = Vec::new();
    for entry in listing {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "css") {
            sheets.push(path);
        }
    }
    sheets.sort_by_key(|path| {
        let name = path.file_name().unwrap_or_default().to_owned();
        let rank = FIRST
            .iter()
            .position(|first| name == **first)
            .unwrap_or(FIRST.len());
        (rank, name)
    });

    let mut bundle = String::new();
    for sheet in sheets {
        let text =
            fs::read_to_string(&sheet).with_context(|| format!("reading {}", sheet.display()))?;
        bundle.push_str(text.trim_end());
        bundle.push('\n');
    }
    Ok(bundle)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn tokens_and_base_come_before_the_rest_in_order_of_names() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["table.css", "base.css", "badge.css", "tokens.css"] {
            fs::write(directory.path().join(name), format!(".{name} {{}}\n\n")).unwrap();
        }
        fs::write(directory.path().join("favicon.svg"), "<svg/>").unwrap();

        assert_eq!(
            bundle(directory.path()).unwrap(),
            ".tokens.css {}\n.base.css {}\n.badge.css {}\n.table.css {}\n"
        );
    }
}
