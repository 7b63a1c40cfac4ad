//! Alertmanager for the tests.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::program::ALERTMANAGER;
use super::unpacked;
use crate::layout::Layout;

/// Where the program looks for its templates, without which it ends at once.
const TEMPLATES: &str = "usr/share/prometheus/alertmanager";

pub fn program(layout: &Layout) -> Result<PathBuf> {
    let program = unpacked::program(layout, &ALERTMANAGER)?;
    let home = unpacked::home(layout, &ALERTMANAGER);
    if program.starts_with(&home) {
        copy_templates(&home)?;
    }
    Ok(program)
}

/// Their place is fixed when the program is built.
fn copy_templates(home: &Path) -> Result<()> {
    let place = Path::new("/").join(TEMPLATES);
    fs::create_dir_all(&place).with_context(|| format!("creating {}", place.display()))?;
    for name in ["default.tmpl", "email.tmpl"] {
        let target = place.join(name);
        if !target.exists() {
            fs::copy(home.join(TEMPLATES).join(name), &target)
                .with_context(|| format!("writing {}", target.display()))?;
        }
    }
    Ok(())
}
