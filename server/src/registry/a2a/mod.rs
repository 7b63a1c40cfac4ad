//! What makes an agent card valid: the definition of its version of A2A, that a client reads what it
//! says, and for each extension that it declares the registered schema.

mod address;
#[cfg(test)]
mod cards_tests;
mod compiled;
mod cost;
mod document;
mod findings;
mod graph;
mod meaning;
mod names;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};

pub use compiled::Compiled;
use cost::Budget;
pub use document::{check_document, compile};
pub use findings::Finding;
use findings::Findings;

use crate::db::queries::card_lists::{SKILL, TAG};
use crate::db::queries::cards::Term;
use crate::db::queries::schemas::EXTENSION;

/// The published definition, `specification/json/a2a.json` of A2A at tag v0.3.0 (Apache-2.0), cut
/// down to the agent card.
const DEFINITION_0_3: &str = include_str!("definitions/a2a-0.3.0.json");
/// A2A 1.0 is defined by a protocol buffer: this is its structure, and no more than that.
const DEFINITION_1_0: &str = include_str!("definitions/a2a-1.0.json");

static V0_3: LazyLock<Definition> = LazyLock::new(|| Definition::embedded(DEFINITION_0_3));
static V1_0: LazyLock<Definition> = LazyLock::new(|| Definition::embedded(DEFINITION_1_0));

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

    fn definition(self) -> &'static Definition {
        match self {
            Self::V0_3 => &V0_3,
            Self::V1_0 => &V1_0,
        }
    }
}

/// What A2A publishes of a version's card.
struct Definition {
    document: Value,
    compiled: Compiled,
}

impl Definition {
    #[expect(
        clippy::expect_used,
        reason = "the binary's own definitions, which a test compiles"
    )]
    fn embedded(definition: &str) -> Self {
        let document = serde_json::from_str(definition).expect("an embedded definition is JSON");
        let compiled = compile(&document).expect("an embedded definition is a JSON Schema");
        Self { document, compiled }
    }
}

/// The schema of an extension, by its URI: ready, or why it can't be used.
pub type ExtensionSchema = (String, Result<Arc<Compiled>, String>);

/// What a check came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All that keeps the card from being valid.
    Checked(Vec<Finding>),
    /// It would take too long, or can't be done, for this reason.
    Unchecked(String),
}

/// Checks a card. `schemas` are those of the extensions that have one.
pub fn check(card: &Value, schemas: &[ExtensionSchema]) -> Verdict {
    let mut budget = Budget::default();
    let mut found = Findings::default();
    let protocol = Protocol::of(card);
    let definition = protocol.definition();
    if !found.look(&definition.compiled, &mut budget, card, "") {
        let reason = "the card is too large to be checked against the definition of A2A";
        return Verdict::Unchecked(reason.to_owned());
    }
    names::look(&definition.document, card, &mut found);
    meaning::look(protocol, card, &mut found);
    let schemas: HashMap<&str, _> = schemas
        .iter()
        .map(|(uri, schema)| (uri.as_str(), schema))
        .collect();
    let nothing = Value::Object(Map::new());
    let mut first: HashMap<&str, &Value> = HashMap::new();
    for (index, extension) in extensions(card).enumerate() {
        let Some(uri) = uri_of(extension) else {
            continue;
        };
        if let Some(first) = first.get(uri) {
            if *first != extension && !found.is_full() {
                let message =
                    "declares an extension again, and otherwise: it is not clear which one counts";
                found.add(format!("/capabilities/extensions/{index}"), message);
            }
            continue;
        }
        first.insert(uri, extension);
        let schema = match schemas.get(uri) {
            None => continue,
            Some(Err(reason)) => {
                return Verdict::Unchecked(format!("the schema of extension {uri} {reason}"));
            }
            Some(Ok(schema)) => schema,
        };
        // What the extension itself defines of its declaration are the parameters.
        let params = extension.get("params").unwrap_or(&nothing);
        let path = format!("/capabilities/extensions/{index}/params");
        if !found.look(schema, &mut budget, params, &path) {
            return Verdict::Unchecked(format!(
                "checking the parameters of extension {uri} would take too long"
            ));
        }
    }
    Verdict::Checked(found.into_list())
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
