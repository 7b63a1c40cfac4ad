//! A namespace as it is written and as it is read.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::queries::namespaces::Namespace;
use crate::error::ApiError;
use crate::registry::etag::Etag;
use crate::registry::fields::{Fields, TextRule};
use crate::registry::members::Members;
use crate::registry::reply::time;

/// The first segments of the service's own paths: no namespace can have them, since the address of
/// an agent begins with its namespace.
pub const RESERVED_IDS: [&str; 4] = ["admin", "api", "health", "static"];

/// A namespace as it is written.
#[derive(Clone, Debug, ToSchema)]
pub struct NamespaceInput {
    /// Chosen by whoever makes it; part of addresses, and never changed.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,128}$", examples("travel"))]
    pub id: String,
    #[schema(min_length = 1, max_length = 255, examples("Travel"))]
    pub name: String,
    #[schema(required = false, max_length = 10000)]
    pub description: String,
    /// The cards of an inactive one are hidden from all but those who may write.
    #[schema(required = false, default = true)]
    pub is_active: bool,
}

/// What takes a namespace's place.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "says what a body looks like, which is read field by field"
)]
pub struct NamespaceReplacement {
    #[schema(min_length = 1, max_length = 255, examples("Travel"))]
    pub name: String,
    #[schema(required = false, max_length = 10000)]
    pub description: String,
    #[schema(required = false, default = true)]
    pub is_active: bool,
}

/// Parts of a namespace to be changed; `null` brings back the default.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "says what a body looks like, which is read field by field"
)]
pub struct NamespacePatch {
    #[schema(required = false, min_length = 1, max_length = 255)]
    pub name: String,
    #[schema(max_length = 10000)]
    pub description: Option<String>,
    pub is_active: Option<bool>,
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
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    (1..=128).contains(&text.len()) && text.bytes().all(is_allowed)
}

impl NamespaceInput {
    /// From the text of a body. `id` is that of the namespace to be changed, which a body need not
    /// repeat and can't change.
    ///
    /// # Errors
    /// 400 with every complaint.
    pub fn parse(text: &str, id: Option<&str>) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(text)?;
        let line = TextRule::line(255);
        let given = match id {
            None => Some(fields.text("id", line)),
            Some(_) => fields.optional_text("id", line),
        };
        let own = given.clone().or(id.map(str::to_owned)).unwrap_or_default();
        match id {
            Some(id) if own != id => fields.complain("id", "can't be changed"),
            None if !own.is_empty() && !is_namespace_id(&own) => fields.complain(
                "id",
                "must be 1 to 128 characters of A-Z, a-z, 0-9, _ and -",
            ),
            None if RESERVED_IDS.contains(&own.as_str()) => {
                fields.complain("id", "is kept for the service's own addresses");
            }
            _ => {}
        }
        let input = Self {
            id: own,
            name: fields.text("name", line),
            description: fields
                .optional_text("description", TextRule::LINES)
                .unwrap_or_default(),
            is_active: fields.flag("is_active", true),
        };
        fields.finish(&["created_at", "updated_at"])?;
        Ok(input)
    }

    /// What a namespace looks like to one who patches it.
    pub fn members_of(namespace: &Namespace) -> Members {
        let mut members = Members::default();
        members.set_value("name", &namespace.name);
        members.set_value("description", &namespace.description);
        members.set_value("is_active", &namespace.is_active);
        members
    }
}

/// The names of what a change changes, for the audit log.
pub fn changes(before: &Namespace, input: &NamespaceInput) -> String {
    let changed = [
        ("name", before.name != input.name),
        ("description", before.description != input.description),
        ("is_active", before.is_active != input.is_active),
    ];
    crate::registry::change::names_of(&changed)
}

impl From<Namespace> for NamespaceView {
    fn from(namespace: Namespace) -> Self {
        Self {
            id: namespace.id,
            name: namespace.name,
            description: namespace.description,
            is_active: namespace.is_active,
            created_at: time(namespace.created_at),
            updated_at: time(namespace.updated_at),
        }
    }
}

pub fn etag(namespace: &Namespace) -> Etag {
    Etag::new(namespace.created_at, namespace.revision)
}
