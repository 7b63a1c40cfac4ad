//! Steps that a machine may be unable to take, for want of a network or of Python: a developer is told
//! and goes on; on CI that is a failure, unless [`WITHOUT`] names the step.

use std::env;

use anyhow::{Error, Result, bail};

use crate::process::say;

/// The steps that this machine is known to be unable to take, separated by commas.
const WITHOUT: &str = "CHECK_WITHOUT";

/// A step that can't be taken here.
///
/// # Errors
/// On CI, unless it was to be expected.
pub fn cannot(step: &str, why: &Error) -> Result<()> {
    let excepted = env::var(WITHOUT).unwrap_or_default();
    let is_ci = env::var("CI").is_ok_and(|value| value == "true");
    if must_fail(step, is_ci, &excepted) {
        bail!(
            "{step} can't be checked: {why:#}. Where that is known and accepted, {WITHOUT}={step} says so"
        );
    }
    say(&format!("NOT CHECKED: {step} ({why:#})"));
    Ok(())
}

/// What a step needs; none if it can't be had and the step is left out. Where the step is known to be
/// left out, nothing is built for it.
///
/// # Errors
/// As [`cannot`].
pub fn available<T>(step: &str, find: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
    if is_excepted(step, &env::var(WITHOUT).unwrap_or_default()) {
        say(&format!("NOT CHECKED: {step} ({WITHOUT} names it)"));
        return Ok(None);
    }
    match find() {
        Ok(found) => Ok(Some(found)),
        Err(error) => cannot(step, &error).map(|()| None),
    }
}

fn must_fail(step: &str, is_ci: bool, excepted: &str) -> bool {
    is_ci && !is_excepted(step, excepted)
}

fn is_excepted(step: &str, excepted: &str) -> bool {
    excepted.split(',').any(|name| name.trim() == step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_ci_a_step_is_left_out_by_name_only() {
        assert!(must_fail("compose", true, ""));
        assert!(must_fail("compose", true, "advisories, comp"));
        assert!(!must_fail("compose", true, "advisories, compose"));
        assert!(!must_fail("compose", false, ""));
    }
}
