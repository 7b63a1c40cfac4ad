//! Taking an input apart: every complaint names its field, and all come at once.

use serde_json::Value;
use serde_json::value::RawValue;

use super::duplicates;
use super::members::Members;
use crate::http::body;
use crate::http::error::{ApiError, FieldError};
use crate::http::text_rule::TextRule;

/// An object that came in, being taken apart field by field.
pub struct Fields {
    members: Members,
    complaints: Vec<FieldError>,
    is_too_large: bool,
}

/// What is stored of one document, whatever way it came: a patch may add to what is there.
const MAX_DOCUMENT_BYTES: usize = body::MAX_BYTES;

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
