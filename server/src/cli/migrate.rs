//! `migrate [--check]`: apply migrations to both databases, or only count them.

use std::time::Duration;

use clap::Args;
use tokio::runtime::Handle;

use super::{Failure, runtime, say};
use crate::config::{Config, Database};
use crate::db::Db;
use crate::db::migrate::{self, MigrateError, Schema};

#[derive(Args)]
pub struct Arguments {
    /// Change nothing; exit code 1 if any migration is unapplied
    #[arg(long)]
    check: bool,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (config, _) = Config::from_process()?;
    let sets = [
        ("registry", Schema::Registry, &config.database),
        ("ops", Schema::Ops, &config.ops_database),
    ];
    runtime()?.block_on(async {
        let mut missing = 0;
        for (name, schema, database) in sets {
            if arguments.check {
                let unapplied = count(schema, database).await?;
                say(format!("{name}: {unapplied} unapplied"));
                missing += unapplied;
            } else {
                let applied = migrate::apply(schema, &database.url, &Handle::current())
                    .await
                    .map_err(|error| Failure::because(&error))?;
                say(format!("{name}: {} applied", applied.len()));
            }
        }
        match missing {
            0 => Ok(()),
            _ => Err(Failure::at_run_time(format!(
                "{missing} migrations are unapplied; run `migrate`"
            ))),
        }
    })
}

pub(super) async fn count(schema: Schema, database: &Database) -> Result<u32, Failure> {
    let failed = |error: MigrateError| Failure::because(&error);
    // Looking must not make the file that is looked for.
    if database.url.is_missing_file() {
        let versions = schema.versions(&database.url).map_err(failed)?;
        return Ok(u32::try_from(versions.len()).unwrap_or(u32::MAX));
    }
    let db = Db::new(database.url.clone(), 1, Duration::MAX, Handle::current());
    migrate::unapplied(schema, &db).await.map_err(failed)
}
