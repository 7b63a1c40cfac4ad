//! What bodies consist of: one table a noun. The check of what comes in, what a change may touch and
//! the schemas in the API's document (`body_schema`) are all made from it.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
use serde_json::{Map, Value};

use super::duplicates;
use super::members::Members;
use crate::http::body;
use crate::http::error::{ApiError, FieldError};
use crate::http::text_rule::TextRule;

/// What is stored of one document, whatever way it came: a patch may add to what is there.
const MAX_DOCUMENT_BYTES: usize = body::MAX_BYTES;

/// An object that clients send.
pub struct Shape {
    /// In the API's document.
    pub name: &'static str,
    pub description: &'static str,
    pub fields: &'static [Field],
    pub others: Others,
}

/// Members that no field names.
pub enum Others {
    /// Refused as misspelt, but for these: a client may send them back as it read them, which
    /// changes nothing.
    Refused { read_only: &'static [&'static str] },
    /// Kept as they are.
    Kept,
}

pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    /// For the API's document; may be empty.
    pub description: &'static str,
    /// For the API's document.
    pub example: Option<&'static str>,
}

#[derive(Clone, Copy)]
pub enum Kind {
    /// The id that a client chooses for what it makes, none of these. It is never changed.
    Id(&'static [&'static str]),
    /// A text that has to be there.
    Text(TextRule),
    /// A text, empty if it is left out.
    OptionalText(TextRule),
    /// With what it is if it is left out.
    Flag(bool),
    /// A JSON object that has to be there, kept as it was written; of some shape, or of any.
    Object(Option<&'static Shape>),
    /// Any JSON, kept as it was written; `null` is as good as none.
    Any,
}

impl Field {
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            description: "",
            example: None,
        }
    }

    #[must_use]
    pub const fn described(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    #[must_use]
    pub const fn example(mut self, example: &'static str) -> Self {
        self.example = Some(example);
        self
    }

    pub fn is_required(&self) -> bool {
        matches!(self.kind, Kind::Id(_) | Kind::Text(_) | Kind::Object(_))
    }

    fn is_document(&self) -> bool {
        matches!(self.kind, Kind::Object(_) | Kind::Any)
    }

    /// What it is if it is left out.
    fn default(&self) -> Option<Value> {
        match self.kind {
            Kind::OptionalText(_) => Some(Value::from("")),
            Kind::Flag(default) => Some(Value::from(default)),
            Kind::Id(_) | Kind::Text(_) | Kind::Object(_) | Kind::Any => None,
        }
    }

    /// What is wrong with a value, or with there being none.
    fn complaint(&self, value: Option<&Value>) -> Option<String> {
        let Some(value) = value else {
            return self.is_required().then(|| "is required".to_owned());
        };
        let expected = match (self.kind, value) {
            (Kind::Id(reserved), Value::String(id)) if reserved.contains(&id.as_str()) => {
                "is kept for the service's own addresses"
            }
            (Kind::Id(_), Value::String(id)) => return TextRule::ID.complaint(id),
            (Kind::Text(rule) | Kind::OptionalText(rule), Value::String(text)) => {
                return rule.complaint(text);
            }
            (Kind::Id(_) | Kind::Text(_) | Kind::OptionalText(_), _) => "must be a text",
            (Kind::Flag(_), Value::Bool(_)) | (Kind::Object(_), Value::Object(_)) => return None,
            (Kind::Flag(_), _) => "must be true or false",
            (Kind::Object(_), _) => "must be a JSON object",
            (Kind::Any, _) => return None,
        };
        Some(expected.to_owned())
    }
}

impl Shape {
    /// The part of an input that changes can touch.
    pub fn changeable(&self, input: &impl Serialize) -> Members {
        let text = serde_json::to_string(input).unwrap_or_default();
        let mut members = Members::of(&text).unwrap_or_default();
        for field in self.fields {
            if let Kind::Id(_) = field.kind {
                members.take(field.name);
            }
        }
        members
    }

    /// The names of the fields in which two inputs differ, for the audit log.
    pub fn changes(&self, before: &impl Serialize, after: &impl Serialize) -> String {
        let (before, after) = (self.changeable(before), self.changeable(after));
        let text = |members: &Members, name| members.get(name).map(|raw| raw.get().to_owned());
        let names = self.fields.iter().map(|field| field.name);
        let changed: Vec<&str> = names
            .filter(|name| text(&before, name) != text(&after, name))
            .collect();
        if changed.is_empty() {
            "nothing".to_owned()
        } else {
            changed.join(", ")
        }
    }
}

