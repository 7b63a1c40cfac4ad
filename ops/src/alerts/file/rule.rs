//! `[defaults]` and `[[rule]]`.

use std::collections::BTreeMap;
use std::time::Duration;

use super::document::{Entry, Table};
use super::error::FileError;
use super::names::Names;
use super::section::Section;
use super::trigger::{self, TRIGGERS};
use crate::alerts::rule::{FROM_OUTSIDE, NoData, Origin, Patience, Rule, Scope, Trigger};
use crate::alerts::severity::Severity;

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(86_400);

const DEFAULTS: [&str; 8] = [
    "every",
    "for_count",
    "for",
    "recover_count",
    "keep_firing_for",
    "no_data",
    "severity",
    "channels",
];

const KEYS: [&str; 25] = [
    "name",
    "description",
    "enabled",
    "scope",
    "severity",
    "every",
    "for_count",
    "for",
    "recover_count",
    "keep_firing_for",
    "no_data",
    "min_samples",
    "min_bad",
    "depends_on",
    "channels",
    "runbook",
    "expr",
    "recover",
    "only_if",
    "levels",
    "on",
    "max_per_hour",
    "quiet_for",
    "slo",
    "burn",
];

/// A rule's keys from both files.
pub(super) struct Merged {
    table: Table,
    origin: Origin,
}

/// The built-in rules with the file's: one of the same name is replaced key by key, others follow.
pub(super) fn merge(
    built_in: &[&Table],
    file: &[&Table],
) -> Result<Vec<(String, Merged)>, FileError> {
    let mut merged: Vec<(String, Merged)> = Vec::new();
    for table in built_in {
        let (_, name) = Section::named(table, "rule")?;
        merged.push((name.to_owned(), Merged::new(table, Origin::BuiltIn)));
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for table in file {
        let (section, name) = Section::named(table, "rule")?;
        section.require_known(&KEYS)?;
        if let Some(line) = seen.insert(name, table.place.line) {
            let message = format!("there is one of this name already, in line {line}");
            return Err(section.error("name", message));
        }
        if FROM_OUTSIDE.contains(&name) {
            let message = format!("`{name}` is the name of an exported rule; take another one");
            return Err(section.error("name", message));
        }
        match merged.iter_mut().find(|(other, _)| other == name) {
            Some((_, known)) => known.replace(table),
            None => merged.push((name.to_owned(), Merged::new(table, Origin::File))),
        }
    }
    Ok(merged)
}

impl Merged {
    fn new(table: &Table, origin: Origin) -> Self {
        Self {
            table: table.clone(),
            origin,
        }
    }

    fn replace(&mut self, table: &Table) {
        // Another kind of trigger replaces the one that is there, with all that belongs to it.
        if let Some(kept) = TRIGGERS.iter().find(|keys| {
            keys.first()
                .is_some_and(|key| table.entries.contains_key(*key))
        }) {
            let others = TRIGGERS.iter().filter(|keys| *keys != kept);
            for key in others.copied().flatten() {
                self.table.entries.remove(*key);
            }
        }
        let replaced = table.entries.iter();
        let replaced = replaced.map(|(key, entry)| (key.clone(), entry.clone()));
        self.table.entries.extend(replaced);
        self.table.place = table.place;
        self.origin = Origin::File;
    }

    /// `defaults` have what the rule itself leaves out.
    pub(super) fn build(mut self, defaults: &Table, names: &Names) -> Result<Rule, FileError> {
        for (key, entry) in &defaults.entries {
            let of_rule = self.table.entries.entry(key.clone());
            of_rule.or_insert_with(|| Entry::clone(entry));
        }
        let (section, name) = Section::named(&self.table, "rule")?;
        section.require_known(&KEYS)?;
        let trigger = trigger::read(&section, names, severity_of(&section)?)?;
        Ok(Rule {
            name: name.to_owned(),
            description: section.owned_text("description")?,
            enabled: section.boolean("enabled")?.unwrap_or(true),
            scope: section
                .choice("scope", &Scope::ALL, Scope::name)?
                .unwrap_or(Scope::Service),
            severity: severity_of(&section)?,
            every: section
                .duration("every", SECOND, DAY)?
                .unwrap_or(Duration::from_secs(30)),
            patience: patience(&section)?,
            no_data: section
                .choice("no_data", &NoData::ALL, NoData::name)?
                .unwrap_or(NoData::Keep),
            min_samples: min_samples(&section, &trigger)?,
            min_bad: section.count("min_bad", 1, u32::MAX)?.unwrap_or(1).into(),
            depends_on: depends_on(&section, name, names)?,
            channels: section
                .names("channels", "channel", &names.channels)?
                .unwrap_or_else(|| names.channels.clone()),
            runbook: section.owned_text("runbook")?,
            origin: self.origin,
            trigger,
        })
    }
}

pub(super) fn require_defaults(section: &Section<'_>) -> Result<(), FileError> {
    section.require_known(&DEFAULTS)
}

fn severity_of(section: &Section<'_>) -> Result<Severity, FileError> {
    Ok(section.severity("severity")?.unwrap_or_default())
}

fn patience(section: &Section<'_>) -> Result<Patience, FileError> {
    let zero = Duration::ZERO;
    Ok(Patience {
        for_count: section.count("for_count", 1, 1000)?.unwrap_or(1),
        for_time: section.duration("for", zero, DAY)?.unwrap_or(zero),
        recover_count: section.count("recover_count", 1, 1000)?.unwrap_or(2),
        keep_firing_for: section
            .duration("keep_firing_for", zero, DAY)?
            .unwrap_or(zero),
    })
}

/// Of fewer than this many the 95th percentile is the maximum.
const PERCENTILE_NEEDS: u32 = 20;

fn min_samples(section: &Section<'_>, trigger: &Trigger) -> Result<u64, FileError> {
    let is_percentile = match trigger {
        Trigger::Check(check) => {
            let signals = check.bad.signals();
            signals
                .into_iter()
                .any(|signal| signal.kind.is_percentile())
        }
        Trigger::Burn(_) | Trigger::Events(_) => false,
    };
    let least = if is_percentile { PERCENTILE_NEEDS } else { 1 };
    let written = section.count("min_samples", 1, u32::MAX)?;
    if written.is_some_and(|number| number < least) {
        let message = format!(
            "a percentile of fewer than {PERCENTILE_NEEDS} is a maximum: `min_samples` is {PERCENTILE_NEEDS} at least"
        );
        return Err(section.error("min_samples", message));
    }
    Ok(written.unwrap_or(least).into())
}

fn depends_on(section: &Section<'_>, name: &str, names: &Names) -> Result<Vec<String>, FileError> {
    let found = section.names("depends_on", "rule", &names.rules)?;
    let found = found.unwrap_or_default();
    if found.iter().any(|other| other == name) {
        return Err(section.error("depends_on", "a rule can't depend on itself"));
    }
    Ok(found)
}

/// Rules that depend on each other in a circle would silence each other.
pub(super) fn circle(rules: &[Rule]) -> Option<&Rule> {
    let causes = |name: &str| {
        let rule = rules.iter().find(|rule| rule.name == name);
        rule.map_or(&[][..], |rule| rule.depends_on.as_slice())
    };
    rules.iter().find(|rule| {
        let mut seen: Vec<&String> = rule.depends_on.iter().collect();
        let mut next = 0;
        while let Some(cause) = seen.get(next).copied() {
            next += 1;
            let further = causes(cause).iter();
            let further: Vec<&String> = further.filter(|it| !seen.contains(it)).collect();
            seen.extend(further);
        }
        seen.contains(&&rule.name)
    })
}
