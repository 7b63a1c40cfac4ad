//! JSON Schema documents that people register.
//!
//! Their references stay inside: nothing is ever fetched. Their patterns run on an engine whose time
//! grows with the text alone. What a check with one may cost is bounded when it comes in, and counted
//! again for each document.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions};
use serde_json::Value;

use super::compiled::Compiled;
use super::cost::{self, Budget};
use super::findings::{Finding, Findings, finding};

const DRAFT_2020_12: &str = "https://json-schema.org/draft/2020-12/schema";
const DRAFT_7: &str = "http://json-schema.org/draft-07/schema";

/// What all patterns of a schema may take in memory once they are compiled, in bytes; and as much
/// again for what they remember while they match.
const MAX_PATTERN_BYTES: usize = 4 * 1024 * 1024;

/// A validator made of a schema; or what is wrong with the schema.
///
/// # Errors
/// If it is no JSON Schema of draft 2020-12 or draft-07, refers to anything outside itself, has a
/// pattern with look-around or back references, or could take too long.
pub fn compile(schema: &Value) -> Result<Compiled, Vec<Finding>> {
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
    let graph = cost::bounded(schema).map_err(|reason| problem("", reason))?;
    let bytes_each = MAX_PATTERN_BYTES / graph.patterns.max(1);
    let built = jsonschema::options()
        .with_draft(draft)
        .with_pattern_options(
            PatternOptions::regex()
                .size_limit(bytes_each)
                .dfa_size_limit(bytes_each),
        )
        .build(schema);
    let validator = built.map_err(|error| match error.kind() {
        ValidationErrorKind::Referencing(_) => {
            let message = "a reference leads nowhere: it must point into the document itself, \
                 since remote references are never fetched";
            problem(&error.instance_path().to_string(), message.to_owned())
        }
        _ => vec![finding(&error, "")],
    })?;
    Ok(Compiled::new(validator, graph))
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
    let compiled = compile(schema).map_err(|found| of("schema", found))?;
    let Some(example) = example else {
        return Ok(());
    };
    let mut found = Findings::default();
    if !found.look(&compiled, &mut Budget::default(), example, "") {
        return Err(vec![(
            "example",
            Finding::of_all("would take too long to check with this schema"),
        )]);
    }
    let found = found.into_list();
    if found.is_empty() {
        Ok(())
    } else {
        Err(of("example", found))
    }
}
