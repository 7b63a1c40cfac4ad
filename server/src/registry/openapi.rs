//! What the document says of parameters beyond their types: the rules that the parsers go by, from
//! where the parsers have them.

use app::dto::Period;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{RefOr, Schema, Type};

use super::body_schema::describe_text;
use super::cards::lists;
use crate::http::paging::SOUGHT;
use crate::http::text_rule::TextRule;

pub fn describe(path: &str, operation: &mut Operation) {
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
}
