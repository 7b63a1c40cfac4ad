//! Every variable's text and where it came from, before anyone parses it.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::dotenv;
use super::error::ConfigError;
use super::provenance::{Provenance, Row, Source, concealed, escape_controls};
use super::variables::{self, Variable};

/// The text of one variable; empty where it is unset and has no default.
struct Setting {
    variable: &'static Variable,
    text: String,
    source: Source,
    /// What is read in its place.
    stand_in: Option<String>,
}

/// How a variable is looked up in the environment.
pub(super) type Environment<'e> = &'e dyn Fn(&str) -> Option<OsString>;

/// The text that stands for a variable that is wrong while the others are looked at; empty means unset.
pub(super) type StandIns = BTreeMap<&'static str, String>;

pub(super) struct Settings<'e> {
    settings: Vec<Setting>,
    environment: Environment<'e>,
    file: BTreeMap<String, String>,
    /// Sentences about what is odd, but no error.
    pub(super) warnings: Vec<String>,
}

impl<'e> Settings<'e> {
    /// The environment wins over `.env`, `.env` over the default; white space around a value does not
    /// count, and empty means unset in both.
    pub(super) fn resolve(
        environment: Environment<'e>,
        dotenv: Option<&str>,
        stand_ins: &StandIns,
    ) -> Result<Self, ConfigError> {
        let file = dotenv.map(dotenv::parse).transpose()?.unwrap_or_default();
        let settings = variables::ALL
            .iter()
            .map(|variable| {
                let stand_in = stand_ins.get(variable.name).cloned();
                let readable = |text: OsString| match text.into_string() {
                    Err(text) if stand_in.is_some() => Ok(text.to_string_lossy().into_owned()),
                    text => text.map_err(|_| ConfigError::not_utf8(variable)),
                };
                let from_environment = environment(variable.name)
                    .map(readable)
                    .transpose()?
                    .map(|text| (trimmed(&text), Source::Environment));
                let from_file = || {
                    let text = trimmed(file.get(variable.name)?);
                    Some((text, Source::Dotenv))
                };
                let (text, source) = from_environment
                    .filter(is_set)
                    .or_else(|| from_file().filter(is_set))
                    .unwrap_or_else(|| (variable.default.to_owned(), Source::Default));
                Ok(Setting {
                    variable,
                    text,
                    source,
                    stand_in,
                })
            })
            .collect::<Result<_, ConfigError>>()?;
        Ok(Self {
            settings,
            warnings: dotenv::misspelt(file.keys()),
            environment,
            file,
        })
    }

    /// The value of a variable that is not one of ours: the file of rules names it. `None` if it is
    /// unset, empty or not UTF-8.
    pub(super) fn foreign(&self, name: &str) -> Option<String> {
        let given = (self.environment)(name).and_then(|text| text.into_string().ok());
        let given = given.map(|text| trimmed(&text));
        let in_file = || self.file.get(name).map(|text| trimmed(text));
        given
            .filter(|text| !text.is_empty())
            .or_else(in_file)
            .filter(|text| !text.is_empty())
    }

    /// Parses a variable that has a default.
    pub(super) fn required<T>(
        &self,
        variable: &Variable,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        let (text, source) = self.get(variable);
        parse(text).map_err(|expected| ConfigError::bad_value(variable, text, source, expected))
    }

    /// Parses a variable that may be unset.
    pub(super) fn optional<T>(
        &self,
        variable: &Variable,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        match self.get(variable) {
            ("", _) => Ok(None),
            _ => self.required(variable, parse).map(Some),
        }
    }

    fn get(&self, variable: &Variable) -> (&str, Source) {
        self.settings
            .iter()
            .find(|setting| setting.variable.name == variable.name)
            .map_or(("", Source::Default), |setting| {
                let text = setting.stand_in.as_ref().unwrap_or(&setting.text);
                (text, setting.source)
            })
    }

    /// Whether a variable has a value.
    pub(super) fn has(&self, variable: &Variable) -> bool {
        !self.get(variable).0.is_empty()
    }

    /// What is wrong with a variable, though it can be read.
    pub(super) fn unfit(&self, variable: &Variable, expected: &str) -> ConfigError {
        let (text, source) = self.get(variable);
        ConfigError::bad_value(variable, text, source, expected.to_owned())
    }

    pub(super) fn set_names(&self) -> Vec<&'static str> {
        let set = self.settings.iter();
        set.filter(|setting| setting.source != Source::Default)
            .map(|setting| setting.variable.name)
            .collect()
    }

    /// What was given, whatever stands in for it: each variable with its text.
    pub(super) fn given(&self) -> impl Iterator<Item = (&'static Variable, &str)> {
        let given = self.settings.iter();
        given
            .filter(|setting| setting.source != Source::Default)
            .map(|setting| (setting.variable, setting.text.as_str()))
    }

    pub(super) fn into_provenance(self) -> Provenance {
        let rows = self
            .settings
            .iter()
            .map(|setting| Row {
                name: setting.variable.name,
                shown: escape_controls(&concealed(setting.variable, &setting.text)),
                source: setting.source,
            })
            .collect();
        Provenance {
            rows,
            warnings: self.warnings,
        }
    }
}

/// Values often come out of files, which end with a newline that nobody means.
fn trimmed(text: &str) -> String {
    text.trim().to_owned()
}

fn is_set((text, _): &(String, Source)) -> bool {
    !text.is_empty()
}
