//! A new password: from ADMIN_PASSWORD or a prompt, never from an argument that `ps` would show.

use std::io::{self, BufRead as _, IsTerminal as _};

use super::Failure;
use crate::auth::password;
use crate::config::Config;

pub fn new_password(config: &Config) -> Result<String, Failure> {
    // Of the configuration's the rules are kept already.
    if let Some(given) = &config.admin.password {
        return Ok(given.expose().to_owned());
    }
    let plain = ask()?;
    password::check(&plain, config.app_env)
        .map_err(|unfit| Failure::at_run_time(format!("password: this is not {unfit}")))?;
    Ok(plain)
}

fn ask() -> Result<String, Failure> {
    let failed = |error: io::Error| {
        Failure::at_run_time(format!(
            "no password: {error}; set ADMIN_PASSWORD or answer the prompt"
        ))
    };
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map_err(failed)?;
        return Ok(line.trim_end_matches(['\n', '\r']).to_owned());
    }
    let first = rpassword::prompt_password("Password: ").map_err(failed)?;
    let second = rpassword::prompt_password("Again: ").map_err(failed)?;
    if first != second {
        return Err(Failure::at_run_time("the two passwords differ"));
    }
    Ok(first)
}
