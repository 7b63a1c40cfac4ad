//! JSON Schema documents that people register.
//!
//! Their references stay inside: nothing is ever fetched. Their patterns run on an engine whose time
//! grows with the text alone, so that no pattern can hold up a worker.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

use super::findings::{Finding, finding, findings};

const DRAFT_2020_12: &str = "https://json-schema.org/draft/2020-12/schema";
const DRAFT_7: &str = "http://json-schema.org/draft-07/schema";

/// A validator made of a schema; or what is wrong with the schema.
///
/// # Errors
/// If it is no JSON Schema of draft 2020-12 or draft-07, refers to anything outside itself, or has a
/// pattern with look-around or back references.
pub fn compile(schema: &Value) -> Result<Validator, Vec<Finding>> {
    let problem = |path: &str, message: String| {
        vec![Finding {
            path: path.to_owned(),
            message,
        }]
    };
    let draft = match schema.get("$schema") {
        None => Draft::Draft202012,
        Some(declared) => match declared.as_str().map(|uri| uri.trim_end_matches('#')) {
            Some(DRAFT_2020_12) => Draft::Draft202012,
            Some(DRAFT_7) => Draft::Draft7,
            _ => {
                let message = format!(
                    "must be {DRAFT_2020_12} (the default) or {DRAFT_7}#; others are not known"
                );
                return Err(problem("/$schema", message));
            }
        },
    };
    let built = jsonschema::options()
        .with_draft(draft)
        .with_pattern_options(PatternOptions::regex())
        .build(schema);
    built.map_err(|error| match error.kind() {
        ValidationErrorKind::Referencing(_) => {
            let message = "a reference leads nowhere: it must point into the document itself, \
                 since remote references are never fetched";
            problem(&error.instance_path().to_string(), message.to_owned())
        }
        _ => vec![finding(&error, "")],
    })
}

/// What is wrong with a schema, and with its example if it has one: each with the field's name.
pub fn check_document(
    schema: &Value,
    example: Option<&Value>,
) -> Result<(), Vec<(&'static str, Finding)>> {
    let of = |field: &'static str, found: Vec<Finding>| {
        found
            .into_iter()
            .map(move |finding| (field, finding))
            .collect()
    };
    let validator = compile(schema).map_err(|found| of("schema", found))?;
    let found = example.map(|example| findings(&validator, example, ""));
    match found {
        Some(found) if !found.is_empty() => Err(of("example", found)),
        _ => Ok(()),
    }
}
