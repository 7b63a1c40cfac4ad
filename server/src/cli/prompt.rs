//! A new password: from ADMIN_PASSWORD or a prompt, never from an argument that `ps` would show.

use std::io::{self, BufRead as _, IsTerminal as _};

use super::Failure;
use crate::auth::password;
use crate::config::Admin;

pub fn new_password(admin: &Admin) -> Result<String, Failure> {
    // What an operator wrote down as the configuration is taken as it is; a person is helped.
    if let Some(given) = &admin.password {
        return Ok(given.expose().to_owned());
    }
    let plain = ask()?;
    password::check(&plain).map_err(|error| Failure::at_run_time(format!("password: {error}")))?;
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
