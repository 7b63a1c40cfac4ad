//! A schema as it is written and as it is read.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::JsonText;
use crate::db::queries::schemas::{NewSchema, Schema};
use crate::db::time::rfc3339;
use crate::http::error::ApiError;
use crate::http::text_rule::TextRule;
use crate::registry::a2a;
use crate::registry::fields::{Field, Given, Kind, Others, Shape};

pub const SHAPE: Shape = Shape {
    name: "SchemaInput",
    description: "A schema as it is written.",
    fields: &[
        Field::new("schema_uri", Kind::Text(TextRule::indexed_word(1024)))
            .described("The URI by which cards declare the extension.")
            .example("https://example.com/extensions/pager/v1"),
        Field::new("schema_type", Kind::Text(TextRule::line(128)))
            .described("What kind of thing it is for; unique together with the version.")
            .example("pager"),
        Field::new("version", Kind::Text(TextRule::line(128))).example("1.0"),
        Field::new("description", Kind::OptionalText(TextRule::LINES)),
        Field::new("schema", Kind::Object(None)).described(
            "A JSON Schema document of draft 2020-12 (the default) or draft-07. What it demands, \
             it demands of the extension's `params`. Its references must stay inside.",
        ),
        Field::new("example", Kind::Any).described("Must be valid against the schema."),
        Field::new("is_active", Kind::Flag(true))
            .described("Cards are not checked against an inactive one."),
    ],
    others: Others::Refused {
        read_only: &["id", "created_at", "updated_at"],
    },
};

/// A schema as it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SchemaInput {
    pub schema_uri: String,
    pub schema_type: String,
    pub version: String,
    pub description: String,
    pub schema: JsonText,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<JsonText>,
    pub is_active: bool,
}

/// A schema as it is read.
#[derive(Serialize, ToSchema)]
pub struct SchemaView {
    pub id: i64,
    pub schema_uri: String,
    pub schema_type: String,
    pub version: String,
    pub description: String,
    #[schema(value_type = Object)]
    pub schema: JsonText,
    #[schema(value_type = Option<Value>)]
    pub example: Option<JsonText>,
    pub is_active: bool,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[schema(format = DateTime)]
    pub updated_at: String,
}

/// The active schemas of a type.
#[derive(Serialize, ToSchema)]
pub struct CatalogType {
    pub schema_type: String,
    pub schemas: Vec<CatalogEntry>,
}

/// An active schema, and how many agent cards declare the extension.
#[derive(Serialize, ToSchema)]
pub struct CatalogEntry {
    pub id: i64,
    pub schema_uri: String,
    pub version: String,
    pub description: String,
    pub uses: i64,
}

impl SchemaInput {
    /// From the text of a body.
    ///
    /// # Errors
    /// 400 with every complaint.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let mut given = Given::read(text, &SHAPE, None)?;
        if let Some(schema) = given.value("schema").filter(|schema| schema.is_object()) {
            let checked = a2a::check_document(schema, given.value("example"));
            for (field, finding) in checked.err().unwrap_or_default() {
                given.complain(&format!("{field}{}", finding.path), finding.message);
            }
        }
        given.finish()
    }

    /// The row of a new one.
    pub fn to_row(&self, now: NaiveDateTime) -> NewSchema {
        NewSchema {
            schema_uri: self.schema_uri.clone(),
            schema_type: self.schema_type.clone(),
            version: self.version.clone(),
            description: self.description.clone(),
            schema: self.schema.clone(),
            example: self.example.clone(),
            is_active: self.is_active,
            created_at: now,
            updated_at: now,
        }
    }
}

impl From<Schema> for SchemaView {
    fn from(schema: Schema) -> Self {
        Self {
            id: schema.id,
            schema_uri: schema.schema_uri,
            schema_type: schema.schema_type,
            version: schema.version,
            description: schema.description,
            schema: schema.schema,
            example: schema.example,
            is_active: schema.is_active,
            created_at: rfc3339(schema.created_at),
            updated_at: rfc3339(schema.updated_at),
        }
    }
}
