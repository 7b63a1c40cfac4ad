//! Reading the keys of a table: each as its type, none unknown.

use std::time::Duration;

use super::document::{Entry, Item, Table, Text, Value};
use super::error::{FileError, Place};
use crate::alerts::severity::Severity;
use crate::alerts::{duration, spelling};

type Result<T> = std::result::Result<T, FileError>;

/// A table with the words by which errors call it.
pub(super) struct Section<'t> {
    table: &'t Table,
    /// Such as "rule `disk`".
    pub name: String,
}

impl<'t> Section<'t> {
    pub(super) fn new(table: &'t Table, name: impl Into<String>) -> Self {
        Self {
            table,
            name: name.into(),
        }
    }

    /// An element of `[[kind]]`, called by its `name`.
    pub(super) fn named(table: &'t Table, kind: &str) -> Result<(Self, &'t str)> {
        let nameless = Self::new(table, format!("[[{kind}]]"));
        let name = nameless.require(nameless.text("name")?, "name", "such as name = \"disk\"")?;
        let is_fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.len() > 64 || !name.chars().all(is_fit) {
            let message = "a name has 1 to 64 letters of ASCII, digits, `-`, `_` and `.`";
            return Err(nameless.error("name", message));
        }
        Ok((Self::new(table, format!("{kind} `{name}`")), name))
    }

    pub(super) fn require_known(&self, known: &[&str]) -> Result<()> {
        let keys = self.table.entries.iter();
        let unknown = keys.filter(|(key, _)| !known.contains(&key.as_str()));
        let Some((key, entry)) = unknown.min_by_key(|(_, entry)| entry.place.line) else {
            return Ok(());
        };
        let advice = spelling::advice(key, known.iter().copied());
        let message = format!("there is no key `{key}`; {advice}");
        Err(FileError::new(entry.place, &self.name, message))
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.entries.contains_key(key)
    }

