//! `[notify]`.

use std::time::Duration;

use super::document::Table;
use super::error::FileError;
use super::section::Section;
use crate::alerts::settings::{Flap, GroupBy, Notify};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
const WEEK: Duration = Duration::from_secs(7 * 86_400);

const KEYS: [&str; 7] = [
    "group_by",
    "group_wait",
    "group_interval",
    "repeat_every",
    "flap",
    "public_url",
    "language",
];

pub(super) fn read(table: &Table) -> Result<Notify, FileError> {
    let section = Section::new(table, "[notify]");
    section.require_known(&KEYS)?;
    let repeat_every = section.duration("repeat_every", Notify::LEAST_REPEAT, WEEK)?;
    Ok(Notify {
        group_by: group_by(&section)?,
        group_wait: section
            .duration("group_wait", Duration::ZERO, HOUR)?
            .unwrap_or(SECOND * 30),
        group_interval: section
            .duration("group_interval", SECOND, HOUR * 24)?
            .unwrap_or(SECOND * 300),
        repeat_every: repeat_every.unwrap_or(HOUR * 4),
        flap: flap(&section)?,
        public_url: public_url(&section)?,
        language: section
            .choice("language", &["en-US", "zh-CN"], |language| language)?
            .map(str::to_owned),
    })
}

fn group_by(section: &Section<'_>) -> Result<Vec<GroupBy>, FileError> {
    let Some(texts) = section.texts("group_by")? else {
        return Ok(vec![GroupBy::Service]);
    };
    texts
        .into_iter()
        .map(|(item, text)| section.chosen(Some(item), text, &GroupBy::ALL, GroupBy::name))
        .collect()
}

fn flap(section: &Section<'_>) -> Result<Flap, FileError> {
    let usual = Flap {
        changes: 4,
        within: Duration::from_secs(1800),
    };
    let Some(table) = section.table("flap")? else {
        return Ok(usual);
    };
    let flap = Section::new(table, "[notify], `flap`");
    flap.require_known(&["changes", "within"])?;
    let minute = Duration::from_secs(60);
    Ok(Flap {
        changes: flap.count("changes", 2, 100)?.unwrap_or(usual.changes),
        within: flap
            .duration("within", minute, HOUR * 24)?
            .unwrap_or(usual.within),
    })
}

fn public_url(section: &Section<'_>) -> Result<Option<String>, FileError> {
    let Some(url) = section.text("public_url")? else {
        return Ok(None);
    };
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let is_fit = rest.is_some_and(|rest| {
        let host = rest.split('/').next().unwrap_or_default();
        !host.is_empty() && !host.contains('@') && !rest.contains(char::is_whitespace)
    });
    if !is_fit {
        let message = "`public_url` is the desk's address, such as https://desk.example";
        return Err(section.error("public_url", message));
    }
    Ok(Some(url.trim_end_matches('/').to_owned()))
}
