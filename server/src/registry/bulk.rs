//! Cards in bulk: what a file holds, before any database is asked.

use serde_json::Deserializer;
use serde_json::value::RawValue;

use super::a2a;
use super::cards::CardInput;
use super::members::Members;
use crate::error::ApiError;

/// Where cards go that say nothing about it.
pub const DEFAULT_NAMESPACE: &str = "default";

/// What is wrong in a file, and in which line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub line: usize,
    pub message: String,
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

/// The cards in a text: one object, an array of them, or one after the other as in NDJSON. Each is a
/// card, or one as the API and `export` write it, with `card` and `namespace`. All go to `namespace`
/// if it is given.
///
/// # Errors
/// With everything that is wrong.
pub fn entries(text: &str, namespace: Option<&str>) -> Result<Vec<Entry>, Vec<Fault>> {
    let mut entries = Vec::new();
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
                    add(line, element, namespace, &mut entries, &mut faults);
                }
            }
            Err(_) => add(line, document, namespace, &mut entries, &mut faults),
        }
    }
    if faults.is_empty() {
        Ok(entries)
    } else {
        Err(faults)
    }
}

fn add(
    line: usize,
    document: &str,
    namespace: Option<&str>,
    entries: &mut Vec<Entry>,
    faults: &mut Vec<Fault>,
) {
    match entry(line, document, namespace) {
        Ok(entry) => entries.push(entry),
        Err(error) => {
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
}

fn entry(line: usize, document: &str, namespace: Option<&str>) -> Result<Entry, ApiError> {
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

/// The extensions that the cards of a file declare, each once.
pub fn extension_uris(entries: &[Entry]) -> Vec<String> {
    let mut uris: Vec<String> = entries
        .iter()
        .flat_map(|entry| a2a::extension_uris(&entry.input.value))
        .collect();
    uris.sort_unstable();
    uris.dedup();
    uris
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

    use super::*;

    fn read(text: &str, namespace: Option<&str>) -> Vec<(usize, String, String)> {
        let entries = entries(text, namespace).unwrap().into_iter();
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
        assert_eq!(read("", None), []);
        assert_eq!(read(" \n", None), []);
    }

    #[test]
    fn what_is_wrong_is_told_by_its_line() {
        let faults = |text: &str| {
            let faults = entries(text, None).unwrap_err().into_iter();
            faults.map(|fault| fault.line).collect::<Vec<_>>()
        };
        assert_eq!(faults(&format!("{ONE}\n{{\"name\": 1}}\n7\n{TWO}")), [2, 3]);
        assert_eq!(faults(&format!("{ONE}\n{{\"name\": \n")), [3]);
        assert_eq!(faults(&format!("[{ONE},\n{{}}]")), [2]);
        assert_eq!(
            faults(r#"{"namespace": "a b", "card": {"name": "B", "version": "1"}}"#),
            [1]
        );
    }
}
