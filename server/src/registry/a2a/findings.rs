//! What a JSON Schema finds in a document, in words that stay short whatever the document holds.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::compiled::Compiled;
use super::cost::Budget;

/// More than these nobody reads, and a document of a megabyte may have a hundred thousand.
const MAX_FINDINGS: usize = 100;
const MAX_MESSAGE_CHARS: usize = 300;
/// The validator collects all errors before it gives the first. Where the check has more steps than
/// this, it is asked for one error only.
const MAX_STEPS_TO_COLLECT: u64 = 100_000;

/// What keeps a document from being valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// Where, as a JSON Pointer (RFC 6901): the value that is wrong, or the place of one that is
    /// missing.
    #[schema(examples("/protocolVersion"))]
    pub path: String,
    #[schema(examples("\"protocolVersion\" is a required property"))]
    pub message: String,
}

impl Finding {
    /// About the document as a whole.
    pub fn of_all(message: impl Into<String>) -> Self {
        Self {
            path: String::new(),
            message: message.into(),
        }
    }
}

/// The first findings of one document, whatever finds them.
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
    is_cut: bool,
}

impl Findings {
    pub fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.push(Finding {
            path: path.into(),
            message: message.into(),
        });
    }

    fn push(&mut self, finding: Finding) {
        if self.list.len() < MAX_FINDINGS {
            self.list.push(finding);
        } else {
            self.is_cut = true;
        }
    }

    pub fn is_full(&self) -> bool {
        self.is_cut
    }

    /// Adds what a schema finds in a document, with `prefix` before each path. False if the budget
    /// does not have what that takes: then nothing was looked at.
    #[must_use]
    pub fn look(
        &mut self,
        schema: &Compiled,
        budget: &mut Budget,
        document: &Value,
        prefix: &str,
    ) -> bool {
        let Some(steps) = schema.spend(budget, document) else {
            return false;
        };
        let validator = schema.validator();
        if steps > MAX_STEPS_TO_COLLECT {
            if !validator.is_valid(document)
                && let Err(error) = validator.validate(document)
            {
                self.push(finding(&error, prefix));
                self.is_cut = true;
            }
            return true;
        }
        for error in validator.iter_errors(document) {
            self.push(finding(&error, prefix));
            if self.is_cut {
                break;
            }
        }
        true
    }

    pub fn into_list(mut self) -> Vec<Finding> {
        if self.is_cut {
            let listed = self.list.len();
            let message = format!("there is more: only the first {listed} are listed");
            self.list.push(Finding::of_all(message));
        }
        self.list
    }
}

pub(super) fn finding(error: &ValidationError<'_>, prefix: &str) -> Finding {
    let mut path = format!("{prefix}{}", error.instance_path());
    if let ValidationErrorKind::Required { property } = error.kind()
        && let Some(property) = property.as_str()
    {
        path.push('/');
        path.push_str(&escaped(property));
    }
    let message = error.masked().to_string();
    let message = match message.char_indices().nth(MAX_MESSAGE_CHARS) {
        Some((end, _)) => format!("{}…", message.get(..end).unwrap_or_default()),
        None => message,
    };
    Finding { path, message }
}

/// A name as a segment of a JSON Pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
