//! `config`: the effective configuration, a line each, with where it comes from.

use super::{Failure, say};
use crate::config::Config;

pub fn run() -> Result<(), Failure> {
    let (_, provenance) = Config::from_process()?;
    say(provenance.to_string().trim_end());
    Ok(())
}
