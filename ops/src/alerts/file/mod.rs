//! The file of rules, `ALERTS_FILE`: TOML 1.0 with `version = 1`, `[defaults]`, `[notify]`,
//! `[[rule]]`, `[[channel]]` and `[[maintenance]]`. The built-in rules are such a text themselves, and
//! a file changes them key by key.
//!
//! Nothing is guessed: an unknown key, signal, check, rule or channel, and a rule that can never fire,
//! is a [`FileError`].

mod channel;
#[cfg(test)]
mod channel_tests;
mod document;
mod error;
mod maintenance;
mod names;
mod notify;
mod rule;
mod section;
#[cfg(test)]
mod tests;
mod trigger;

use std::collections::BTreeSet;

use super::rule::{Origin, Rule};
use super::settings::Notify;
use super::suppress::MaintenanceWindow;
pub use channel::{Channel, ChannelKind, SecretPlace, WebhookFormat};
use document::Table;
pub use error::{FileError, Place};
use names::Names;
use section::Section;

/// The rules that hold without a file, with their reasons.
pub const BUILT_IN: &str = include_str!("built_in.toml");

/// What the service is told otherwise than by the file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'k> {
    /// The names of the dependencies that readiness checks.
    pub dependencies: &'k [String],
    /// The names of channels that variables make.
    pub channels: &'k [String],
}

#[derive(Clone, Debug, PartialEq)]
pub struct AlertsFile {
    /// The built-in ones first; those that are switched off as well.
    pub rules: Vec<Rule>,
    pub notify: Notify,
    /// Of the file alone.
    pub channels: Vec<Channel>,
    pub maintenance: Vec<MaintenanceWindow>,
}

const KEYS: [&str; 6] = [
    "version",
    "defaults",
    "notify",
    "rule",
    "channel",
    "maintenance",
];

/// The built-in rules with what `text` changes; without a text, as they are.
pub fn load(text: Option<&str>, known: Known<'_>) -> Result<AlertsFile, FileError> {
    let file = match text {
        Some(text) => document::read(text)?,
        None => return assemble(&Table::default(), known),
    };
    let section = Section::new(&file, "");
    let version = section.count("version", 1, 1)?;
    section.require(version, "version", "such as version = 1 in the first line")?;
    assemble(&file, known)
}

/// The channels that a text has, whatever else is wrong with it: which variables they name decides which
/// channels variables make.
///
/// # Errors
/// If it is no TOML, or a channel is wrong.
pub fn load_channels(text: &str) -> Result<Vec<Channel>, FileError> {
    let file = document::read(text)?;
    channels(&Section::new(&file, ""), Known::default())
}

/// The rules that a text has, which needs no `version`: what somebody wants to try out.
pub fn load_rules(text: &str, known: Known<'_>) -> Result<Vec<Rule>, FileError> {
    let file = document::read(text)?;
    let mut rules = assemble(&file, known)?.rules;
    rules.retain(|rule| rule.origin == Origin::File);
    Ok(rules)
}

fn assemble(file: &Table, known: Known<'_>) -> Result<AlertsFile, FileError> {
    let built_in = document::read(BUILT_IN)?;
    let (built_in, file) = (Section::new(&built_in, ""), Section::new(file, ""));
    built_in.require_known(&KEYS)?;
    file.require_known(&KEYS)?;
    let channels = channels(&file, known)?;
    let declared = channels.iter().map(|channel| channel.name.clone());
    let merged = rule::merge(&built_in.tables("rule")?, &file.tables("rule")?)?;
    let names = Names {
        rules: merged.iter().map(|(name, _)| name.clone()).collect(),
        channels: known.channels.iter().cloned().chain(declared).collect(),
        dependencies: known.dependencies.to_vec(),
    };
    let defaults = joined(&built_in, &file, "defaults")?;
    rule::require_defaults(&Section::new(&defaults, "[defaults]"))?;
    let rules = merged.into_iter();
    let rules: Vec<Rule> = rules
        .map(|(_, merged)| merged.build(&defaults, &names))
        .collect::<Result<_, _>>()?;
    if let Some(rule) = rule::circle(&rules) {
        let message = format!("`depends_on` of rule `{}` leads back to it", rule.name);
        return Err(file.error("rule", message));
    }
    Ok(AlertsFile {
        rules,
        notify: notify::read(&joined(&built_in, &file, "notify")?)?,
        channels,
        maintenance: maintenance(&file, &names)?,
    })
}

fn maintenance(file: &Section<'_>, names: &Names) -> Result<Vec<MaintenanceWindow>, FileError> {
    let mut seen = BTreeSet::new();
    let tables = file.tables("maintenance")?.into_iter();
    let windows = tables.map(|table| {
        let window = maintenance::read(table, &names.rules)?;
        require_new(&mut seen, table, "maintenance", &window.name)?;
        Ok(window)
    });
    windows.collect()
}

fn require_new(
    seen: &mut BTreeSet<String>,
    table: &Table,
    kind: &str,
    name: &str,
) -> Result<(), FileError> {
    if seen.insert(name.to_owned()) {
        return Ok(());
    }
    let section = Section::new(table, format!("{kind} `{name}`"));
    Err(section.error("name", "there is one of this name already"))
}

fn channels(file: &Section<'_>, known: Known<'_>) -> Result<Vec<Channel>, FileError> {
    let mut seen: BTreeSet<String> = known.channels.iter().cloned().collect();
    let tables = file.tables("channel")?.into_iter();
    let channels = tables.map(|table| {
        let channel = channel::read(table)?;
        require_new(&mut seen, table, "channel", &channel.name)?;
        Ok(channel)
    });
    channels.collect()
}

/// A table of both files, the second one's keys before the first one's.
fn joined(built_in: &Section<'_>, file: &Section<'_>, key: &str) -> Result<Table, FileError> {
    let mut table = built_in.table(key)?.cloned().unwrap_or_default();
    if let Some(changes) = file.table(key)? {
        let entries = changes.entries.iter();
        let entries = entries.map(|(key, entry)| (key.clone(), entry.clone()));
        table.entries.extend(entries);
        table.place = changes.place;
    }
    Ok(table)
}
