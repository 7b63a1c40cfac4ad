//! A schema as it is written and as it is read.

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::db::JsonText;
use crate::db::queries::schemas::{NewSchema, Schema};
use crate::db::time::rfc3339;
use crate::http::error::ApiError;
use crate::http::etag::Etag;
use crate::http::text_rule::TextRule;
use crate::registry::a2a;
use crate::registry::change::names_of;
use crate::registry::fields::Fields;
use crate::registry::members::Members;
use chrono::NaiveDateTime;

pub const URI: TextRule = TextRule::indexed_word(1024);
pub const TYPE: TextRule = TextRule::line(128);
pub const VERSION: TextRule = TextRule::line(128);
pub const DESCRIPTION: TextRule = TextRule::LINES;
/// What a reader may send back.
pub const IGNORED: [&str; 3] = ["id", "created_at", "updated_at"];

/// A schema as it is written.
#[derive(Clone, Debug, ToSchema)]
pub struct SchemaInput {
    /// The URI by which cards declare the extension.
    #[schema(examples("https://example.com/extensions/pager/v1"))]
    pub schema_uri: String,
    /// What kind of thing it is for; unique together with the version.
    #[schema(examples("pager"))]
    pub schema_type: String,
    #[schema(examples("1.0"))]
    pub version: String,
    #[schema(required = false)]
    pub description: String,
    /// A JSON Schema document of draft 2020-12 (the default) or draft-07. What it demands, it demands
    /// of the extension's `params`. Its references must stay inside.
    #[schema(value_type = Object, examples(json!({"type": "object"})))]
    pub schema: JsonText,
    /// Must be valid against the schema.
    #[schema(value_type = Option<Value>, examples(json!({})))]
    pub example: Option<JsonText>,
    /// Cards are not checked against an inactive one.
    #[schema(required = false, default = true)]
    pub is_active: bool,
}

/// Parts of a schema to be changed; `null` brings back the default.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "says what a body looks like, which is read field by field"
)]
pub struct SchemaPatch {
    #[schema(required = false)]
    pub schema_uri: String,
    #[schema(required = false)]
    pub schema_type: String,
    #[schema(required = false)]
    pub version: String,
    pub description: Option<String>,
    #[schema(required = false, value_type = Object)]
    pub schema: JsonText,
    #[schema(value_type = Option<Value>)]
    pub example: Option<JsonText>,
    pub is_active: Option<bool>,
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
        let mut fields = Fields::parse(text)?;
        let schema_uri = fields.text("schema_uri", URI);
        let schema_type = fields.text("schema_type", TYPE);
        let version = fields.text("version", VERSION);
        let description = fields.optional_text("description", DESCRIPTION);
        let schema = fields.object("schema");
        let example = fields.value("example");
        let is_active = fields.flag("is_active", true);
        let mut document = None;
        if let Some((raw, value)) = schema {
            let checked = a2a::check_document(&value, example.as_ref().map(|(_, value)| value));
            for (field, finding) in checked.err().unwrap_or_default() {
                fields.complain(&format!("{field}{}", finding.path), finding.message);
            }
            document = Some(raw);
        }
        fields.finish(&IGNORED)?;
        Ok(Self {
            schema_uri,
            schema_type,
            version,
            description: description.unwrap_or_default(),
            // Without one there was a complaint.
            schema: JsonText(document.unwrap_or_else(|| RawValue::NULL.to_owned())),
            example: example.map(|(raw, _)| JsonText(raw)),
            is_active,
        })
    }

    /// What a schema looks like to one who patches it.
    pub fn members_of(schema: &Schema) -> Members {
        let mut members = Members::default();
        members.set_value("schema_uri", &schema.schema_uri);
        members.set_value("schema_type", &schema.schema_type);
        members.set_value("version", &schema.version);
        members.set_value("description", &schema.description);
        members.set_value("schema", &schema.schema);
        if let Some(example) = &schema.example {
            members.set_value("example", example);
        }
        members.set_value("is_active", &schema.is_active);
        members
    }

    pub fn created_at(self, now: NaiveDateTime) -> NewSchema {
        NewSchema {
            schema_uri: self.schema_uri,
            schema_type: self.schema_type,
            version: self.version,
            description: self.description,
            schema: self.schema,
            example: self.example,
            is_active: self.is_active,
            created_at: now,
            updated_at: now,
        }
    }

    pub fn applied_to(self, latest: Schema, now: NaiveDateTime) -> Schema {
        Schema {
            schema_uri: self.schema_uri,
            schema_type: self.schema_type,
            version: self.version,
            description: self.description,
            schema: self.schema,
            example: self.example,
            is_active: self.is_active,
            updated_at: now,
            ..latest
        }
    }
}

/// The names of what a change changes, for the audit log.
pub fn changes(before: &Schema, input: &SchemaInput) -> String {
    let text = |document: &Option<JsonText>| document.as_ref().map(|it| it.text().to_owned());
    names_of(&[
        ("schema_uri", before.schema_uri != input.schema_uri),
        ("schema_type", before.schema_type != input.schema_type),
        ("version", before.version != input.version),
        ("description", before.description != input.description),
        ("schema", before.schema.text() != input.schema.text()),
        ("example", text(&before.example) != text(&input.example)),
        ("is_active", before.is_active != input.is_active),
    ])
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

pub fn etag(schema: &Schema) -> Etag {
    Etag::new(schema.created_at, schema.revision)
}
