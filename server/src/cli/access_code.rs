//! `access-code`: a way into the desk while the table of users is out of reach.

use std::io::{self, Write as _};
use std::time::SystemTime;

use super::{Failure, say, serve};
use crate::auth::access_code::CodeKey;
use crate::config::Config;

/// The code goes to stdout, so that a script can take it; what to do with it to stderr.
pub fn run() -> Result<(), Failure> {
    let (config, _) = Config::from_process()?;
    let secret = serve::secret_key(&config)?;
    let code = CodeKey::derive(&secret)
        .issue(SystemTime::now())
        .map_err(|error| Failure::because(&error))?;
    say(code);
    _ = writeln!(
        io::stderr(),
        "type it in at /admin/login/ within 10 minutes: it opens the desk once, for reading, for one \
         hour, and only while the user database is out of reach"
    );
    Ok(())
}
