//! Taking an input apart: every complaint names its field, and all come at once.

use serde_json::Value;
use serde_json::value::RawValue;

use super::members::Members;
use super::{body, duplicates};
use crate::error::{ApiError, FieldError};

/// An object that came in, being taken apart field by field.
pub struct Fields {
    members: Members,
    complaints: Vec<FieldError>,
    is_too_large: bool,
}

/// What is stored of one document, whatever way it came: a patch may add to what is there.
const MAX_DOCUMENT_BYTES: usize = body::MAX_BYTES;

/// What a text must be like. Said once for those who parse and for the document of the API.
#[derive(Clone, Copy)]
pub struct TextRule {
    kind: Kind,
    limit: Limit,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Of a namespace, as it stands in addresses.
    Id,
    /// Without any spaces.
    Word,
    /// More than spaces.
    Line,
    /// A line, or nothing.
    MaybeLine,
    /// Any number of lines, or none.
    Lines,
}

#[derive(Clone, Copy)]
enum Limit {
    Characters(usize),
    /// In UTF-8: what an index holds of a text is limited in bytes.
    Bytes(usize),
}

/// Regular expressions as JSON Schema has them: what stands between the brackets.
const CONTROL: &str = r"\u0000-\u001F\u007F-\u009F";
const CONTROL_BUT_LINES: &str = r"\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F";
/// What [`char::is_control`] and [`char::is_whitespace`] are true for.
const CONTROL_AND_SPACE: &str =
    r"\u0000-\u0020\u007F-\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000";

impl TextRule {
    pub const ID: Self = Self {
        kind: Kind::Id,
        limit: Limit::Characters(128),
    };

    pub const LINES: Self = Self {
        kind: Kind::Lines,
        limit: Limit::Characters(10_000),
    };

    pub const fn line(max_characters: usize) -> Self {
        Self {
            kind: Kind::Line,
            limit: Limit::Characters(max_characters),
        }
    }

    pub const fn maybe_line(max_characters: usize) -> Self {
        Self {
            kind: Kind::MaybeLine,
            limit: Limit::Characters(max_characters),
        }
    }

    pub const fn indexed_line(max_bytes: usize) -> Self {
        Self {
            kind: Kind::Line,
            limit: Limit::Bytes(max_bytes),
        }
    }

    pub const fn indexed_word(max_bytes: usize) -> Self {
        Self {
            kind: Kind::Word,
            limit: Limit::Bytes(max_bytes),
        }
    }

    /// What is wrong with a text, if anything is.
    pub fn complaint(self, text: &str) -> Option<String> {
        if !self.may_be_empty() && text.trim().is_empty() {
            return Some("must not be empty".to_owned());
        }
        let (is, may, unit) = match self.limit {
            Limit::Characters(max) => (text.chars().count(), max, "characters"),
            Limit::Bytes(max) => (text.len(), max, "bytes in UTF-8"),
        };
        if is > may {
            return Some(format!("is too long: {is} of at most {may} {unit}"));
        }
        let is_odd = |character: char| match self.kind {
            Kind::Id => !(character.is_ascii_alphanumeric() || "_-".contains(character)),
            Kind::Word => character.is_control() || character.is_whitespace(),
            Kind::Line | Kind::MaybeLine => character.is_control(),
            Kind::Lines => character.is_control() && !"\n\r\t".contains(character),
        };
        let complaint = match self.kind {
            Kind::Id => "must be 1 to 128 characters of A-Z, a-z, 0-9, _ and -",
            Kind::Word => "must contain neither spaces nor control characters",
            Kind::Line | Kind::MaybeLine | Kind::Lines => "must not contain control characters",
        };
        text.contains(is_odd).then(|| complaint.to_owned())
    }

    /// The rule as a regular expression of JSON Schema, but for the length.
    pub fn pattern(self) -> String {
        match self.kind {
            Kind::Id => "^[A-Za-z0-9_-]+$".to_owned(),
            Kind::Word => format!("^[^{CONTROL_AND_SPACE}]+$"),
            Kind::Line => format!("^[^{CONTROL}]*[^{CONTROL_AND_SPACE}][^{CONTROL}]*$"),
            Kind::MaybeLine => format!("^[^{CONTROL}]*$"),
            Kind::Lines => format!("^[^{CONTROL_BUT_LINES}]*$"),
        }
    }

    fn may_be_empty(self) -> bool {
        matches!(self.kind, Kind::MaybeLine | Kind::Lines)
    }

    pub fn min_characters(self) -> usize {
        usize::from(!self.may_be_empty())
    }

    /// Where bytes count: no text of more characters has few enough of them.
    pub fn max_characters(self) -> usize {
        match self.limit {
            Limit::Characters(max) | Limit::Bytes(max) => max,
        }
    }

    /// What a schema can't say of the length.
    pub fn max_bytes(self) -> Option<usize> {
        match self.limit {
            Limit::Characters(_) => None,
            Limit::Bytes(max) => Some(max),
        }
    }
}

