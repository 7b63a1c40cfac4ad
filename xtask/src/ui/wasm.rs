//! From `app` to a WebAssembly module and its JavaScript.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::{Mode, read};
use crate::layout::Layout;
use crate::need::npm;
use crate::need::wasm_target::TRIPLE;
use crate::process::{self, say};

/// What the browser loads: the module, and the script that instantiates it.
pub struct Module {
    pub js: String,
    pub wasm: Vec<u8>,
}

/// The feature set that rustc's own output may use, and nothing beyond: with `--all-features`
/// wasm-opt writes modules that browsers refuse.
const WASM_OPT_FLAGS: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Cargo's part: the module as the linker leaves it.
pub fn compile(layout: &Layout, mode: Mode) -> Result<Vec<u8>> {
    let (profile, directory) = match mode {
        Mode::Debug => ("dev", "debug"),
        Mode::Release => ("wasm-release", "wasm-release"),
    };
    process::run(layout.cargo().args([
        "build",
        "--package=app",
        "--lib",
        "--no-default-features",
        "--features=hydrate",
        "--target",
        TRIPLE,
        "--profile",
        profile,
    ]))?;
    read(&layout.target.join(TRIPLE).join(directory).join("app.wasm"))
}

/// wasm-bindgen's part and, in a release, wasm-opt's.
pub fn bind(layout: &Layout, mode: Mode, wasm: Vec<u8>) -> Result<Module> {
    let mut output = Bindgen::new()
        .input_bytes("app", wasm)
        .out_name("app")
        .web(true)?
        .typescript(false)
        .remove_name_section(mode == Mode::Release)
        .remove_producers_section(mode == Mode::Release)
        .generate_output()
        .context("wasm-bindgen")?;
    // There is an entry for every crate with bindings; what matters is whether it holds scripts.
    let snippets: usize = output.snippets().values().map(Vec::len).sum();
    ensure!(
        snippets + output.local_modules().len() == 0,
        "a crate brings JavaScript files of its own, which are not published: {:?} {:?}",
        output.snippets(),
        output.local_modules().keys()
    );
    let js = output.js().to_owned();
    let wasm = output.wasm_mut().emit_wasm();
    let wasm = match mode {
        Mode::Debug => wasm,
        Mode::Release => optimise(layout, &wasm)?,
    };
    Ok(Module { js, wasm })
}

/// wasm-opt from npm, always the same one: distributions ship versions whose output browsers refuse.
fn optimise(layout: &Layout, wasm: &[u8]) -> Result<Vec<u8>> {
    let packages = npm::install_tool(layout, "binaryen", &layout.tools())?;
    let work = layout.target.join(TRIPLE).join("wasm-opt");
    fs::create_dir_all(&work)?;
    let (input, output) = (work.join("in.wasm"), work.join("out.wasm"));
    fs::write(&input, wasm)?;
    say("shrinking the wasm with wasm-opt (up to a minute)");
    process::run(
        Command::new(packages.join("node_modules/.bin/wasm-opt"))
            .args(WASM_OPT_FLAGS)
            .arg(&input)
            .arg("-o")
            .arg(&output),
    )?;
    read(&output)
}
