#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use serde_json::json;

use super::*;

fn checked(card: &Value, schemas: &[ExtensionSchema]) -> Vec<Finding> {
    match check(card, schemas) {
        Verdict::Checked(found) => found,
        Verdict::Unchecked(reason) => panic!("{reason}"),
    }
}

fn found(card: &Value) -> Vec<String> {
    let found = checked(card, &[]).into_iter();
    found.map(|finding| finding.path).collect()
}

fn minimal() -> Value {
    json!({
        "name": "A", "version": "1", "protocolVersion": "0.3.0", "description": "", "url": "https://a.example",
        "capabilities": {}, "defaultInputModes": [], "defaultOutputModes": [], "skills": [],
    })
}

#[test]
fn a_card_with_all_that_is_required_is_valid_and_each_missing_field_is_named() {
    assert_eq!(found(&minimal()), [""; 0]);
    for field in [
        "protocolVersion",
        "description",
        "url",
        "capabilities",
        "skills",
    ] {
        let mut card = minimal();
        card.as_object_mut().unwrap().remove(field);
        assert_eq!(found(&card), [format!("/{field}")]);
    }
}

#[test]
fn unknown_fields_keep_no_card_from_being_valid() {
    let mut card = minimal();
    card["x-team"] = json!({"pager": 7});
    assert_eq!(found(&card), [""; 0]);
}

#[test]
fn a_wrong_type_is_told_by_its_place_and_without_the_value() {
    let mut card = minimal();
    card["skills"] = json!([{"id": "x", "name": "X", "description": "", "tags": "x".repeat(5000)}]);
    let found = checked(&card, &[]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path, "/skills/0/tags");
    assert!(found[0].message.contains("array"), "{found:?}");
    assert!(found[0].message.len() < 100, "{found:?}");
}

#[test]
fn a_card_with_interfaces_is_of_the_first_version_and_checked_as_such() {
    let card = json!({
        "name": "A", "version": "1", "description": "", "capabilities": {}, "skills": [],
        "defaultInputModes": [], "defaultOutputModes": [],
        "supportedInterfaces": [{"url": "https://a.example", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}],
        "securitySchemes": {"one": {"apiKeySecurityScheme": {"location": "header", "name": "X-Key"}}},
    });
    assert_eq!(Protocol::of(&card), Protocol::V1_0);
    assert_eq!(found(&card), [""; 0]);
    let mut none = card.clone();
    none["supportedInterfaces"] = json!([]);
    assert_eq!(found(&none), ["/supportedInterfaces"]);
    let mut two = card.clone();
    two["securitySchemes"]["one"]["mtlsSecurityScheme"] = json!({});
    assert_eq!(found(&two), ["/securitySchemes/one"]);
    let mut old = card;
    old["supportedInterfaces"][0] = json!({"url": "https://a.example", "transport": "JSONRPC"});
    assert_eq!(
        found(&old),
        [
            "/supportedInterfaces/0/protocolBinding",
            "/supportedInterfaces/0/protocolVersion"
        ]
    );
}

#[test]
fn a_declared_extension_is_checked_against_its_schema_by_its_parameters() {
    let schema = json!({"required": ["level"], "properties": {"level": {"type": "integer"}}});
    let schemas = [(
        "urn:level".to_owned(),
        Ok(Arc::new(compile(&schema).unwrap())),
    )];
    let mut card = minimal();
    let with = |card: &mut Value, extension: Value| {
        card["capabilities"] = json!({"extensions": [{"uri": "urn:other"}, extension]});
        checked(card, &schemas)
            .into_iter()
            .map(|finding| finding.path)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        with(
            &mut card,
            json!({"uri": "urn:level", "params": {"level": 3}})
        ),
        [""; 0]
    );
    assert_eq!(
        with(
            &mut card,
            json!({"uri": "urn:level", "params": {"level": "3"}})
        ),
        ["/capabilities/extensions/1/params/level"]
    );
    assert_eq!(
        with(&mut card, json!({"uri": "urn:level"})),
        ["/capabilities/extensions/1/params/level"]
    );
}

#[test]
fn of_very_many_findings_the_first_are_listed() {
    let mut card = minimal();
    card["defaultInputModes"] = json!(vec![1; 5000]);
    let found = checked(&card, &[]);
    assert_eq!(found.len(), 101);
    assert!(found[100].message.contains("more"));
}

#[test]
fn schemas_that_loop_lead_outside_or_are_of_another_draft_do_no_harm() {
    for schema in [
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#"}]}),
        json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}),
    ] {
        assert!(
            compile(&schema).unwrap_err()[0]
                .message
                .contains("never be done")
        );
    }
    for (schema, path) in [
        (json!({"$ref": "http://127.0.0.1:9/schema.json"}), ""),
        (json!({"$ref": "file:///etc/passwd"}), ""),
        (json!({"$ref": "#/nowhere"}), ""),
        (json!({"type": "objet"}), "/type"),
        (
            json!({"$schema": "http://json-schema.org/draft-04/schema#"}),
            "/$schema",
        ),
        (json!({"$schema": 7}), "/$schema"),
        (json!({"pattern": "(?=a)b"}), "/pattern"),
        (json!({"pattern": "("}), "/pattern"),
    ] {
        let found = compile(&schema).unwrap_err();
        assert_eq!(found[0].path, path, "{schema}: {found:?}");
    }
}

#[test]
fn a_pattern_that_backtracks_for_ever_elsewhere_is_quick_here() {
    let validator = compile(&json!({"pattern": "^(a+)+$"})).unwrap();
    let document = json!(format!("{}!", "a".repeat(50_000)));
    let mut found = Findings::default();
    assert!(found.look(&validator, &mut Budget::default(), &document, ""));
    assert_eq!(found.into_list().len(), 1);
}

#[test]
fn an_example_that_its_schema_refuses_is_named() {
    let schema = json!({"type": "object", "required": ["a"]});
    assert_eq!(check_document(&schema, Some(&json!({"a": 1}))), Ok(()));
    let wrong = check_document(&schema, Some(&json!({}))).unwrap_err();
    assert_eq!((wrong[0].0, wrong[0].1.path.as_str()), ("example", "/a"));
}

#[test]
fn a_card_is_found_by_its_skills_tags_and_extensions_in_any_case() {
    let card = json!({
        "skills": [{"id": "Book", "name": "Bücher SUCHEN", "tags": ["A", "a", 7, ""]}, "odd"],
        "capabilities": {"extensions": [{"uri": "urn:X"}, {"uri": "urn:X"}, {}]},
    });
    let terms: Vec<_> = terms(&card)
        .into_iter()
        .map(|term| (term.kind, term.term))
        .collect();
    let expected = [
        ("extension", "urn:X"),
        ("skill", "book"),
        ("skill", "bücher suchen"),
        ("tag", "a"),
    ];
    assert_eq!(terms, expected.map(|(kind, term)| (kind, term.to_owned())));
}
