//! What it costs a request to be counted.

use std::io::Write;

use anyhow::{Context, Result};

use crate::layout::Layout;
use crate::process;

pub fn report(out: &mut impl Write, layout: &Layout) -> Result<()> {
    let figures = process::capture(layout.cargo().args([
        "run",
        "--quiet",
        "--release",
        "--package=ops",
        "--example=record",
    ]))?;
    let figure = |name: &str| {
        let mut lines = figures.lines();
        lines
            .find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok())
            .with_context(|| format!("the example said no {name}:\n{figures}"))
    };
    let (one, two) = (figure("one")?, figure("two")?);
    writeln!(
        out,
        "recording a request  {one:>9.0} ns (goal 50), {two:.0} ns while another thread does the same"
    )?;
    Ok(())
}
