//! `token create|list|revoke`: API tokens.

use std::time::{Duration, SystemTime};

use clap::Subcommand;
use tokio::runtime::Handle;

use super::{Failure, runtime, say, trace};
use crate::auth::api_token::{self, Scope};
use crate::config::Config;
use crate::db::Db;
use crate::db::queries::tokens::{self, NewToken, Token};
use crate::db::time::rfc3339;

#[derive(Subcommand)]
pub enum Action {
    /// Make a token and print it, this once
    Create {
        /// What it is for; no two live tokens have the same name
        #[arg(long)]
        name: String,
        /// What it is good for
        #[arg(long, value_enum)]
        scope: Scope,
    },
    /// Print all tokens, a line each: name, scope, made, last used, state
    List,
    /// End a token for good
    Revoke {
        #[arg(long)]
        name: String,
    },
}

pub fn run(action: Action) -> Result<(), Failure> {
    let (config, _) = Config::from_process()?;
    runtime()?.block_on(async {
        let db = super::registry(&config).await?;
        match action {
            Action::Create { name, scope } => create(&db, name, scope).await,
            Action::List => list(&db).await,
            Action::Revoke { name } => revoke(&config, &db, name).await,
        }
    })
}

async fn create(db: &Db, name: String, scope: Scope) -> Result<(), Failure> {
    if !api_token::is_name(&name) {
        return Err(Failure::at_run_time(format!(
            "--name: {name:?} must be 1 to 64 characters of A-Z, a-z, 0-9, ., _ and -"
        )));
    }
    let (secret, token_hash) = api_token::generate().map_err(|error| Failure::because(&error))?;
    let trace = trace();
    let token = NewToken {
        name: name.clone(),
        token_hash,
        scope: scope.as_str(),
        created_by: trace.actor.clone(),
        created_at: trace.at,
    };
    match tokens::create(db, token, trace).await {
        Ok(()) => {
            say(secret);
            Ok(())
        }
        Err(error) if error.is_unique_violation() => Err(Failure::at_run_time(format!(
            "--name: {name:?} is taken; choose another name, or revoke that token first"
        ))),
        Err(error) => Err(Failure::because(&error)),
    }
}

async fn list(db: &Db) -> Result<(), Failure> {
    let found = tokens::list(db)
        .await
        .map_err(|error| Failure::because(&error))?;
    for token in found {
        say(line(&token));
    }
    Ok(())
}

fn line(token: &Token) -> String {
    let used = token.last_used_at.map_or("never".to_owned(), rfc3339);
    let state = match token.revoked_at {
        Some(at) => format!("revoked {}", rfc3339(at)),
        None => "live".to_owned(),
    };
    format!(
        "{}\t{}\tmade {}\tused {used}\t{state}",
        token.name,
        token.scope,
        rfc3339(token.created_at)
    )
}

async fn revoke(config: &Config, db: &Db, name: String) -> Result<(), Failure> {
    let revoked = tokens::revoke(db, name.clone(), trace()).await;
    let hash = revoked
        .map_err(|error| Failure::because(&error))?
        .ok_or_else(|| Failure::at_run_time(format!("--name: there is no live token {name:?}")))?;
    let url = config.ops_database.url.clone();
    let ops = Db::new(url, 1, Duration::MAX, Handle::current());
    // It is revoked where it counts; the desk's store only remembers it for the time when the
    // registry can't be asked.
    if let Err(error) = api_token::record_revocation(&ops, &hash, SystemTime::now()).await {
        say(format!("warning: OPS_DATABASE_URL: {error}"));
    }
    say(format!("revoked {name}"));
    Ok(())
}
