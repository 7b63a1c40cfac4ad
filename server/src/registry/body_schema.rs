//! Bodies as the API's document shows them, made from the tables that they are checked by (`fields`):
//! JSON Schemas of draft 2020-12, as OpenAPI 3.1 has them.

use serde_json::Value;
use utoipa::openapi::schema::{AdditionalProperties, SchemaType};
use utoipa::openapi::{Components, Object, ObjectBuilder, Ref, RefOr, Schema, Type};

use super::fields::{Field, Kind, Others, Shape};
use crate::http::text_rule::TextRule;

/// What a body is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    New,
    /// Takes the place of what the address names.
    Replacement,
    Patch,
}

/// The schemas of all bodies of a shape.
pub fn add(components: &mut Components, shape: &Shape) {
    for form in [Form::New, Form::of_replacement(shape), Form::Patch] {
        let schema = RefOr::T(Schema::Object(form.object(shape)));
        components.schemas.insert(form.name(shape), schema);
        for field in shape.fields {
            if let Kind::Object(Some(inside)) = field.kind {
                add(components, inside);
            }
        }
    }
}

impl Form {
    /// Where a client chooses the id, the address has it already.
    pub fn of_replacement(shape: &Shape) -> Self {
        let mut fields = shape.fields.iter();
        if fields.any(|field| matches!(field.kind, Kind::Id(_))) {
            Self::Replacement
        } else {
            Self::New
        }
    }

    pub fn name(self, shape: &Shape) -> String {
        let stem = shape.name.trim_end_matches("Input");
        match self {
            Self::New => shape.name.to_owned(),
            Self::Replacement => format!("{stem}Replacement"),
            Self::Patch => format!("{stem}Patch"),
        }
    }

    fn description(self, shape: &Shape) -> &'static str {
        match (self, &shape.others) {
            (Self::New, _) => shape.description,
            (Self::Replacement, _) => "What takes the place of what the address names.",
            (Self::Patch, Others::Kept) => "Parts to be changed; `null` removes a field.",
            (Self::Patch, Others::Refused { .. }) => {
                "Parts to be changed; `null` brings back the default."
            }
        }
    }

    fn object(self, shape: &Shape) -> Object {
        let mut object = ObjectBuilder::new().description(Some(self.description(shape)));
        for field in shape.fields {
            object = object.property(field.name, self.property(field));
            let is_fixed = matches!(field.kind, Kind::Id(_)) && self == Self::Replacement;
            if self != Self::Patch && field.is_required() && !is_fixed {
                object = object.required(field.name);
            }
        }
        if let Others::Refused { read_only: names } = shape.others {
            for name in names {
                object = object.property(*name, read_only());
            }
            object = object.additional_properties(Some(AdditionalProperties::FreeForm(false)));
        }
        object.build()
    }

    fn property(self, field: &Field) -> RefOr<Schema> {
        let mut object = match field.kind {
            Kind::Id(_) if self != Self::New => return read_only(),
            Kind::Object(Some(inside)) => return Ref::from_schema_name(self.name(inside)).into(),
            Kind::Id(_) | Kind::Text(_) | Kind::OptionalText(_) => Object::with_type(Type::String),
            Kind::Flag(_) => Object::with_type(Type::Boolean),
            Kind::Object(None) => Object::with_type(Type::Object),
            Kind::Any => Object::with_type(SchemaType::AnyValue),
        };
        if !field.description.is_empty() {
            object.description = Some(field.description.to_owned());
        }
        object.examples = field.example.map(Value::from).into_iter().collect();
        match field.kind {
            Kind::Text(rule) | Kind::OptionalText(rule) => describe_text(&mut object, rule),
            Kind::Id(reserved) => {
                describe_text(&mut object, TextRule::ID);
                let pattern = TextRule::ID.pattern();
                let pattern = pattern.trim_start_matches('^');
                object.pattern = Some(format!("^(?!(?:{})$){pattern}", reserved.join("|")));
            }
            // Who sends a part alone does not mean the default of another.
            Kind::Flag(default) if self != Self::Patch => object.default = Some(default.into()),
            Kind::Flag(_) | Kind::Object(_) | Kind::Any => {}
        }
        if self == Self::Patch
            && !field.is_required()
            && let SchemaType::Type(kind) = &object.schema_type
        {
            object.schema_type = SchemaType::Array(vec![kind.clone(), Type::Null]);
        }
        RefOr::T(Schema::Object(object))
    }
}

fn read_only() -> RefOr<Schema> {
    let read_only = ObjectBuilder::new()
        .schema_type(SchemaType::AnyValue)
        .description(Some("May be sent back as it was read."))
        .read_only(true);
    read_only.build().into()
}

