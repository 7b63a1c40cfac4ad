//! `access-code`: opens the desk for reading while nobody can sign in.

use std::time::SystemTime;

use super::{Failure, say, serve};
use crate::auth::access_code::{AccessCodes, USERNAME};
use crate::config::Config;

pub fn run() -> Result<(), Failure> {
    let (config, _) = Config::from_process()?;
    let secret = serve::secret_key(&config)?;
    let code = AccessCodes::new(&secret).issue(SystemTime::now());
    say(format!(
        "While the user database is out of reach, sign in as {USERNAME} with this as the password \
         (once, within 15 minutes; the desk is then open for reading for an hour):"
    ));
    say(code);
    Ok(())
}
