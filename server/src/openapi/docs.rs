//! `/api/docs/`: the OpenAPI document as a page to read. Made here rather than in the browser, so
//! that the policy of all pages holds and nothing comes from elsewhere.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse};
use app::pages::{ApiDocs, ApiField, ApiGroup, ApiOperation, render_api_docs};
use serde_json::Value;

use crate::http::assets;
use crate::http::language::language;
use crate::openapi;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// `GET /api/docs/`
pub async fn serve(request: HttpRequest) -> HttpResponse {
    let docs = docs(&openapi::value(), language(&request));
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(render_api_docs(&docs, &assets::current()))
}

fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn members(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

fn items<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn docs(document: &Value, language: app::view::viewer::Language) -> ApiDocs {
    let info = document.get("info").unwrap_or(&Value::Null);
    let groups = items(document, "tags").map(|tag| {
        let name = text(tag, "name");
        ApiGroup {
            operations: operations(document, &name),
            description: text(tag, "description"),
            name,
        }
    });
    ApiDocs {
        language,
        version: text(info, "version"),
        description: text(info, "description"),
        groups: groups.collect(),
    }
}

fn operations(document: &Value, tag: &str) -> Vec<ApiOperation> {
    let mut found = Vec::new();
    for (path, item) in members(document.get("paths")) {
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            if items(operation, "tags").any(|name| name == tag) {
                found.push(ApiOperation {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    summary: text(operation, "summary"),
                    needs_sign_in: operation.get("security").is_some(),
                    parameters: items(operation, "parameters").map(parameter).collect(),
                    body: body(document, operation),
                    answers: members(operation.get("responses"))
                        .map(|(status, response)| (status.clone(), text(response, "description")))
                        .collect(),
                });
            }
        }
    }
    found
}

fn parameter(parameter: &Value) -> ApiField {
    ApiField {
        name: text(parameter, "name"),
        kind: text(parameter, "in"),
        is_required: parameter.get("required").and_then(Value::as_bool) == Some(true),
        description: text(parameter, "description"),
    }
}

/// The fields of the body; all kinds of it have the same.
fn body(document: &Value, operation: &Value) -> Vec<ApiField> {
    let content = operation.pointer("/requestBody/content");
    let schema = members(content)
        .next()
        .and_then(|(_, media)| media.get("schema"));
    let Some(schema) = schema.map(|schema| resolved(document, schema)) else {
        return Vec::new();
    };
    let is_required = |name: &str| items(schema, "required").any(|required| required == name);
    members(schema.get("properties"))
        .map(|(name, property)| (name, resolved(document, property)))
        .filter(|(_, property)| property.get("readOnly").is_none())
        .map(|(name, property)| ApiField {
            name: name.clone(),
            kind: match property.get("type") {
                Some(Value::String(kind)) => kind.clone(),
                Some(Value::Array(kinds)) => {
                    let kinds: Vec<&str> = kinds.iter().filter_map(Value::as_str).collect();
                    kinds.join(" | ")
                }
                _ => String::new(),
            },
            is_required: is_required(name),
            description: text(property, "description"),
        })
        .collect()
}

/// A schema, or the one that it refers to.
fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    let reference = schema.get("$ref").and_then(Value::as_str);
    reference
        .and_then(|it| document.pointer(it.trim_start_matches('#')))
        .unwrap_or(schema)
}
