//! What a first visit on a phone costs: Lighthouse, with its mobile throttling, on the system-status
//! page of whoever has signed in.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::served::{PASSWORD, Served};
use crate::layout::Layout;
use crate::need;
use crate::process::{self, say};

const LIGHTHOUSE: &str = "lighthouse@12.8.2";
const BROWSER: &str = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
                       --disable-background-networking --disable-component-update --disable-sync";
const AUDITS: [&str; 3] = [
    "total-byte-weight",
    "largest-contentful-paint",
    "total-blocking-time",
];

pub fn measure(out: &mut impl Write, layout: &Layout, server: &Path) -> Result<()> {
    let browser = need::browser::executable(layout)?;
    let served = Served::start_with(server, &[("ADMIN_PASSWORD", PASSWORD)])?;
    served.wait_until_ready()?;
    let headers = json!({"Cookie": served.signed_in()?});
    say("measuring a first visit with Lighthouse (npx gets it)");
    let report = process::capture(
        Command::new("npx")
            .args(["--yes", LIGHTHOUSE])
            .arg(format!("{}/admin/system-status/", served.url()))
            .args(["--quiet", "--output=json"])
            .arg(format!("--only-audits={}", AUDITS.join(",")))
            .arg(format!("--chrome-flags={BROWSER}"))
            .arg(format!("--extra-headers={headers}"))
            .env("CHROME_PATH", browser)
            .current_dir(served.directory()),
    )?;
    let report: Value = serde_json::from_str(&report)?;
    let figure = |audit: &str| {
        let value = report.pointer(&format!("/audits/{audit}/numericValue"));
        value
            .and_then(Value::as_f64)
            .with_context(|| format!("Lighthouse says nothing of {audit}"))
    };
    let [bytes, paint, blocked] = AUDITS.map(figure);
    writeln!(out, "a first visit on a phone (Lighthouse's throttling)")?;
    writeln!(
        out,
        "  transferred        {:>9.1} KB, all of it compressed (goal 250)",
        bytes? / 1000.0
    )?;
    writeln!(out, "  largest paint      {:>9.0} ms", paint?)?;
    writeln!(out, "  blocked            {:>9.0} ms", blocked?)?;
    Ok(())
}
