//! An agent card as it is written and as it is read.

use std::sync::Arc;

use chrono::NaiveDateTime;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::validity::Validity;
use crate::db::JsonText;
use crate::db::queries::cards::{CardHead, FoundCard, NewCard, Term};
use crate::db::time::rfc3339;
use crate::http::error::ApiError;
use crate::http::etag::Etag;
use crate::http::text_rule::TextRule;
use crate::registry::a2a::{self, ExtensionSchema, Protocol};
use crate::registry::change::names_of;
use crate::registry::fields::Fields;
use crate::registry::members::Members;

pub const NAME: TextRule = TextRule::indexed_line(512);
pub const VERSION: TextRule = TextRule::line(255);
/// What a reader may send back.
pub const IGNORED: [&str; 8] = [
    "id",
    "name",
    "version",
    "protocol",
    "validity",
    "created_at",
    "updated_at",
    "created_by",
];

/// An agent card as it is written. Its name and version are those in the card.
#[derive(Clone, Debug, ToSchema)]
pub struct CardInput {
    /// The id of a namespace that exists.
    #[schema(examples("travel"))]
    pub namespace: String,
    #[schema(value_type = AgentCard)]
    pub card: JsonText,
    #[schema(required = false, default = true)]
    pub is_active: bool,
    /// The one version of its name that A2A clients are given. Takes the place of another.
    #[schema(required = false, default = false)]
    pub is_default_version: bool,
    #[schema(ignore)]
    pub value: Arc<Value>,
    #[schema(ignore)]
    pub name: String,
    #[schema(ignore)]
    pub version: String,
}

/// Parts of an agent card to be changed; `null` brings back the default, or removes a field of the
/// card.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "says what a body looks like, which is read field by field"
)]
pub struct CardPatch {
    #[schema(required = false)]
    pub namespace: String,
    #[schema(required = false, value_type = AgentCardPatch)]
    pub card: JsonText,
    pub is_active: Option<bool>,
    pub is_default_version: Option<bool>,
}

/// The card itself. `name` and `version` are enough for a draft; what keeps it from being valid is
/// listed in `validity`. Fields that nobody knows are kept.
#[derive(ToSchema)]
#[schema(examples(json!({"name": "Planner", "version": "1.0.0"})))]
#[expect(
    dead_code,
    reason = "says what a body looks like, which is kept as it was written"
)]
pub struct AgentCard {
    pub name: String,
    pub version: String,
}

/// Parts of the card itself to be changed; `null` removes a field.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "says what a body looks like, which is kept as it was written"
)]
pub struct AgentCardPatch {
    #[schema(required = false)]
    pub name: String,
    #[schema(required = false)]
    pub version: String,
}

/// An agent card without the card itself, as lists have it.
#[derive(Serialize, ToSchema)]
pub struct CardRow {
    pub id: i64,
    pub namespace: String,
    pub name: String,
    pub version: String,
    /// The version of A2A that it was checked against.
    #[schema(examples("0.3.0", "1.0"))]
    pub protocol: String,
    pub is_active: bool,
    pub is_default_version: bool,
    pub validity: Validity,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[schema(format = DateTime)]
    pub updated_at: String,
    /// A user's name, or `token:` and the name of an API token.
    pub created_by: Option<String>,
}

/// An agent card as it is read.
#[derive(Serialize, ToSchema)]
pub struct CardView {
    #[serde(flatten)]
    pub row: CardRow,
    #[schema(value_type = Object)]
    pub card: JsonText,
}

/// Who makes a card, and when.
#[derive(Clone, Debug)]
pub struct Origin {
    pub user_id: Option<i64>,
    pub token: Option<String>,
    pub at: NaiveDateTime,
}

