//! An agent card as it is written and as it is read.

use std::sync::Arc;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::validity::Validity;
use crate::db::JsonText;
use crate::db::queries::cards::{CardHead, FoundCard, NewCard, Term};
use crate::db::time::rfc3339;
use crate::http::error::ApiError;
use crate::http::text_rule::TextRule;
use crate::registry::a2a::{self, ExtensionSchema, Protocol};
use crate::registry::fields::{Field, Given, Kind, Others, Shape};

/// What is looked for in a card itself; whether it is valid is another question (`validity`).
const AGENT_CARD: Shape = Shape {
    name: "AgentCard",
    description: "The card itself. `name` and `version` are enough for a draft; what keeps it from \
                  being valid is listed in `validity`. Fields that nobody knows are kept.",
    fields: &[
        Field::new("name", Kind::Text(TextRule::indexed_line(512))).example("Planner"),
        Field::new("version", Kind::Text(TextRule::line(255))).example("1.0.0"),
    ],
    others: Others::Kept,
};

pub const SHAPE: Shape = Shape {
    name: "CardInput",
    description: "An agent card as it is written. Its name and version are those in the card.",
    fields: &[
        Field::new("namespace", Kind::Text(TextRule::ID))
            .described("The id of a namespace that exists.")
            .example("travel"),
        Field::new("card", Kind::Object(Some(&AGENT_CARD))),
        Field::new("is_active", Kind::Flag(true)),
        Field::new("is_default_version", Kind::Flag(false)).described(
            "The one version of its name that A2A clients are given. Takes the place of another.",
        ),
    ],
    others: Others::Refused {
        read_only: &[
            "id",
            "name",
            "version",
            "protocol",
            "validity",
            "created_at",
            "updated_at",
            "created_by",
        ],
    },
};

/// An agent card as it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CardInput {
    pub namespace: String,
    pub card: JsonText,
    pub is_active: bool,
    pub is_default_version: bool,
    /// The card, to look into.
    #[serde(skip)]
    pub value: Arc<Value>,
    /// Those in the card.
    #[serde(skip)]
    pub name: String,
    #[serde(skip)]
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
        let mut given = Given::read(text, &SHAPE, None)?;
        let card = given.take("card");
        let input: Self = given.finish()?;
        let text = |name: &str| card.get(name).and_then(Value::as_str).unwrap_or_default();
        Ok(Self {
            name: text("name").to_owned(),
            version: text("version").to_owned(),
            value: Arc::new(card),
            ..input
        })
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
