//! Alertmanager for the tests. Debian's package would start it as a daemon: it is unpacked instead.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::program::ALERTMANAGER;
use crate::layout::Layout;

/// Where the program looks for its templates, without which it ends at once.
const TEMPLATES: &str = "usr/share/prometheus/alertmanager";

pub fn program(layout: &Layout) -> Result<PathBuf> {
    if let Some(found) = ALERTMANAGER.present()? {
        return Ok(found);
    }
    let program = ALERTMANAGER.unpacked(layout)?;
    copy_templates(&ALERTMANAGER.home(layout))?;
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
