//! A namespace as it is written and as it is read.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::queries::namespaces::Namespace;
use crate::db::time::rfc3339;
use crate::http::error::ApiError;
use crate::http::etag::Etag;
use crate::http::text_rule::TextRule;
use crate::registry::fields::Fields;
use crate::registry::members::Members;

/// The first segments of the service's own paths: no namespace can have them, since the address of
/// an agent begins with its namespace.
pub const RESERVED_IDS: [&str; 4] = ["admin", "api", "health", "static"];

pub const NAME: TextRule = TextRule::line(255);
pub const DESCRIPTION: TextRule = TextRule::LINES;
/// What a reader may send back.
pub const IGNORED: [&str; 2] = ["created_at", "updated_at"];

/// A namespace as it is written.
#[derive(Clone, Debug, ToSchema)]
pub struct NamespaceInput {
    /// Chosen by whoever makes it; part of addresses, and never changed.
    #[schema(examples("travel"))]
    pub id: String,
    #[schema(examples("Travel"))]
    pub name: String,
    #[schema(required = false)]
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
    #[schema(examples("Travel"))]
    pub name: String,
    #[schema(required = false)]
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
    #[schema(required = false)]
    pub name: String,
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
    TextRule::ID.complaint(text).is_none()
}

impl NamespaceInput {
    /// From the text of a body. `id` is that of the namespace to be changed, which a body need not
    /// repeat and can't change.
    ///
    /// # Errors
    /// 400 with every complaint.
    pub fn parse(text: &str, id: Option<&str>) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(text)?;
        let id = match id {
            Some(id) => {
                fields.unchanged("id", id);
                id.to_owned()
            }
            None => {
                let id = fields.text("id", TextRule::ID);
                if RESERVED_IDS.contains(&id.as_str()) {
                    fields.complain("id", "is kept for the service's own addresses");
                }
                id
            }
        };
        let input = Self {
            id,
            name: fields.text("name", NAME),
            description: fields
                .optional_text("description", DESCRIPTION)
                .unwrap_or_default(),
            is_active: fields.flag("is_active", true),
        };
        fields.finish(&IGNORED)?;
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
            created_at: rfc3339(namespace.created_at),
            updated_at: rfc3339(namespace.updated_at),
        }
    }
}

pub fn etag(namespace: &Namespace) -> Etag {
    Etag::new(namespace.created_at, namespace.revision)
}