/// What a rule demands, in the words of JSON Schema.
pub fn describe_text(text: &mut Object, rule: TextRule) {
    text.pattern = Some(rule.pattern());
    text.min_length = Some(rule.min_characters()).filter(|min| *min > 0);
    text.max_length = Some(rule.max_characters());
    if let Some(bytes) = rule.max_bytes() {
        let limit = format!("At most {bytes} bytes in UTF-8.");
        text.description = Some(match text.description.take() {
            Some(description) => format!("{description} {limit}"),
            None => limit,
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

    use jsonschema::Validator;
    use serde_json::value::RawValue;
    use serde_json::{Value, json};

    use crate::http::error::ApiError;
    use crate::registry::cards::CardInput;
    use crate::registry::change;
    use crate::registry::members::Members;
    use crate::registry::namespaces::NamespaceInput;
    use crate::registry::schemas::SchemaInput;

    /// Of a body, as the document has it.
    fn documented(schema: &str) -> Validator {
        let mut document = crate::openapi::value();
        document["$ref"] = json!(format!("#/components/schemas/{schema}"));
        jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .build(&document)
            .unwrap()
    }

    /// What a member may be, for better or worse. The last one of the long texts has few enough
    /// characters for any rule.
    fn values() -> Vec<Value> {
        let texts = [
            "",
            " ",
            "\t",
            "\u{a0}",
            "\u{3000}",
            "\u{85}",
            "\u{feff}",
            "a b",
            "a\u{3000}b",
            "a\nb",
            "a\n",
            "\na",
            "a\rb",
            "a\u{0}b",
            "\u{7f}",
            "\u{9f}b",
            "b\u{1f}",
            "api",
            "static",
            "apis",
            "Health",
            "a-_9",
            "ü",
            "团队",
            "a/b",
            "urn:x",
            "1",
        ];
        let mut values: Vec<Value> = texts.map(Value::from).to_vec();
        for length in [128, 255, 512, 1024, 10_000] {
            values.push(Value::from("x".repeat(length)));
            values.push(Value::from("x".repeat(length + 1)));
        }
        values.push(Value::from("旅".repeat(128)));
        for other in [
            json!(null),
            json!(true),
            json!(false),
            json!(0),
            json!(1.5),
            json!([]),
            json!({}),
        ] {
            values.push(other);
        }
        values
    }

    /// With each value in turn for each name, and without the name.
    fn variants(good: &Value, names: &[&str]) -> Vec<Value> {
        let mut variants = Vec::new();
        for name in names {
            let (parent, name) = name.rsplit_once('/').unwrap_or(("", name));
            let mut without = good.clone();
            let members = without.pointer_mut(parent).unwrap();
            members.as_object_mut().unwrap().remove(name);
            for value in values() {
                let mut with = without.clone();
                with.pointer_mut(parent).unwrap()[name] = value;
                variants.push(with);
            }
            variants.push(without);
        }
        variants
    }

    fn compare<T>(schema: &str, bodies: Vec<Value>, parse: impl Fn(&Value) -> Result<T, ApiError>) {
        let documented = documented(schema);
        let (mut taken, mut refused) = (0, 0);
        for body in bodies {
            match parse(&body) {
                Ok(_) => {
                    taken += 1;
                    assert!(documented.is_valid(&body), "taken, {schema}: {body}");
                }
                Err(error) => {
                    refused += 1;
                    let complaints = error.errors;
                    // That a text has few enough characters but too many bytes no schema can say.
                    let is_unsaid = complaints
                        .iter()
                        .all(|complaint| complaint.message.ends_with("bytes in UTF-8"));
                    assert!(
                        is_unsaid || !documented.is_valid(&body),
                        "refused, {schema}: {body}: {complaints:?}"
                    );
                }
            }
        }
        assert!(taken > 20 && refused > 20, "{schema}: {taken}, {refused}");
    }

    fn patched(latest: &Value, patch: &Value) -> String {
        let latest = Members::of(&latest.to_string()).unwrap();
        let patch: Box<RawValue> = serde_json::from_str(&patch.to_string()).unwrap();
        change::patched(&latest, &patch)
    }

    #[test]
    fn namespaces_are_taken_as_the_document_says() {
        let good = json!({"id": "travel", "name": "Travel", "description": "", "is_active": true});
        let names = ["name", "description", "is_active", "created_at", "nam"];
        let mut new = variants(&good, &names);
        new.extend(variants(&good, &["id"]));
        compare("NamespaceInput", new, |body| {
            NamespaceInput::parse(&body.to_string(), None)
        });
        compare("NamespaceReplacement", variants(&good, &names), |body| {
            NamespaceInput::parse(&body.to_string(), Some("travel"))
        });
        compare("NamespacePatch", variants(&json!({}), &names), |patch| {
            NamespaceInput::parse(&patched(&good, patch), Some("travel"))
        });
    }

    #[test]
    fn schemas_are_taken_as_the_document_says() {
        let good = json!({"schema_uri": "urn:pager", "schema_type": "pager", "version": "1",
            "description": "", "schema": {}, "is_active": true});
        let names = [
            "schema_uri",
            "schema_type",
            "version",
            "description",
            "schema",
            "example",
            "is_active",
            "id",
            "uri",
        ];
        compare("SchemaInput", variants(&good, &names), |body| {
            SchemaInput::parse(&body.to_string())
        });
        compare("SchemaPatch", variants(&json!({}), &names), |patch| {
            SchemaInput::parse(&patched(&good, patch))
        });
    }

    #[test]
    fn cards_are_taken_as_the_document_says() {
        let good = json!({"namespace": "travel", "card": {"name": "A", "version": "1", "x": null},
            "is_active": true, "is_default_version": false});
        let names = [
            "namespace",
            "card",
            "card/name",
            "card/version",
            "card/url",
            "is_active",
            "is_default_version",
            "validity",
            "cards",
        ]
        .map(|name| name.replace("card/", "/card/"));
        let names = names.each_ref().map(String::as_str);
        compare("CardInput", variants(&good, &names), |body| {
            CardInput::parse(&body.to_string())
        });
        compare(
            "CardPatch",
            variants(&json!({"card": {}}), &names),
            |patch| CardInput::parse(&patched(&good, patch)),
        );
    }
}
