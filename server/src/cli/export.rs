//! `export`: all agent cards, one JSON object a line, as `import` takes them.

use std::io::{self, BufWriter, Write};

use clap::Args;
use indicatif::ProgressBar;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Failure, runtime};
use crate::config::Config;
use crate::db::queries::bulk;

const BATCH: i64 = 500;

#[derive(Args)]
pub struct Arguments {
    /// Only the cards of this namespace
    #[arg(long)]
    namespace: Option<String>,
}

#[derive(Serialize)]
struct Line<'c> {
    namespace: &'c str,
    card: &'c RawValue,
    is_active: bool,
    is_default_version: bool,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let (config, _) = Config::from_process()?;
    runtime()?.block_on(async {
        let db = super::registry(&config).await?;
        let mut out = BufWriter::new(io::stdout().lock());
        let bar = ProgressBar::new_spinner();
        let mut after = 0;
        loop {
            let namespace = arguments.namespace.clone();
            let cards = bulk::export(&db, namespace, after, BATCH)
                .await
                .map_err(|error| Failure::because(&error))?;
            let Some((last, ..)) = cards.last() else {
                break;
            };
            after = *last;
            for (_, namespace, card, is_active, is_default_version) in &cards {
                let line = Line {
                    namespace,
                    card: &card.0,
                    is_active: *is_active,
                    is_default_version: *is_default_version,
                };
                write(&mut out, &line).map_err(|error| Failure::because(&error))?;
            }
            bar.inc(cards.len() as u64);
        }
        bar.finish_and_clear();
        out.flush().map_err(|error| Failure::because(&error))
    })
}

/// A card may have been written over many lines; in JSON these are only between its parts.
fn write(out: &mut impl Write, line: &Line<'_>) -> io::Result<()> {
    let text = serde_json::to_string(line)?;
    writeln!(out, "{}", text.replace(['\n', '\r'], " "))
}
