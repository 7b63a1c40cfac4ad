//! JSON Schemas and cards that cost a naive validator hours or gigabytes.

use serde_json::{Map, Value, json};

/// Each definition refers to the next one twice: `2^depth` paths.
pub fn doubling(depth: u64, number: u64) -> Value {
    let mut definitions = Map::new();
    for level in 0..depth {
        let next = json!({"$ref": format!("#/$defs/a{}", level + 1)});
        definitions.insert(format!("a{level}"), json!({"allOf": [next, next]}));
    }
    definitions.insert(format!("a{depth}"), json!({"type": "object"}));
    schema(number, &json!({"$ref": "#/$defs/a0", "$defs": definitions}))
}

/// Patterns over large classes, repeated: each compiles to megabytes.
pub fn patterns(count: u64, number: u64) -> Value {
    let properties: Map<String, Value> = (0..count)
        .map(|index| {
            let pattern = format!("[\\pL\\pN]{{200}}{index}");
            (format!("p{index}"), json!({"pattern": pattern}))
        })
        .collect();
    schema(number, &json!({"properties": properties}))
}

/// One extension declared many times over.
pub fn many_extensions(count: usize, number: u64) -> Value {
    let extension = json!({"uri": "https://siege.example/extension", "params": {"a": 1}});
    json!({
        "namespace": "samples",
        "card": {
            "protocolVersion": "0.3.0",
            "name": format!("Siege {number}"),
            "description": "Declares one extension many times.",
            "url": "https://siege.example/a2a",
            "version": "1.0.0",
            "capabilities": {"extensions": vec![extension; count]},
            "defaultInputModes": ["text/plain"],
            "defaultOutputModes": ["text/plain"],
            "skills": [],
        },
    })
}

/// A merge patch that names many members that are not there.
pub fn many_members(count: usize) -> String {
    let members: Vec<String> = (0..count)
        .map(|index| format!("\"{index}\":null"))
        .collect();
    format!("{{\"card\":{{{}}}}}", members.join(","))
}

fn schema(number: u64, document: &Value) -> Value {
    json!({
        "schema_uri": format!("https://siege.example/schemas/{number}"),
        "schema_type": format!("siege-{number}"),
        "version": "1.0.0",
        "description": "",
        "schema": document,
        "example": {"a": 1},
    })
}
