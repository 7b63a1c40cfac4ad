//! Cards in bulk: what a file holds, before any database is asked.

use serde_json::Deserializer;
use serde_json::value::RawValue;

use super::cards::CardInput;
use super::members::Members;
use super::namespaces::NamespaceInput;
use super::schemas::SchemaInput;
use super::{a2a, duplicates};
use crate::http::body;
use crate::http::error::ApiError;

/// Where cards go that say nothing about it.
const DEFAULT_NAMESPACE: &str = "default";

/// What is wrong in a file, and in which line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub line: usize,
    pub message: String,
}

/// What a file holds, each with the line where it begins, from 1.
#[derive(Debug, Default)]
pub struct File {
    pub schemas: Vec<(usize, SchemaInput)>,
    pub namespaces: Vec<(usize, NamespaceInput)>,
    pub cards: Vec<Entry>,
}

/// A card in a file.
#[derive(Debug)]
pub struct Entry {
    /// Where it begins, from 1.
    pub line: usize,
    pub input: CardInput,
    /// Whether the file says which version is the default; else the first of a name becomes it.
    pub names_default: bool,
}

/// What is in a text: one object, an array of them, or one after the other as in NDJSON. Each is a
/// card, or one as the API and `export` write it, with `card` and `namespace`; or, with that one
/// member, a `namespace` or a `schema` as the API takes them. All cards go to `namespace` if it is
/// given.
///
/// # Errors
/// With everything that is wrong.
pub fn read(text: &str, namespace: Option<&str>) -> Result<File, Vec<Fault>> {
    let text = body::without_mark(text).unwrap_or(text);
    let mut file = File::default();
    let mut faults = Vec::new();
    let mut lines = Lines::new(text);
    let mut documents = Deserializer::from_str(text).into_iter::<&RawValue>();
    loop {
        let line = lines.at(documents.byte_offset());
        let Some(document) = documents.next() else {
            break;
        };
        let document = match document {
            Ok(document) => document.get(),
            Err(error) => {
                faults.push(Fault {
                    line: error.line(),
                    message: format!("is not JSON: {error}"),
                });
                break;
            }
        };
        // Of an array the elements; each begins where its text does.
        match serde_json::from_str::<Vec<&RawValue>>(document) {
            Ok(elements) => {
                for element in elements {
                    let element = element.get();
                    let line = lines.of(element);
                    add(line, element, namespace, &mut file, &mut faults);
                }
            }
            Err(_) => add(line, document, namespace, &mut file, &mut faults),
        }
    }
    if let Some(namespace) = namespace {
        file.keep_hidden_in(namespace);
    }
    if faults.is_empty() {
        Ok(file)
    } else {
        Err(faults)
    }
}

impl File {
    /// Where all cards go to one namespace, the file's own are not made. If any of them is hidden,
    /// that one must be, too.
    fn keep_hidden_in(&mut self, namespace: &str) {
        let hidden = self.namespaces.iter().find(|(_, it)| !it.is_active);
        let hidden = hidden.map(|(line, _)| {
            let hidden = NamespaceInput {
                id: namespace.to_owned(),
                name: namespace.to_owned(),
                description: String::new(),
                is_active: false,
            };
            (*line, hidden)
        });
        self.namespaces = hidden.into_iter().collect();
    }

    /// The extensions that the cards declare, each once.
    pub fn extension_uris(&self) -> Vec<String> {
        let mut uris: Vec<String> = self
            .cards
            .iter()
            .flat_map(|entry| a2a::extension_uris(&entry.input.value))
            .collect();
        uris.sort_unstable();
        uris.dedup();
        uris
    }
}

fn add(
    line: usize,
    document: &str,
    namespace: Option<&str>,
    file: &mut File,
    faults: &mut Vec<Fault>,
) {
    let added = match record(document) {
        Some(Record::Namespace(text)) => {
            NamespaceInput::parse(&text, None).map(|input| file.namespaces.push((line, input)))
        }
        Some(Record::Schema(text)) => {
            SchemaInput::parse(&text).map(|input| file.schemas.push((line, input)))
        }
        None => entry(line, document, namespace).map(|entry| file.cards.push(entry)),
    };
    if let Err(error) = added {
        let errors = error.errors.iter();
        let messages: Vec<String> = errors
            .map(|error| format!("{}: {}", error.field, error.message))
            .collect();
        faults.push(Fault {
            line,
            message: messages.join("; "),
        });
    }
}

/// What is no card.
enum Record {
    Namespace(String),
    Schema(String),
}

/// No card has one member only: name and version are two.
fn record(document: &str) -> Option<Record> {
    let mut members = Members::of(document)?;
    let name = members.names().next()?.to_owned();
    let value = members.take(&name)?;
    if members.names().next().is_some() || !value.get().starts_with('{') {
        return None;
    }
    let text = value.get().to_owned();
    match name.as_str() {
        "namespace" => Some(Record::Namespace(text)),
        "schema" => Some(Record::Schema(text)),
        _ => None,
    }
}

