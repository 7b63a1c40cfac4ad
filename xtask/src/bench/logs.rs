//! What the log costs, and how fast it is searched: a program of its own, which measures others
//! beside ours.

use std::io::Write;

use anyhow::Result;

use crate::layout::Layout;
use crate::process::{self, say};
use crate::ui::Mode;

pub fn report(out: &mut impl Write, layout: &Layout) -> Result<()> {
    say("building what measures the log");
    process::run(layout.cargo().args([
        "build",
        "--release",
        "--package=ops",
        "--example=log_bench",
    ]))?;
    let program = layout
        .home(Mode::Release)
        .join("examples")
        .join("log_bench");
    let figures = process::capture(&mut std::process::Command::new(program))?;
    writeln!(out, "{figures}")?;
    Ok(())
}
