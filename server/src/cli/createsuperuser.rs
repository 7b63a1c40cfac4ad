//! `createsuperuser`: a user who may open the desk.

use std::time::SystemTime;

use clap::Args;

use super::{Failure, prompt, runtime, say};
use crate::auth::password;
use crate::config::Config;
use crate::db::queries::users::{self, NewUser};
use crate::db::time::naive;

#[derive(Args)]
pub struct Arguments {
    #[arg(long)]
    username: String,
    #[arg(long)]
    email: Option<String>,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let (config, _) = Config::from_process()?;
    let username = super::username(&arguments.username)?;
    let plain = prompt::new_password(&config)?;
    let hashed = password::hash(&plain).map_err(|error| Failure::because(&error))?;
    let user = NewUser {
        username: username.to_string(),
        email: arguments.email,
        password_hash: hashed,
        is_staff: true,
        created_at: naive(SystemTime::now()),
    };
    runtime()?.block_on(async {
        let db = super::registry(&config).await?;
        match users::create(&db, user, super::trace()).await {
            Ok(()) => {
                say(format!("created {username}"));
                Ok(())
            }
            Err(error) if error.is_unique_violation() => Err(Failure::at_run_time(format!(
                "--username: {:?} is taken; choose another name, or use `changepassword`",
                username.as_str()
            ))),
            Err(error) => Err(Failure::because(&error)),
        }
    })
}