fn entry(line: usize, document: &str, namespace: Option<&str>) -> Result<Entry, ApiError> {
    if let Some(twice) = duplicates::complaint(document) {
        return Err(ApiError::invalid(vec![twice]));
    }
    let members = Members::of(document).unwrap_or_default();
    let is_wrapped = members.names().any(|name| name == "card");
    let names_default = members.names().any(|name| name == "is_default_version");
    let mut wrapped = members;
    if !is_wrapped {
        wrapped = Members::default();
        if let Ok(card) = RawValue::from_string(document.to_owned()) {
            wrapped.set("card", card);
        }
    }
    let names_namespace = wrapped.names().any(|name| name == "namespace");
    if namespace.is_some() || !names_namespace {
        wrapped.set_value("namespace", &namespace.unwrap_or(DEFAULT_NAMESPACE));
    }
    let input = CardInput::parse(wrapped.to_raw().get())?;
    Ok(Entry {
        line,
        input,
        names_default: is_wrapped && names_default,
    })
}

/// Counts lines on the way through a text, each once.
struct Lines<'t> {
    text: &'t str,
    counted: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            counted: 0,
            line: 1,
        }
    }

    /// The line of the first thing at or behind a place, which is never before the last one asked for.
    fn at(&mut self, offset: usize) -> usize {
        let rest = self.text.get(offset..).unwrap_or_default();
        let start = offset + (rest.len() - rest.trim_start().len());
        let passed = self.text.get(self.counted..start).unwrap_or_default();
        self.line += passed.bytes().filter(|byte| *byte == b'\n').count();
        self.counted = self.counted.max(start);
        self.line
    }

    /// The line of a part of the text.
    fn of(&mut self, part: &str) -> usize {
        let start = part.as_ptr() as usize;
        let offset = start.saturating_sub(self.text.as_ptr() as usize);
        self.at(offset)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    fn read(text: &str, namespace: Option<&str>) -> Vec<(usize, String, String)> {
        let entries = super::read(text, namespace).unwrap().cards.into_iter();
        entries
            .map(|entry| (entry.line, entry.input.namespace, entry.input.name))
            .collect()
    }

    const ONE: &str = r#"{"name": "A", "version": "1"}"#;
    const TWO: &str = r#"{"namespace": "x", "card": {"name": "B", "version": "1"}}"#;

    #[test]
    fn a_file_is_an_object_an_array_or_a_line_each() {
        let own = |line, namespace: &str, name: &str| (line, namespace.to_owned(), name.to_owned());
        assert_eq!(read(ONE, None), [own(1, "default", "A")]);
        let expected = [own(1, "default", "A"), own(3, "x", "B")];
        assert_eq!(read(&format!("{ONE}\n\n{TWO}\n"), None), expected);
        let expected = [own(2, "default", "A"), own(3, "x", "B")];
        assert_eq!(read(&format!("[\n{ONE},\n{TWO}]"), None), expected);
        assert_eq!(read(TWO, Some("y")), [own(1, "y", "B")]);
        assert_eq!(
            read(&format!("\u{feff}{ONE}"), None),
            [own(1, "default", "A")]
        );
        assert_eq!(read("", None), []);
        assert_eq!(read(" \n", None), []);
    }

    #[test]
    fn namespaces_and_schemas_are_told_from_cards() {
        let file = |namespace| {
            let text = format!(
                "{}\n{}\n{ONE}\n{TWO}",
                r#"{"schema":{"schema_uri":"urn:a","schema_type":"a","version":"1","schema":{}}}"#,
                r#"{"namespace":{"id":"x","name":"X","is_active":false}}"#
            );
            super::read(&text, namespace).unwrap()
        };
        let whole = file(None);
        let counts = (
            whole.schemas.len(),
            whole.namespaces.len(),
            whole.cards.len(),
        );
        assert_eq!(counts, (1, 1, 2));
        assert!(!whole.namespaces.first().unwrap().1.is_active);
        // What was hidden stays so, wherever it goes.
        let moved = file(Some("y"));
        let (line, namespace) = moved.namespaces.first().unwrap();
        assert_eq!(
            (*line, namespace.id.as_str(), namespace.is_active),
            (2, "y", false)
        );
    }

    #[test]
    fn what_is_wrong_is_told_by_its_line() {
        let faults = |text: &str| {
            let faults = super::read(text, None).unwrap_err().into_iter();
            faults.map(|fault| fault.line).collect::<Vec<_>>()
        };
        assert_eq!(faults(&format!("{ONE}\n{{\"name\": 1}}\n7\n{TWO}")), [2, 3]);
        assert_eq!(faults(&format!("{ONE}\n{{\"name\": \n")), [3]);
        assert_eq!(faults(&format!("[{ONE},\n{{}}]")), [2]);
        assert_eq!(
            faults(&format!(
                "{ONE}\n{{\"name\":\"A\",\"version\":\"1\",\"name\":\"B\"}}"
            )),
            [2]
        );
        assert_eq!(
            faults(r#"{"namespace": "a b", "card": {"name": "B", "version": "1"}}"#),
            [1]
        );
    }
}
