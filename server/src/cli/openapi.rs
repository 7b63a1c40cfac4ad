//! `openapi`: the API's description of itself.

use super::{Failure, say};

pub fn run() -> Result<(), Failure> {
    say(crate::openapi::document());
    Ok(())
}
