//! `changepassword`: a new password, and the end of all of that user's sessions.

use std::time::{Duration, SystemTime};

use clap::Args;
use tokio::runtime::Handle;

use super::{Failure, prompt, runtime, say};
use crate::auth::password;
use crate::config::Config;
use crate::db::Db;
use crate::db::queries::{revocations, users};
use crate::db::time::naive;

#[derive(Args)]
pub struct Arguments {
    #[arg(long)]
    username: String,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let (config, _) = Config::from_process()?;
    let username = super::username(&arguments.username)?;
    let plain = prompt::new_password(&config)?;
    let hashed = password::hash(&plain).map_err(|error| Failure::because(&error))?;
    runtime()?.block_on(async {
        let open = |database: &crate::config::Database| {
            Db::new(database.url.clone(), 1, Duration::MAX, Handle::current())
        };
        let db = open(&config.database);
        let ended = users::change_password(&db, username.to_string(), hashed, super::trace())
            .await
            .map_err(|error| Failure::because(&error))?
            .ok_or_else(|| {
                Failure::at_run_time(format!(
                    "--username: there is no user {:?}",
                    username.as_str()
                ))
            })?;
        let count = ended.len();
        if count > 0 {
            let now = naive(SystemTime::now());
            let recorded = revocations::record(&open(&config.ops_database), ended, now).await;
            // The password is changed and the sessions are ended where it counts; the desk's store
            // only remembers them for the time when the registry can't be asked.
            if let Err(error) = recorded {
                say(format!("warning: OPS_DATABASE_URL: {error}"));
            }
        }
        say(format!(
            "changed the password of {username}; {count} sessions ended"
        ));
        Ok(())
    })
}
