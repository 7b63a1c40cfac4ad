//! A TOML text as tables whose keys and values know their places.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{FileError, Place};

/// A file that is longer has not been written by hand.
const MAX_BYTES: usize = 256 * 1024;

#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub entries: BTreeMap<String, Entry>,
    pub place: Place,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Of the key.
    pub place: Place,
    pub item: Item,
}

#[derive(Clone, Debug)]
pub(super) struct Item {
    pub place: Place,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(Text),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    List(Vec<Item>),
    Table(Table),
    /// What no key takes.
    Time,
}

#[derive(Clone, Debug)]
pub(super) struct Text {
    pub text: String,
    /// Of its first character; `None` if escapes move what follows.
    pub inside: Option<Place>,
}

impl Value {
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Boolean(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Time => "a time",
        }
    }
}

pub(super) fn read(text: &str) -> Result<Table, FileError> {
    if text.len() > MAX_BYTES {
        let message = format!("a file of rules has at most {MAX_BYTES} bytes");
        return Err(FileError::new(Place { line: 1, column: 1 }, "", message));
    }
    let places = Places::new(text);
    match DeTable::parse(text) {
        Ok(table) => Ok(places.table(table.get_ref(), table.span().start)),
        Err(error) => {
            let offset = error.span().map_or(0, |span| span.start);
            let message = error.message().replace('\n', ", ");
            let message = format!("this is no TOML: {message}");
            Err(FileError::new(places.at(offset), "", message))
        }
    }
}

struct Places<'t> {
    text: &'t str,
    line_starts: Vec<usize>,
}

impl<'t> Places<'t> {
    fn new(text: &'t str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            line_starts: std::iter::once(0).chain(after_breaks).collect(),
        }
    }

    fn at(&self, offset: usize) -> Place {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = line
            .checked_sub(1)
            .and_then(|index| self.line_starts.get(index))
            .copied()
            .unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or_default();
        Place {
            line: line.max(1),
            column: before.chars().count() + 1,
        }
    }

    fn table(&self, table: &DeTable<'_>, offset: usize) -> Table {
        let entries = table.iter().map(|(key, value)| {
            let entry = Entry {
                place: self.at(key.span().start),
                item: self.item(value),
            };
            (key.get_ref().to_string(), entry)
        });
        Table {
            entries: entries.collect(),
            place: self.at(offset),
        }
    }

    fn item(&self, value: &Spanned<DeValue<'_>>) -> Item {
        let span = value.span();
        let place = self.at(span.start);
        let value = match value.get_ref() {
            DeValue::String(text) => Value::Text(Text {
                text: text.to_string(),
                inside: self.inside(span, text),
            }),
            DeValue::Integer(number) => {
                match i64::from_str_radix(number.as_str(), number.radix()) {
                    Ok(number) => Value::Integer(number),
                    Err(_) => Value::Float(f64::INFINITY),
                }
            }
            DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(boolean) => Value::Boolean(*boolean),
            DeValue::Datetime(_) => Value::Time,
            DeValue::Array(items) => {
                Value::List(items.iter().map(|item| self.item(item)).collect())
            }
            DeValue::Table(table) => Value::Table(self.table(table, span.start)),
        };
        Item { place, value }
    }

    /// Where a text begins within its quotes, if it stands there as it is.
    fn inside(&self, span: std::ops::Range<usize>, text: &str) -> Option<Place> {
        let written = self.text.get(span.clone())?;
        let quotes = written.find(|c| c != '"' && c != '\'').unwrap_or(0).min(3);
        // A line break after three quotes does not belong to the text.
        [quotes, quotes + 1, quotes + 2]
            .into_iter()
            .find_map(|skipped| {
                let rest = written.get(skipped..)?;
                (!text.is_empty() && rest.starts_with(text)).then(|| self.at(span.start + skipped))
            })
    }
}
