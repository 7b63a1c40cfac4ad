//! Taking an input apart: every complaint names its field, and all come at once.

use serde_json::Value;
use serde_json::value::RawValue;

use super::members::Members;
use crate::error::{ApiError, FieldError};

/// An object that came in, being taken apart field by field.
pub struct Fields {
    members: Members,
    complaints: Vec<FieldError>,
}

/// What a text must be like.
#[derive(Clone, Copy)]
pub struct TextRule {
    /// In bytes: what indexes hold of a text is limited in bytes too.
    pub max_bytes: usize,
    pub may_have_lines: bool,
}

impl TextRule {
    pub const fn line(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            may_have_lines: false,
        }
    }

    pub const LINES: Self = Self {
        max_bytes: 10_000,
        may_have_lines: true,
    };

    /// What is wrong with a text that has to be there.
    pub fn complaint(self, text: &str) -> Option<String> {
        if text.trim().is_empty() {
            return Some("must not be empty".to_owned());
        }
        self.complaint_of_optional(text)
    }

    fn complaint_of_optional(self, text: &str) -> Option<String> {
        if text.len() > self.max_bytes {
            let (is, may) = (text.len(), self.max_bytes);
            return Some(format!("is too long: {is} bytes of at most {may} in UTF-8"));
        }
        let is_odd = |character: char| {
            character.is_control() && !(self.may_have_lines && "\n\r\t".contains(character))
        };
        text.contains(is_odd)
            .then(|| "must not contain control characters".to_owned())
    }
}

impl Fields {
    /// # Errors
    /// 400 if the text is not JSON, or no object.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let invalid = |message: String| ApiError::invalid(vec![FieldError::new("body", message)]);
        // As a value first: that sets a limit to how deep it is, which raw texts have not.
        let value: Value =
            serde_json::from_str(text).map_err(|error| invalid(format!("is not JSON: {error}")))?;
        match Members::of(text) {
            Some(members) if value.is_object() => Ok(Self {
                members,
                complaints: Vec::new(),
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
            Some(raw) => self.checked(name, &raw, |text| rule.complaint(text)),
        }
    }

    /// A text that may be left out or be empty.
    pub fn optional_text(&mut self, name: &str, rule: TextRule) -> Option<String> {
        let raw = self.members.take(name)?;
        Some(self.checked(name, &raw, |text| rule.complaint_of_optional(text)))
    }

    fn checked(
        &mut self,
        name: &str,
        raw: &RawValue,
        complaint: impl FnOnce(&str) -> Option<String>,
    ) -> String {
        match serde_json::from_str::<String>(raw.get()) {
            Ok(text) => {
                if let Some(message) = complaint(&text) {
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

    /// An object that has to be there: as it was written, and to look into.
    pub fn object(&mut self, name: &str) -> Option<(Box<RawValue>, Value)> {
        let Some(raw) = self.members.take(name) else {
            self.complain(name, "is required");
            return None;
        };
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
        let value: Value = serde_json::from_str(raw.get()).ok()?;
        (!value.is_null()).then_some((raw, value))
    }

    /// Nothing may be left but what a reader was given and sends back, which changes nothing.
    ///
    /// # Errors
    /// 400 with every complaint.
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
        } else {
            Err(ApiError::invalid(self.complaints))
        }
    }
}
