//! Running other programs, and telling the person who waits what is going on.

use std::io::{self, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// One line of progress on stderr. Nobody reading it is no reason to stop.
pub fn say(message: &str) {
    let _unread = writeln!(io::stderr(), "xtask: {message}");
}

/// Runs the command with our own stdin, stdout and stderr; fails unless it succeeds.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    ensure!(status.success(), "{} failed: {status}", describe(command));
    Ok(())
}

/// Runs the command with its stdout sent to our stderr: for installers, whose chatter is progress
/// and not a result.
pub fn run_aside(command: &mut Command) -> Result<()> {
    run(command.stdin(Stdio::null()).stdout(io::stderr()))
}

/// What the command prints on stdout, trimmed; fails unless it succeeds.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| cannot_start(command))?;
    ensure!(
        output.status.success(),
        "{} failed: {}",
        describe(command),
        output.status
    );
    let text = String::from_utf8(output.stdout).context("its output is not UTF-8")?;
    Ok(text.trim().to_owned())
}

/// Whether the command starts and succeeds; what it prints is dropped.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Free now; nobody else is likely to take it within the next moment.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Whether what we start runs as root.
pub fn is_root() -> bool {
    capture(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}

fn cannot_start(command: &Command) -> String {
    format!(
        "cannot start `{}`: is it installed?",
        command.get_program().display()
    )
}

fn describe(command: &Command) -> String {
    let mut line = format!("`{}", command.get_program().display());
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line.push('`');
    line
}
