//! What the annotations can't say in a way that validators and generators of clients understand.

use app::dto::Vendor;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Components, Discriminator, ObjectBuilder, OneOfBuilder, Ref, RefOr, Type};

/// Each kind of `Inside`, by the vendor that tells them apart.
const INSIDES: [(&str, Vendor); 2] = [
    ("SqliteInside", Vendor::Sqlite),
    ("PostgresInside", Vendor::Postgresql),
];

/// utoipa makes an `allOf` of the tag and the rest, which generators make nothing of: here each kind has
/// the tag as a member of its own.
pub fn tell_apart(components: &mut Components) {
    let mut insides = OneOfBuilder::new();
    let mut mapping = Vec::new();
    for (name, vendor) in INSIDES {
        let value = serde_json::to_value(vendor).unwrap_or_default();
        if let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(name) {
            let tag = ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some([value.clone()]));
            object
                .properties
                .insert("vendor".to_owned(), tag.build().into());
            object.required.push("vendor".to_owned());
        }
        let reference = Ref::from_schema_name(name);
        mapping.push((
            value.as_str().unwrap_or_default().to_owned(),
            reference.ref_location.clone(),
        ));
        insides = insides.item(reference);
    }
    let insides = insides.discriminator(Some(Discriminator::with_mapping("vendor", mapping)));
    components.schemas.insert(
        "Inside".to_owned(),
        RefOr::T(Schema::OneOf(insides.build())),
    );
}

/// A description is required of each answer (OpenAPI 3.1, section 4.8.17).
pub fn describe_answers(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            let meaning = match status.as_str() {
                "201" => "Made: `Location` leads to it",
                "204" => "Done",
                _ => "What was asked for",
            };
            meaning.clone_into(&mut response.description);
        }
    }
}
