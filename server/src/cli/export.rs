//! `export`: all schemas, namespaces and agent cards, one JSON object a line, as `import` takes them.

use std::io::{self, BufWriter, Write};

use clap::Args;
use indicatif::ProgressBar;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Failure, runtime};
use crate::config::Config;
use crate::db::queries::bulk;
use crate::db::{Db, DbError, JsonText};

const BATCH: i64 = 500;
/// They may be large.
const BATCH_OF_SCHEMAS: i64 = 20;

#[derive(Args)]
pub struct Arguments {
    /// Only the cards of this namespace
    #[arg(long)]
    namespace: Option<String>,
}

#[derive(Serialize)]
struct CardLine<'c> {
    namespace: &'c str,
    card: &'c RawValue,
    is_active: bool,
    is_default_version: bool,
}

#[derive(Serialize)]
struct NamespaceLine<'n> {
    namespace: NamespaceFields<'n>,
}

#[derive(Serialize)]
struct NamespaceFields<'n> {
    id: &'n str,
    name: &'n str,
    description: &'n str,
    is_active: bool,
}

#[derive(Serialize)]
struct SchemaLine<'s> {
    schema: SchemaFields<'s>,
}

#[derive(Serialize)]
struct SchemaFields<'s> {
    schema_uri: &'s str,
    schema_type: &'s str,
    version: &'s str,
    description: &'s str,
    schema: &'s JsonText,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'s JsonText>,
    is_active: bool,
}

enum Ended {
    Database(DbError),
    Io(io::Error),
}

impl From<DbError> for Ended {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let (config, _) = Config::from_process()?;
    runtime()?.block_on(async {
        let db = super::registry(&config).await?;
        match all(&db, arguments.namespace).await {
            Ok(()) => Ok(()),
            // Who reads has had enough: `export | head`.
            Err(Ended::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(Ended::Io(error)) => Err(Failure::because(&error)),
            Err(Ended::Database(error)) => Err(Failure::because(&error)),
        }
    })
}

async fn all(db: &Db, namespace: Option<String>) -> Result<(), Ended> {
    let mut out = BufWriter::new(io::stdout().lock());
    if namespace.is_none() {
        schemas(db, &mut out).await?;
    }
    namespaces(db, namespace.clone(), &mut out).await?;
    let bar = ProgressBar::new_spinner();
    let mut after = 0;
    loop {
        let cards = bulk::export(db, namespace.clone(), after, BATCH).await?;
        let Some((last, ..)) = cards.last() else {
            break;
        };
        after = *last;
        for (_, namespace, card, is_active, is_default_version) in &cards {
            let line = CardLine {
                namespace,
                card: &card.0,
                is_active: *is_active,
                is_default_version: *is_default_version,
            };
            write(&mut out, &line)?;
        }
        bar.inc(cards.len() as u64);
    }
    bar.finish_and_clear();
    Ok(out.flush()?)
}

async fn schemas(db: &Db, out: &mut impl Write) -> Result<(), Ended> {
    let mut after = 0;
    loop {
        let found = bulk::schemas(db, after, BATCH_OF_SCHEMAS).await?;
        let Some(last) = found.last() else {
            return Ok(());
        };
        after = last.id;
        for schema in &found {
            let schema = SchemaFields {
                schema_uri: &schema.schema_uri,
                schema_type: &schema.schema_type,
                version: &schema.version,
                description: &schema.description,
                schema: &schema.schema,
                example: schema.example.as_ref(),
                is_active: schema.is_active,
            };
            write(out, &SchemaLine { schema })?;
        }
    }
}

/// Those that cards alone would not bring back as they are.
async fn namespaces(db: &Db, only: Option<String>, out: &mut impl Write) -> Result<(), Ended> {
    for (namespace, is_used) in bulk::namespaces(db, only).await? {
        let is_plain = namespace.name == namespace.id && namespace.description.is_empty();
        if is_used && is_plain && namespace.is_active {
            continue;
        }
        let namespace = NamespaceFields {
            id: &namespace.id,
            name: &namespace.name,
            description: &namespace.description,
            is_active: namespace.is_active,
        };
        write(out, &NamespaceLine { namespace })?;
    }
    Ok(())
}

/// A document may have been written over many lines; in JSON these are only between its parts.
fn write(out: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string(line)?;
    writeln!(out, "{}", text.replace(['\n', '\r'], " "))
}
