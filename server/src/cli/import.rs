//! `import DIR|FILE|-`: agent cards from files, with the namespaces and schemas that `export` puts
//! before them; a file in one transaction. What is there already is
//! left alone, so that the same command may run again.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, runtime, say, trace};
use crate::config::Config;
use crate::db::queries::audit::Trace;
use crate::db::queries::bulk::{self as queries, Prepared, PreparedCard, Tally};
use crate::db::queries::schemas::{self, NewSchema};
use crate::db::{Db, DbError, JsonText};
use crate::registry::NamespaceInput;
use crate::registry::bulk::{self, Entry, Fault, File};
use crate::registry::cards::{self, Origin};
use crate::registry::checks::{ExtensionSchema, Ready, on_own_stack};

#[derive(Args)]
pub struct Arguments {
    /// A directory of .json, .ndjson and .jsonl files, a file, or - for standard input
    source: PathBuf,
    /// Where the cards go, made if it is missing [default: where a line says, else `default`]
    #[arg(long)]
    namespace: Option<String>,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let (config, _) = Config::from_process()?;
    if let Some(namespace) = &arguments.namespace
        && !crate::registry::is_namespace_id(namespace)
    {
        return Err(Failure::at_run_time(format!(
            "--namespace: {namespace:?} must be 1 to 128 characters of A-Z, a-z, 0-9, _ and -"
        )));
    }
    let files = files(&arguments.source)?;
    runtime()?.block_on(async {
        let db = super::registry(&config).await?;
        let (mut all, mut failed) = (Tally::default(), 0);
        for file in &files {
            match import(&db, file, arguments.namespace.as_deref(), trace()).await {
                Ok(tally) => {
                    all.added += tally.added;
                    all.skipped += tally.skipped;
                    all.namespaces += tally.namespaces;
                    all.schemas += tally.schemas;
                }
                Err(Unfit::File(faults)) => {
                    failed += 1;
                    for Fault { line, message } in faults {
                        let name = file.display();
                        _ = writeln!(io::stderr(), "{name}:{line}: {message}");
                    }
                }
                Err(Unfit::Database(error)) => return Err(Failure::because(&error)),
            }
        }
        say(format!(
            "{} added, {} skipped because they are there already",
            all.added, all.skipped
        ));
        if all.namespaces + all.schemas > 0 {
            say(format!(
                "and {} namespaces and {} schemas of extensions",
                all.namespaces, all.schemas
            ));
        }
        match failed {
            0 => Ok(()),
            _ => Err(Failure::at_run_time(format!(
                "{failed} of {} files were not imported, and nothing of them is",
                files.len()
            ))),
        }
    })
}

/// The files of a directory by name; any other source is one by itself.
fn files(source: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |error: io::Error| Failure::at_run_time(format!("{}: {error}", source.display()));
    if source == Path::new("-") || !fs::metadata(source).map_err(failed)?.is_dir() {
        return Ok(vec![source.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(source).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let is_ours = |extension: &std::ffi::OsStr| {
            ["json", "jsonl", "ndjson"]
                .iter()
                .any(|ours| extension == *ours)
        };
        if path.extension().is_some_and(is_ours) {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Failure::at_run_time(format!(
            "{}: there is no .json, .ndjson or .jsonl file in it",
            source.display()
        )));
    }
    Ok(files)
}

enum Unfit {
    File(Vec<Fault>),
    Database(DbError),
}

impl From<DbError> for Unfit {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

async fn import(
    db: &Db,
    file: &Path,
    namespace: Option<&str>,
    trace: Trace,
) -> Result<Tally, Unfit> {
    let (name, at) = (file.to_owned(), trace.at);
    let text = read(file).map_err(|error| {
        Unfit::File(vec![Fault {
            line: 1,
            message: format!("can't be read: {error}"),
        }])
    })?;
    let owned = namespace.map(str::to_owned);
    let read = on_own_stack(move || bulk::read(&text, owned.as_deref()), None);
    let file = read.await.map_err(|_| unchecked())?.map_err(Unfit::File)?;
    let mut documents = Vec::new();
    for uris in file.extension_uris().chunks(500) {
        documents.extend(schemas::of_extensions(db, uris.to_vec(), 500).await?);
    }
    let prepared = on_own_stack(move || prepared(file, documents, at), None);
    let prepared = prepared.await.map_err(|_| unchecked())?;
    let bar = bar(prepared.cards.len(), &name);
    let ticking = bar.clone();
    let imported = queries::import(db, prepared, trace, move || ticking.inc(1)).await?;
    bar.finish_and_clear();
    imported.map_err(|conflicts| {
        let faults = conflicts.into_iter().map(|(line, message)| Fault {
            line,
            message: message.to_owned(),
        });
        Unfit::File(faults.collect())
    })
}

/// The thread that checks has broken, which its panic has told.
fn unchecked() -> Unfit {
    Unfit::File(vec![Fault {
        line: 1,
        message: "could not be checked".to_owned(),
    }])
}

/// Checks the cards of a file with the schemas that are registered, `documents`, and those that come
/// with it.
fn prepared(file: File, documents: Vec<(String, JsonText)>, at: NaiveDateTime) -> Prepared {
    let ready = Ready::default();
    let new_schemas: Vec<(usize, NewSchema)> = file
        .schemas
        .into_iter()
        .map(|(line, input)| (line, input.to_row(at)))
        .collect();
    let with_file = new_schemas.iter().filter(|(_, schema)| schema.is_active);
    let with_file = with_file.map(|(_, new)| (new.schema_uri.clone(), new.schema.clone()));
    let schemas: Vec<ExtensionSchema> = documents
        .into_iter()
        .chain(with_file)
        .map(|(uri, document)| (uri, ready.get(document.text())))
        .collect();
    let origin = Origin {
        user_id: None,
        token: None,
        at,
    };
    let prepare = |entry: Entry| {
        let (card, terms) = cards::prepared(&entry.input, &schemas, origin.clone());
        PreparedCard {
            line: entry.line,
            card,
            terms,
            default_if_none: !entry.names_default,
        }
    };
    let namespace = |(line, input): (usize, NamespaceInput)| (line, input.to_row(at));
    Prepared {
        cards: file.cards.into_iter().map(prepare).collect(),
        namespaces: file.namespaces.into_iter().map(namespace).collect(),
        schemas: new_schemas,
    }
}

fn read(file: &Path) -> io::Result<String> {
    if file != Path::new("-") {
        return fs::read_to_string(file);
    }
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text)?;
    Ok(text)
}

/// On a terminal; elsewhere it draws nothing.
fn bar(cards: usize, file: &Path) -> ProgressBar {
    let bar = ProgressBar::new(cards as u64);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar.set_message(file.display().to_string());
    bar
}
