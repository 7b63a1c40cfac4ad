//! `import DIR|FILE|-`: agent cards from files, a file in one transaction. What is there already is
//! left alone, so that the same command may run again.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, runtime, say, trace};
use crate::config::Config;
use crate::db::queries::audit::Trace;
use crate::db::queries::bulk::{self as queries, Prepared, Tally};
use crate::db::queries::schemas;
use crate::db::{Db, DbError};
use crate::registry::bulk::{self, Entry, Fault};
use crate::registry::cards::{self, Origin};

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
    let text = read(file).map_err(|error| {
        Unfit::File(vec![Fault {
            line: 1,
            message: format!("can't be read: {error}"),
        }])
    })?;
    let entries = bulk::entries(&text, namespace).map_err(Unfit::File)?;
    let mut schemas = Vec::new();
    for uris in bulk::extension_uris(&entries).chunks(500) {
        schemas.extend(schemas::of_extensions(db, uris.to_vec()).await?);
    }
    let schemas = cards::compiled(schemas);
    let origin = Origin {
        user_id: None,
        token: None,
        at: trace.at,
    };
    let prepare = |entry: Entry| {
        let (row, terms) = cards::prepared(&entry.input, &schemas, origin.clone());
        Prepared {
            line: entry.line,
            card: row,
            terms,
            default_if_none: !entry.names_default,
        }
    };
    let prepared: Vec<Prepared> = entries.into_iter().map(prepare).collect();
    let bar = bar(prepared.len(), file);
    let ticking = bar.clone();
    let imported = queries::import(db, prepared, trace, move || ticking.inc(1)).await?;
    bar.finish_and_clear();
    imported.map_err(|lines| {
        let taken = lines.into_iter().map(|line| Fault {
            line,
            message: "another card of this name and version is in the namespace already".to_owned(),
        });
        Unfit::File(taken.collect())
    })
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
