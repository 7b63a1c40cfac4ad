//! Names that are nearly those of the definition. A client that knows a field as `securitySchemes`
//! does not see `security_schemes`, or sees it where another client does not: what the card says
//! depends on who reads it.

use serde_json::Value;

use super::findings::{Findings, escaped};

/// Names each member that only its spelling keeps from being known.
pub fn look(definition: &Value, card: &Value, found: &mut Findings) {
    Reader { definition, found }.read(definition, card, String::new());
}

struct Reader<'d, 'f> {
    definition: &'d Value,
    found: &'f mut Findings,
}

impl<'d> Reader<'d, '_> {
    /// As deep as the card goes: the definition's own references are followed only along it.
    fn read(&mut self, schema: &'d Value, value: &Value, path: String) {
        if self.found.is_full() {
            return;
        }
        let schema = self.resolved(schema);
        match value {
            Value::Object(members) => {
                let properties = schema.get("properties").and_then(Value::as_object);
                let others = schema.get("additionalProperties");
                for (name, member) in members {
                    let path = format!("{path}/{}", escaped(name));
                    match properties.and_then(|properties| properties.get(name)) {
                        Some(schema) => self.read(schema, member, path),
                        None => {
                            let mut known = properties.into_iter().flat_map(|it| it.keys());
                            if let Some(meant) = known.find(|known| same(known, name)) {
                                let message = format!("A2A clients read {meant:?}: write it so");
                                self.found.add(path, message);
                            } else if let Some(schema) = others {
                                self.read(schema, member, path);
                            }
                        }
                    }
                }
            }
            Value::Array(items) => {
                if let Some(schema) = schema.get("items") {
                    for (place, item) in items.iter().enumerate() {
                        self.read(schema, item, format!("{path}/{place}"));
                    }
                }
            }
            _ => {}
        }
    }

    fn resolved(&self, schema: &'d Value) -> &'d Value {
        let reference = schema.get("$ref").and_then(Value::as_str);
        reference
            .and_then(|it| self.definition.pointer(it.trim_start_matches('#')))
            .unwrap_or(schema)
    }
}

fn same(one: &str, other: &str) -> bool {
    let letters = |name: &str| {
        let letters = name.chars().filter(|it| !matches!(it, '_' | '-' | ' '));
        letters
            .map(|it| it.to_ascii_lowercase())
            .collect::<String>()
    };
    letters(one) == letters(other)
}