    pub(super) fn item(&self, key: &str) -> Option<&'t Item> {
        self.table.entries.get(key).map(|Entry { item, .. }| item)
    }

    /// An error at the value of a key, or at the table if it lacks it.
    pub(super) fn error(&self, key: &str, message: impl Into<String>) -> FileError {
        self.error_at(self.item(key), message)
    }

    pub(super) fn error_at(&self, item: Option<&Item>, message: impl Into<String>) -> FileError {
        let place = item.map_or(self.table.place, |item| item.place);
        FileError::new(place, &self.name, message)
    }

    pub(super) fn error_in(&self, place: Place, message: impl Into<String>) -> FileError {
        FileError::new(place, &self.name, message)
    }

    pub(super) fn require<T>(&self, value: Option<T>, key: &str, example: &str) -> Result<T> {
        value.ok_or_else(|| {
            let message = format!("`{key}` is missing, {example}");
            self.error(key, message)
        })
    }

    fn mistyped(&self, key: &str, item: &Item, wanted: &str) -> FileError {
        let found = item.value.type_name();
        let message = format!("`{key}` is {found}; it takes {wanted}");
        self.error_at(Some(item), message)
    }

    pub(super) fn full_text(&self, key: &str) -> Result<Option<&'t Text>> {
        match self.item(key) {
            None => Ok(None),
            Some(Item {
                value: Value::Text(text),
                ..
            }) => Ok(Some(text)),
            Some(other) => Err(self.mistyped(key, other, "a text")),
        }
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<&'t str>> {
        Ok(self.full_text(key)?.map(|text| text.text.as_str()))
    }

    pub(super) fn owned_text(&self, key: &str) -> Result<Option<String>> {
        Ok(self.text(key)?.map(str::to_owned))
    }

    pub(super) fn boolean(&self, key: &str) -> Result<Option<bool>> {
        match self.item(key) {
            None => Ok(None),
            Some(Item {
                value: Value::Boolean(boolean),
                ..
            }) => Ok(Some(*boolean)),
            Some(other) => Err(self.mistyped(key, other, "true or false")),
        }
    }

    pub(super) fn count(&self, key: &str, least: u32, most: u32) -> Result<Option<u32>> {
        let Some(item) = self.item(key) else {
            return Ok(None);
        };
        let Value::Integer(number) = item.value else {
            return Err(self.mistyped(key, item, "a whole number"));
        };
        let fitting = u32::try_from(number)
            .ok()
            .filter(|number| (least..=most).contains(number));
        fitting.map(Some).ok_or_else(|| {
            let message = format!("`{key}` lies between {least} and {most}");
            self.error_at(Some(item), message)
        })
    }

    pub(super) fn number(&self, key: &str) -> Result<Option<f64>> {
        match self.item(key) {
            None => Ok(None),
            Some(Item {
                value: Value::Integer(number),
                ..
            }) => Ok(Some(*number as f64)),
            Some(Item {
                value: Value::Float(number),
                ..
            }) => Ok(Some(*number)),
            Some(other) => Err(self.mistyped(key, other, "a number")),
        }
    }

    pub(super) fn duration(
        &self,
        key: &str,
        least: Duration,
        most: Duration,
    ) -> Result<Option<Duration>> {
        let Some(item) = self.item(key) else {
            return Ok(None);
        };
        let parsed = match &item.value {
            Value::Text(text) => duration::parse(&text.text),
            _ => None,
        };
        let Some(parsed) = parsed else {
            let message = format!("`{key}` takes a duration such as \"30s\", \"5m\" or \"4h\"");
            return Err(self.error_at(Some(item), message));
        };
        if (least..=most).contains(&parsed) {
            return Ok(Some(parsed));
        }
        let (least, most) = (duration::shown(least), duration::shown(most));
        let message = format!("`{key}` lies between {least} and {most}");
        Err(self.error_at(Some(item), message))
    }

    /// One of the names of an enumeration.
    pub(super) fn choice<T: Copy>(
        &self,
        key: &str,
        all: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Result<Option<T>> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        self.chosen(self.item(key), text, all, name).map(Some)
    }

    /// The same, of a text that stands at `item`.
    pub(super) fn chosen<T: Copy>(
        &self,
        item: Option<&Item>,
        text: &str,
        all: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Result<T> {
        let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
        let mut pairs = all.iter().zip(&names);
        let found = pairs.find_map(|(one, name)| (*name == text).then_some(*one));
        found.ok_or_else(|| {
            let advice = spelling::advice(text, names.iter().copied());
            self.error_at(item, format!("`{text}` is not known; {advice}"))
        })
    }

    pub(super) fn severity(&self, key: &str) -> Result<Option<Severity>> {
        self.choice(key, &Severity::ALL, Severity::name)
    }

    pub(super) fn list(&self, key: &str) -> Result<Option<&'t [Item]>> {
        match self.item(key) {
            None => Ok(None),
            Some(Item {
                value: Value::List(items),
                ..
            }) => Ok(Some(items)),
            Some(other) => Err(self.mistyped(key, other, "a list")),
        }
    }

    /// With their places.
    pub(super) fn texts(&self, key: &str) -> Result<Option<Vec<(&'t Item, &'t str)>>> {
        let Some(items) = self.list(key)? else {
            return Ok(None);
        };
        let texts = items.iter().map(|item| match &item.value {
            Value::Text(text) => Ok((item, text.text.as_str())),
            _ => Err(self.mistyped(key, item, "a list of texts")),
        });
        texts.collect::<Result<Vec<_>>>().map(Some)
    }

    /// Names that must exist.
    pub(super) fn names(
        &self,
        key: &str,
        kind: &str,
        known: &[String],
    ) -> Result<Option<Vec<String>>> {
        let Some(texts) = self.texts(key)? else {
            return Ok(None);
        };
        let names = texts.into_iter().map(|(item, name)| {
            if known.iter().any(|other| other == name) {
                return Ok(name.to_owned());
            }
            let advice = spelling::advice(name, known.iter().map(String::as_str));
            let message = format!("there is no {kind} `{name}`; {advice}");
            Err(self.error_at(Some(item), message))
        });
        names.collect::<Result<Vec<_>>>().map(Some)
    }

    pub(super) fn tables(&self, key: &str) -> Result<Vec<&'t Table>> {
        let items = self.list(key)?.unwrap_or_default();
        let tables = items.iter().map(|item| match &item.value {
            Value::Table(table) => Ok(table),
            _ => Err(self.mistyped(key, item, "a list of tables")),
        });
        tables.collect()
    }

    pub(super) fn table(&self, key: &str) -> Result<Option<&'t Table>> {
        match self.item(key) {
            None => Ok(None),
            Some(Item {
                value: Value::Table(table),
                ..
            }) => Ok(Some(table)),
            Some(other) => Err(self.mistyped(key, other, "a table")),
        }
    }
}
