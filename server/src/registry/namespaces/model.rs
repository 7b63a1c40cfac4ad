//! A namespace as it is written and as it is read.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::queries::namespaces::Namespace;
use crate::db::time::rfc3339;
use crate::http::error::ApiError;
use crate::http::text_rule::TextRule;
use crate::registry::fields::{Field, Given, Kind, Others, Shape};

/// The first segments of the service's own paths: no namespace can have them, since the address of
/// an agent begins with its namespace.
pub const RESERVED_IDS: [&str; 4] = ["admin", "api", "health", "static"];

pub const SHAPE: Shape = Shape {
    name: "NamespaceInput",
    description: "A namespace as it is written.",
    fields: &[
        Field::new("id", Kind::Id(&RESERVED_IDS))
            .described("Chosen by whoever makes it; part of addresses, and never changed.")
            .example("travel"),
        Field::new("name", Kind::Text(TextRule::line(255))).example("Travel"),
        Field::new("description", Kind::OptionalText(TextRule::LINES)),
        Field::new("is_active", Kind::Flag(true))
            .described("The cards of an inactive one are hidden from all but those who may write."),
    ],
    others: Others::Refused {
        read_only: &["created_at", "updated_at"],
    },
};

/// A namespace as it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NamespaceInput {
    pub id: String,
    pub name: String,
    pub description: String,
    pub is_active: bool,
}

/// A namespace as it is read.
#[derive(Serialize, ToSchema)]
pub struct NamespaceView {
    pub id: String,
    pub name: String,
    pub description: String,
    pub is_active: bool,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[schema(format = DateTime)]
    pub updated_at: String,
}

/// Whether a text may be a namespace's id.
pub fn is_namespace_id(text: &str) -> bool {
    TextRule::ID.complaint(text).is_none()
}

impl NamespaceInput {
    /// From the text of a body. `id` is that of the namespace to be changed, which a body need not
    /// repeat and can't change.
    ///
    /// # Errors
    /// 400 with every complaint.
    pub fn parse(text: &str, id: Option<&str>) -> Result<Self, ApiError> {
        Given::read(text, &SHAPE, id)?.finish()
    }

    /// The row of a new one.
    pub fn to_row(&self, now: NaiveDateTime) -> Namespace {
        Namespace {
            name: self.name.clone(),
            description: self.description.clone(),
            is_active: self.is_active,
            ..Namespace::new(self.id.clone(), now)
        }
    }
}

impl From<Namespace> for NamespaceView {
    fn from(namespace: Namespace) -> Self {
        Self {
            id: namespace.id,
            name: namespace.name,
            description: namespace.description,
            is_active: namespace.is_active,
            created_at: rfc3339(namespace.created_at),
            updated_at: rfc3339(namespace.updated_at),
        }
    }
}
