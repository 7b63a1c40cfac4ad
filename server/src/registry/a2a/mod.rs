//! What makes an agent card valid: the definition of its version of A2A, and for each extension that
//! it declares the registered schema.

mod document;
mod findings;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Map, Value};

pub use document::{check_document, compile};
pub use findings::{Finding, findings};

use crate::db::queries::card_lists::{SKILL, TAG};
use crate::db::queries::cards::Term;
use crate::db::queries::schemas::EXTENSION;

/// The published definition, `specification/json/a2a.json` of A2A at tag v0.3.0 (Apache-2.0), cut
/// down to the agent card.
const DEFINITION_0_3: &str = include_str!("definitions/a2a-0.3.0.json");
/// A2A 1.0 is defined by a protocol buffer: this is its structure, and no more than that.
const DEFINITION_1_0: &str = include_str!("definitions/a2a-1.0.json");

static VALIDATOR_0_3: LazyLock<Validator> = LazyLock::new(|| embedded(DEFINITION_0_3));
static VALIDATOR_1_0: LazyLock<Validator> = LazyLock::new(|| embedded(DEFINITION_1_0));

/// How many terms a card is found by. A card may be a megabyte of tags; nobody searches for those.
const MAX_TERMS: usize = 1000;
/// An index holds no longer ones.
const MAX_TERM_BYTES: usize = 1024;

/// The version of A2A that a card is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    V0_3,
    V1_0,
}

impl Protocol {
    /// Only from 1.0 on a card lists its interfaces, each with the protocol's version.
    pub fn of(card: &Value) -> Self {
        match card.get("supportedInterfaces") {
            Some(_) => Self::V1_0,
            None => Self::V0_3,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::V0_3 => "0.3.0",
            Self::V1_0 => "1.0",
        }
    }

    fn validator(self) -> &'static Validator {
        match self {
            Self::V0_3 => &VALIDATOR_0_3,
            Self::V1_0 => &VALIDATOR_1_0,
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "the binary's own definitions, which a test compiles"
)]
fn embedded(definition: &str) -> Validator {
    let definition = serde_json::from_str(definition).expect("an embedded definition is JSON");
    compile(&definition).expect("an embedded definition is a JSON Schema")
}

/// All that keeps a card from being valid. `schemas` are those of the extensions that have one.
pub fn check(card: &Value, schemas: &[(String, Validator)]) -> Vec<Finding> {
    let mut found = findings(Protocol::of(card).validator(), card, "");
    let nothing = Value::Object(Map::new());
    for (index, extension) in extensions(card).enumerate() {
        let schema = schemas
            .iter()
            .find(|(uri, _)| Some(uri.as_str()) == uri_of(extension));
        if let Some((_, schema)) = schema {
            // What the extension itself defines of its declaration are the parameters.
            let params = extension.get("params").unwrap_or(&nothing);
            let path = format!("/capabilities/extensions/{index}/params");
            found.extend(findings(schema, params, &path));
        }
    }
    found
}

fn extensions(card: &Value) -> impl Iterator<Item = &Value> {
    let declared = card.pointer("/capabilities/extensions");
    declared.and_then(Value::as_array).into_iter().flatten()
}

fn uri_of(extension: &Value) -> Option<&str> {
    extension.get("uri").and_then(Value::as_str)
}

/// The extensions that a card declares, each once.
pub fn extension_uris(card: &Value) -> Vec<String> {
    let uris: BTreeSet<&str> = extensions(card).filter_map(uri_of).collect();
    uris.into_iter()
        .filter(|uri| uri.len() <= MAX_TERM_BYTES && !uri.contains('\0'))
        .take(MAX_TERMS)
        .map(str::to_owned)
        .collect()
}

/// What a card is found by: its skills by id and name, their tags, its extensions.
pub fn terms(card: &Value) -> Vec<Term> {
    let mut terms = BTreeSet::new();
    for uri in extension_uris(card) {
        terms.insert(Term {
            kind: EXTENSION,
            term: uri,
        });
    }
    let mut add = |kind: &'static str, value: &Value| {
        let term = value.as_str().map(folded).filter(|term| {
            !term.is_empty() && term.len() <= MAX_TERM_BYTES && !term.contains('\0')
        });
        if let Some(term) = term.filter(|_| terms.len() < MAX_TERMS) {
            terms.insert(Term { kind, term });
        }
    };
    let skills = card.get("skills").and_then(Value::as_array);
    for skill in skills.into_iter().flatten() {
        for field in ["id", "name"] {
            if let Some(value) = skill.get(field) {
                add(SKILL, value);
            }
        }
        let tags = skill.get("tags").and_then(Value::as_array);
        for tag in tags.into_iter().flatten() {
            add(TAG, tag);
        }
    }
    terms.into_iter().collect()
}

/// A text as it is searched: upper and lower case are one.
pub fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}