impl CardInput {
    /// From the text of a body.
    ///
    /// # Errors
    /// 400 with every complaint.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(text)?;
        let namespace = fields.text("namespace", TextRule::ID);
        let card = fields.object("card");
        let is_active = fields.flag("is_active", true);
        let is_default_version = fields.flag("is_default_version", false);
        let (card, value) = card.unwrap_or_else(|| (RawValue::NULL.to_owned(), Value::Null));
        let mut named = |name: &str, rule: TextRule| match value.get(name) {
            // The complaint about the card itself is enough.
            None if value.is_null() => String::new(),
            None => {
                fields.complain(&format!("card.{name}"), "is required");
                String::new()
            }
            Some(text) => {
                let problem = match text.as_str() {
                    Some(text) => rule.complaint(text),
                    None => Some("must be a text".to_owned()),
                };
                if let Some(problem) = problem {
                    fields.complain(&format!("card.{name}"), problem);
                }
                text.as_str().unwrap_or_default().to_owned()
            }
        };
        let (name, version) = (named("name", NAME), named("version", VERSION));
        fields.finish(&IGNORED)?;
        Ok(Self {
            namespace,
            card: JsonText(card),
            is_active,
            is_default_version,
            value: Arc::new(value),
            name,
            version,
        })
    }

    /// What a card looks like to one who patches it.
    pub fn members_of(found: &FoundCard) -> Members {
        let mut members = Members::default();
        members.set_value("namespace", &found.head.namespace_id);
        members.set_value("card", &found.card);
        members.set_value("is_active", &found.head.is_active);
        members.set_value("is_default_version", &found.head.is_default_version);
        members
    }

    pub fn to_row(&self, validity: &Validity, origin: Origin) -> NewCard {
        let (is_valid, validity_errors) = validity.to_columns();
        NewCard {
            namespace_id: self.namespace.clone(),
            name: self.name.clone(),
            version: self.version.clone(),
            protocol: Protocol::of(&self.value).as_str(),
            card: self.card.clone(),
            is_active: self.is_active,
            is_default_version: self.is_default_version,
            created_by: origin.user_id,
            created_by_token: origin.token,
            created_at: origin.at,
            updated_at: origin.at,
            is_valid,
            validity_errors,
            search_name: a2a::folded(&self.name),
        }
    }
}

/// The row of a card that is checked with these schemas, and the terms that it is found by.
pub fn prepared(
    input: &CardInput,
    schemas: &[ExtensionSchema],
    origin: Origin,
) -> (NewCard, Vec<Term>) {
    let validity = Validity::of(a2a::check(&input.value, schemas));
    (input.to_row(&validity, origin), a2a::terms(&input.value))
}

/// The names of what a change changes, for the audit log.
pub fn changes(before: &FoundCard, input: &CardInput) -> String {
    let head = &before.head;
    names_of(&[
        ("namespace", head.namespace_id != input.namespace),
        ("card", before.card.text() != input.card.text()),
        ("is_active", head.is_active != input.is_active),
        (
            "is_default_version",
            head.is_default_version != input.is_default_version,
        ),
    ])
}

impl CardRow {
    pub fn of(head: CardHead, username: Option<String>) -> Self {
        let token = head.created_by_token.as_ref();
        Self {
            validity: Validity::of_row(&head).for_list(),
            created_by: username.or_else(|| token.map(|name| format!("token:{name}"))),
            id: head.id,
            namespace: head.namespace_id,
            name: head.name,
            version: head.version,
            protocol: head.protocol,
            is_active: head.is_active,
            is_default_version: head.is_default_version,
            created_at: rfc3339(head.created_at),
            updated_at: rfc3339(head.updated_at),
        }
    }
}

impl From<FoundCard> for CardView {
    fn from(found: FoundCard) -> Self {
        let validity = Validity::of_row(&found.head);
        Self {
            row: CardRow {
                validity,
                ..CardRow::of(found.head, found.username)
            },
            card: found.card,
        }
    }
}

pub fn etag(found: &FoundCard) -> Etag {
    Etag::new(found.head.created_at, found.head.revision)
}
