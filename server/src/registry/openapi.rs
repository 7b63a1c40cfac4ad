//! What the document says of inputs beyond their types: the rules that the parsers go by, from where
//! the parsers have them.

use app::dto::Period;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{AdditionalProperties, SchemaType};
use utoipa::openapi::{Components, Object, ObjectBuilder, RefOr, Schema, Type};

use crate::http::paging::SOUGHT;
use crate::http::text_rule::TextRule;
use crate::registry::cards::{lists, model as card};
use crate::registry::namespaces::{RESERVED_IDS, model as namespace};
use crate::registry::schemas::model as schema;

/// A body's schema: its texts, and what may be sent back as it was read.
struct Input {
    schema: &'static str,
    texts: &'static [(&'static str, TextRule)],
    read_only: &'static [&'static str],
}

const INPUTS: [Input; 7] = [
    Input {
        schema: "NamespaceInput",
        texts: &[
            ("id", TextRule::ID),
            ("name", namespace::NAME),
            ("description", namespace::DESCRIPTION),
        ],
        read_only: &namespace::IGNORED,
    },
    Input {
        schema: "NamespaceReplacement",
        texts: &NAMESPACE,
        read_only: &NAMED_NAMESPACE,
    },
    Input {
        schema: "NamespacePatch",
        texts: &NAMESPACE,
        read_only: &NAMED_NAMESPACE,
    },
    Input {
        schema: "SchemaInput",
        texts: &SCHEMA,
        read_only: &schema::IGNORED,
    },
    Input {
        schema: "SchemaPatch",
        texts: &SCHEMA,
        read_only: &schema::IGNORED,
    },
    Input {
        schema: "CardInput",
        texts: &CARD,
        read_only: &card::IGNORED,
    },
    Input {
        schema: "CardPatch",
        texts: &CARD,
        read_only: &card::IGNORED,
    },
];

const NAMESPACE: [(&str, TextRule); 2] = [
    ("name", namespace::NAME),
    ("description", namespace::DESCRIPTION),
];
/// The address says which one it is.
const NAMED_NAMESPACE: [&str; 3] = ["id", "created_at", "updated_at"];
const SCHEMA: [(&str, TextRule); 4] = [
    ("schema_uri", schema::URI),
    ("schema_type", schema::TYPE),
    ("version", schema::VERSION),
    ("description", schema::DESCRIPTION),
];
const CARD: [(&str, TextRule); 1] = [("namespace", TextRule::ID)];
/// What is read of a card itself; the rest of it is kept whatever it is.
const NAMED: [(&str, TextRule); 2] = [("name", card::NAME), ("version", card::VERSION)];

pub fn describe_bodies(components: &mut Components) {
    for input in &INPUTS {
        let Some(object) = object(components, input.schema) else {
            continue;
        };
        for (name, rule) in input.texts {
            describe_property(object, name, *rule);
        }
        for name in input.read_only {
            let read_only = ObjectBuilder::new()
                .schema_type(SchemaType::AnyValue)
                .description(Some("May be sent back as it was read."))
                .read_only(true);
            object
                .properties
                .insert((*name).to_owned(), read_only.build().into());
        }
        object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    }
    for schema in ["AgentCard", "AgentCardPatch"] {
        if let Some(object) = object(components, schema) {
            for (name, rule) in NAMED {
                describe_property(object, name, rule);
            }
        }
    }
    if let Some(RefOr::T(Schema::Object(id))) = object(components, "NamespaceInput")
        .and_then(|namespace| namespace.properties.get_mut("id"))
    {
        let pattern = TextRule::ID.pattern();
        let pattern = pattern.trim_start_matches('^');
        id.pattern = Some(format!("^(?!(?:{})$){pattern}", RESERVED_IDS.join("|")));
    }
}

fn object<'c>(components: &'c mut Components, name: &str) -> Option<&'c mut Object> {
    match components.schemas.get_mut(name)? {
        RefOr::T(Schema::Object(object)) => Some(object),
        _ => None,
    }
}

fn describe_property(object: &mut Object, name: &str, rule: TextRule) {
    if let Some(RefOr::T(Schema::Object(text))) = object.properties.get_mut(name) {
        describe_text(text, rule);
    }
}

fn describe_text(text: &mut Object, rule: TextRule) {
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

pub fn describe_parameters(path: &str, operation: &mut Operation) {
    let names_namespace = path.starts_with("/api/namespaces/") || path.contains("by-namespace");
    let is_desk = path.starts_with("/api/ops/");
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else {
            continue;
        };
        // A form sends them empty where nothing was chosen.
        if is_desk && ["file", "level"].contains(&parameter.name.as_str()) {
            may_be_empty(parameter);
        }
        let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema else {
            continue;
        };
        let is_text = matches!(schema.schema_type, SchemaType::Type(Type::String));
        match (&parameter.parameter_in, parameter.name.as_str()) {
            (ParameterIn::Path, "id") if names_namespace => describe_text(schema, TextRule::ID),
            (ParameterIn::Query, "ordering") => schema.pattern = Some(lists::ordering_pattern()),
            (ParameterIn::Query, "period") => {
                schema.enum_values = Some(Period::ALL.map(|period| period.text().into()).to_vec());
            }
            (ParameterIn::Query, "instance") => describe_text(schema, SOUGHT),
            (ParameterIn::Query, _) if is_desk => {}
            (ParameterIn::Query, _) if is_text => describe_text(schema, SOUGHT),
            // One too large for the type is as good as the largest.
            (ParameterIn::Query, "page" | "page_size") => schema.format = None,
            (ParameterIn::Query, _) => may_be_empty(parameter),
            _ => {}
        }
    }
}

/// To say so in the schema would make a text of it for every generated client. utoipa leaves the
/// keyword out, since a later OpenAPI may; in 3.1 it stands for just this.
fn may_be_empty(parameter: &mut Parameter) {
    let keyword = [("allowEmptyValue", true)].into_iter().collect();
    parameter.extensions.get_or_insert_default().merge(keyword);
    let empty = "An empty value is as good as none.".to_owned();
    parameter.description = Some(match parameter.description.take() {
        Some(description) => format!("{description}. {empty}"),
        None => empty,
    });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

    use jsonschema::Validator;
    use serde_json::value::RawValue;
    use serde_json::{Value, json};

    use super::card::CardInput;
    use super::namespace::NamespaceInput;
    use super::schema::SchemaInput;
    use crate::http::error::ApiError;
    use crate::registry::change;
    use crate::registry::members::Members;

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

    #[test]
    fn a_flag_may_be_empty_and_so_may_a_choice_of_the_log_page() {
        let document = crate::openapi::value();
        let mut flags = 0;
        for item in document["paths"].as_object().unwrap().values() {
            let operations = item.as_object().unwrap().values();
            let parameters = operations.filter_map(|it| it["parameters"].as_array());
            for parameter in parameters.flatten() {
                let is_flag = parameter["schema"]["type"] == "boolean";
                let may_be_empty = parameter["allowEmptyValue"] == true;
                let name = parameter["name"].as_str().unwrap();
                let is_choice = ["file", "level"].contains(&name) && parameter["in"] == "query";
                assert_eq!(may_be_empty, is_flag || is_choice, "{parameter}");
                flags += usize::from(is_flag);
            }
        }
        assert_eq!(flags, 8);
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
