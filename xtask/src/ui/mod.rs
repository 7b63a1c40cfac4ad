//! The UI's files: `app` as WebAssembly with its JavaScript, the style sheet and the icon, put into
//! `<target>/<debug|release>/site/`, where the server finds them (debug) or embeds them (release).

mod publish;
mod style;
mod wasm;

use std::env;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::layout::Layout;
use crate::need;
use crate::process::say;

/// Never mix the two: hydration panics when a debug server meets a release wasm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Debug,
    Release,
}

/// Builds the files; does nothing when they are already there and nothing went into them anew.
pub fn build(layout: &Layout, mode: Mode) -> Result<()> {
    need::wasm_target::install(layout)?;
    let wasm = wasm::compile(layout, mode)?;
    let css = style::bundle(&layout.root.join("style"))?;
    let icons = icons(layout)?;

    let home = layout.home(mode);
    let stamp_path = home.join("site.stamp");
    let pictures = icons.iter().map(|(_, icon)| icon.as_slice());
    let inputs: Vec<&[u8]> = [wasm.as_slice(), css.as_bytes()]
        .into_iter()
        .chain(pictures)
        .collect();
    let stamp = stamp(mode, &inputs)?;
    let site = home.join("site");
    if site.join(publish::MANIFEST).is_file()
        && fs::read(&stamp_path).is_ok_and(|old| old == stamp.as_bytes())
    {
        return Ok(());
    }

    say(&format!("bundling the UI's files into {}", site.display()));
    let module = wasm::bind(layout, mode, wasm)?;
    publish::publish(&site, mode, module, css, icons)?;
    fs::write(&stamp_path, stamp).with_context(|| format!("writing {}", stamp_path.display()))
}

/// The tab's icon, and how it looks when something is wrong.
fn icons(layout: &Layout) -> Result<Vec<publish::Icon>> {
    [
        "favicon",
        "favicon-warning",
        "favicon-error",
        "favicon-unknown",
    ]
    .into_iter()
    .map(|stem| Ok((stem, read(&layout.root.join(format!("style/{stem}.svg")))?)))
    .collect()
}

/// A digest of all that decides the result: the inputs, and this program itself.
fn stamp(mode: Mode, inputs: &[&[u8]]) -> Result<String> {
    let this_program = this_program()?;
    let mut digest = Sha256::new();
    digest.update(format!("{mode:?}"));
    for part in inputs.iter().copied().chain([this_program.as_slice()]) {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    Ok(hex(&digest.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(path: &PathBuf) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("reading {}", path.display()))
}

/// The tests may have rebuilt this very program while it runs: Linux still has the old one.
fn this_program() -> Result<Vec<u8>> {
    let running = PathBuf::from("/proc/self/exe");
    if running.exists() {
        return read(&running);
    }
    read(&env::current_exe()?)
}
