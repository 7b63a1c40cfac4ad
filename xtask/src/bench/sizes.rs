//! How much there is to download and to deploy.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Result;

use super::site;
use crate::layout::Layout;

pub fn report(out: &mut impl Write, layout: &Layout, server: &Path) -> Result<()> {
    for entry in fs::read_dir(site(layout))? {
        let path = entry?.path();
        let is_code = path.extension().is_some_and(|extension| {
            extension == "wasm" || extension == "js" || extension == "css"
        });
        if !is_code {
            continue;
        }
        let raw = kib(&path)?;
        let compressed = kib(&path.with_added_extension("br"))?;
        let kind = path.extension().unwrap_or_default().display().to_string();
        writeln!(out, "{kind:<20} {raw:>9.1} KiB, {compressed:.1} KiB brotli")?;
    }
    let mib = kib(server)? / 1024.0;
    writeln!(
        out,
        "binary               {mib:>9.1} MiB, the UI's files inside"
    )?;
    Ok(())
}

fn kib(path: &Path) -> Result<f64> {
    Ok(fs::metadata(path)?.len() as f64 / 1024.0)
}
