//! Whether a card is valid, and what keeps it from being so.

use jsonschema::Validator;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::db::queries::cards::CardHead;
use crate::db::queries::schemas;
use crate::db::{Db, DbError, JsonText};
use crate::registry::a2a::{self, Finding};

/// Against the card's version of A2A, and the schemas of its extensions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Validity {
    pub valid: bool,
    pub errors: Vec<Finding>,
}

impl Validity {
    pub fn of(errors: Vec<Finding>) -> Self {
        Self {
            valid: errors.is_empty(),
            errors,
        }
    }

    /// As it was found when the card was written, or its extensions' schemas changed.
    pub fn of_row(card: &CardHead) -> Self {
        let Some(errors) = &card.validity_errors else {
            return Self::of(vec![Finding {
                path: String::new(),
                message: "not checked yet: the row was not written by this service".to_owned(),
            }]);
        };
        Self {
            valid: card.is_valid,
            errors: serde_json::from_str(errors.text()).unwrap_or_default(),
        }
    }

    pub fn to_columns(&self) -> (bool, JsonText) {
        let errors = serde_json::value::to_raw_value(&self.errors);
        let errors = errors.unwrap_or_else(|_| RawValue::NULL.to_owned());
        (self.valid, JsonText(errors))
    }
}

/// Checks a card with the schemas that are registered now.
pub async fn validity(db: &Db, card: &Value) -> Result<Validity, DbError> {
    let uris = a2a::extension_uris(card);
    // Few cards declare any, and then there is nothing to ask.
    let schemas = if uris.is_empty() {
        Vec::new()
    } else {
        schemas::of_extensions(db, uris).await?
    };
    Ok(Validity::of(a2a::check(card, &compiled(schemas))))
}

/// A registered document was compiled when it came in; one written past the service may be anything
/// and is left out.
pub fn compiled(schemas: Vec<(String, JsonText)>) -> Vec<(String, Validator)> {
    let compiled = schemas.into_iter().filter_map(|(uri, document)| {
        let document = serde_json::from_str(document.text()).ok()?;
        Some((uri, a2a::compile(&document).ok()?))
    });
    compiled.collect()
}