impl Fields {
    /// # Errors
    /// 400 if the text is not JSON, no object, or has a member twice.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let invalid = |message: String| ApiError::invalid(vec![FieldError::new("body", message)]);
        // As a value first: that sets a limit to how deep it is, which raw texts have not.
        let value: Value =
            serde_json::from_str(text).map_err(|error| invalid(format!("is not JSON: {error}")))?;
        if let Some(twice) = duplicates::complaint(text) {
            return Err(ApiError::invalid(vec![twice]));
        }
        match Members::of(text) {
            Some(members) if value.is_object() => Ok(Self {
                members,
                complaints: Vec::new(),
                is_too_large: false,
            }),
            _ => Err(invalid("must be a JSON object".to_owned())),
        }
    }

    pub fn complain(&mut self, field: &str, message: impl Into<String>) {
        self.complaints.push(FieldError::new(field, message));
    }

    /// A text that has to be there.
    pub fn text(&mut self, name: &str, rule: TextRule) -> String {
        match self.members.take(name) {
            None => {
                self.complain(name, "is required");
                String::new()
            }
            Some(raw) => self.checked(name, &raw, rule),
        }
    }

    /// A text that may be left out.
    pub fn optional_text(&mut self, name: &str, rule: TextRule) -> Option<String> {
        let raw = self.members.take(name)?;
        Some(self.checked(name, &raw, rule))
    }

    /// A text that may be repeated but is not to be changed.
    pub fn unchanged(&mut self, name: &str, text: &str) {
        let Some(raw) = self.members.take(name) else {
            return;
        };
        if !serde_json::from_str::<String>(raw.get()).is_ok_and(|given| given == text) {
            self.complain(name, "can't be changed");
        }
    }

    fn checked(&mut self, name: &str, raw: &RawValue, rule: TextRule) -> String {
        match serde_json::from_str::<String>(raw.get()) {
            Ok(text) => {
                if let Some(message) = rule.complaint(&text) {
                    self.complain(name, message);
                }
                text
            }
            Err(_) => {
                self.complain(name, "must be a text");
                String::new()
            }
        }
    }

    pub fn flag(&mut self, name: &str, default: bool) -> bool {
        match self.members.take(name).as_deref().map(RawValue::get) {
            None => default,
            Some("true") => true,
            Some("false") => false,
            Some(_) => {
                self.complain(name, "must be true or false");
                default
            }
        }
    }

    /// Complains of a document that is larger than what is stored.
    fn small(&mut self, name: &str, raw: &RawValue) {
        let bytes = raw.get().len();
        if bytes > MAX_DOCUMENT_BYTES {
            let message = format!("is too large: {bytes} of at most {MAX_DOCUMENT_BYTES} bytes");
            self.complain(name, message);
            self.is_too_large = true;
        }
    }

    /// An object that has to be there: as it was written, and to look into.
    pub fn object(&mut self, name: &str) -> Option<(Box<RawValue>, Value)> {
        let Some(raw) = self.members.take(name) else {
            self.complain(name, "is required");
            return None;
        };
        self.small(name, &raw);
        match serde_json::from_str(raw.get()) {
            Ok(value @ Value::Object(_)) => Some((raw, value)),
            _ => {
                self.complain(name, "must be a JSON object");
                None
            }
        }
    }

    /// Any value; `null` is as good as none.
    pub fn value(&mut self, name: &str) -> Option<(Box<RawValue>, Value)> {
        let raw = self.members.take(name)?;
        self.small(name, &raw);
        let value: Value = serde_json::from_str(raw.get()).ok()?;
        (!value.is_null()).then_some((raw, value))
    }

    /// Nothing may be left but what a reader was given and sends back, which changes nothing.
    ///
    /// # Errors
    /// 400 with every complaint, or 413 if a document is too large to be stored.
    pub fn finish(mut self, read_only: &[&str]) -> Result<(), ApiError> {
        let unknown = self
            .members
            .names()
            .filter(|name| !read_only.contains(name));
        let unknown: Vec<FieldError> = unknown
            .map(|name| FieldError::new(name, "is not known here: check the spelling"))
            .collect();
        self.complaints.extend(unknown);
        if self.complaints.is_empty() {
            Ok(())
        } else if self.is_too_large {
            Err(ApiError {
                errors: self.complaints,
                ..ApiError::too_large(MAX_DOCUMENT_BYTES)
            })
        } else {
            Err(ApiError::invalid(self.complaints))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_and_its_pattern_say_the_same_of_every_character() {
        for rule in [
            TextRule::ID,
            TextRule::LINES,
            TextRule::line(10),
            TextRule::maybe_line(10),
            TextRule::indexed_word(10),
        ] {
            let pattern = rule.pattern();
            let schema = json!({"pattern": pattern, "minLength": rule.min_characters()});
            let validator = jsonschema::validator_for(&schema).unwrap();
            let characters = (0..0x3100).chain([0xFEFF, 0x1_F980]);
            for character in characters.filter_map(char::from_u32) {
                for text in [
                    format!("{character}"),
                    format!("{character}a"),
                    format!("a{character}"),
                    format!("a{character}b"),
                ] {
                    let is_fine = rule.complaint(&text).is_none();
                    let is_match = validator.is_valid(&Value::from(text.as_str()));
                    assert_eq!(is_fine, is_match, "{text:?} {pattern}");
                }
            }
        }
    }

    #[test]
    fn what_an_index_holds_is_counted_in_bytes_the_rest_in_characters() {
        let long = "旅".repeat(100);
        assert_eq!(TextRule::line(100).complaint(&long), None);
        assert!(TextRule::line(99).complaint(&long).is_some());
        assert_eq!(TextRule::indexed_line(300).complaint(&long), None);
        assert!(TextRule::indexed_word(299).complaint(&long).is_some());
    }
}