/// JSON of bounded depth, whose objects have no member twice.
///
/// # Errors
/// 400 if the text is anything else.
pub fn json(text: &str) -> Result<Value, ApiError> {
    let value = serde_json::from_str(text).map_err(|error| {
        let message = format!("is not JSON: {error}");
        ApiError::invalid(vec![FieldError::new("body", message)])
    })?;
    match duplicates::complaint(text) {
        Some(twice) => Err(ApiError::invalid(vec![twice])),
        None => Ok(value),
    }
}

/// A body that has been checked, with all that is wrong with it.
pub struct Given {
    shape: &'static Shape,
    /// As they were written.
    members: Members,
    /// The same, to look into.
    values: Map<String, Value>,
    complaints: Vec<FieldError>,
    is_too_large: bool,
}

impl Given {
    /// `id` is that of what is to be changed, which a body need not repeat and can't change.
    ///
    /// # Errors
    /// 400 if the text is not JSON, no object, or has a member twice. What is wrong with a field
    /// comes with [`Given::finish`].
    pub fn read(text: &str, shape: &'static Shape, id: Option<&str>) -> Result<Self, ApiError> {
        let (Value::Object(values), Some(members)) = (json(text)?, Members::of(text)) else {
            let message = "must be a JSON object";
            return Err(ApiError::invalid(vec![FieldError::new("body", message)]));
        };
        let mut given = Self {
            shape,
            members,
            values,
            complaints: Vec::new(),
            is_too_large: false,
        };
        for field in shape.fields {
            match (field.kind, id) {
                (Kind::Id(_), Some(id)) => given.keep(field.name, id),
                _ => given.check(field),
            }
        }
        for field in shape.fields {
            if let Kind::Object(Some(inside)) = field.kind {
                given.check_inside(field.name, inside);
            }
        }
        Ok(given)
    }

    pub fn complain(&mut self, field: &str, message: impl Into<String>) {
        self.complaints.push(FieldError::new(field, message));
    }

    /// To look into; `None` for `null`, too.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    /// To keep, once all that is to be said of it has been said; `null` if there is none.
    pub fn take(&mut self, name: &str) -> Value {
        self.values.remove(name).unwrap_or_default()
    }

    fn keep(&mut self, name: &str, text: &str) {
        let given = self.values.get(name);
        if given.is_some_and(|given| given.as_str() != Some(text)) {
            self.complain(name, "can't be changed");
        }
        self.members.set_value(name, &text);
    }

    fn check(&mut self, field: &Field) {
        let raw = self.members.get(field.name);
        let bytes = raw.map_or(0, |raw| raw.get().len());
        if field.is_document() && bytes > MAX_DOCUMENT_BYTES {
            let message = format!("is too large: {bytes} of at most {MAX_DOCUMENT_BYTES} bytes");
            self.complain(field.name, message);
            self.is_too_large = true;
        }
        if let Some(complaint) = field.complaint(self.values.get(field.name)) {
            self.complain(field.name, complaint);
        }
    }

    fn check_inside(&mut self, name: &str, shape: &Shape) {
        // The complaint about what is no object is enough.
        let Some(Value::Object(inside)) = self.values.get(name) else {
            return;
        };
        let wrong = |field: &Field| {
            let complaint = field.complaint(inside.get(field.name))?;
            Some(FieldError::new(format!("{name}.{}", field.name), complaint))
        };
        let complaints: Vec<FieldError> = shape.fields.iter().filter_map(wrong).collect();
        self.complaints.extend(complaints);
    }

    /// # Errors
    /// 400 with every complaint, also of members that no field names; 413 if a document is too large
    /// to be stored.
    pub fn finish<T: DeserializeOwned>(mut self) -> Result<T, ApiError> {
        let Shape { fields, others, .. } = self.shape;
        if let Others::Refused { read_only } = others {
            let is_known = |name: &&str| {
                read_only.contains(name) || fields.iter().any(|field| field.name == *name)
            };
            let unknown = self.members.names().filter(|name| !is_known(name));
            let unknown: Vec<FieldError> = unknown
                .map(|name| FieldError::new(name, "is not known here: check the spelling"))
                .collect();
            self.complaints.extend(unknown);
        }
        if self.is_too_large {
            return Err(ApiError {
                errors: self.complaints,
                ..ApiError::too_large(MAX_DOCUMENT_BYTES)
            });
        }
        if !self.complaints.is_empty() {
            return Err(ApiError::invalid(self.complaints));
        }
        for field in *fields {
            if let Some(default) = field.default().filter(|_| self.value(field.name).is_none()) {
                self.members.set_value(field.name, &default);
            }
        }
        // Fails only where the table and the type say different things.
        T::deserialize(MapDeserializer::new(self.members.iter())).map_err(ApiError::internal)
    }
}
