//! Connections that no HTTP client would make.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result};

use super::target::Target;

const PATIENCE: Duration = Duration::from_secs(2);

pub fn connect(target: &Target) -> Result<TcpStream> {
    let stream = TcpStream::connect(&target.address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Sends the bytes and reads the beginning of what comes back; none if it is no HTTP.
pub fn send(target: &Target, bytes: &[u8]) -> Result<Option<u16>> {
    let mut stream = connect(target)?;
    stream.write_all(bytes)?;
    let mut answer = [0; 4096];
    let length = stream.read(&mut answer)?;
    let answer = String::from_utf8_lossy(answer.get(..length).unwrap_or_default()).into_owned();
    Ok(status(&answer))
}

/// The status of a liveness probe over a connection of its own.
pub fn probe(target: &Target) -> Result<u16> {
    send(
        target,
        b"GET /health/ HTTP/1.1\r\nHost: siege\r\nConnection: close\r\n\r\n",
    )?
    .context("no status")
}

fn status(answer: &str) -> Option<u16> {
    answer
        .strip_prefix("HTTP/1.")?
        .split_ascii_whitespace()
        .nth(1)?
        .parse()
        .ok()
}
