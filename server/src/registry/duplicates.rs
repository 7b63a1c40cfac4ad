//! Members of one name in one object. Parsers take the first, the last, or both: what a document says
//! would depend on who reads it.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::http::error::FieldError;

/// An object of more is no card or schema that anybody wrote.
const MAX_MEMBERS: usize = 10_000;

/// The first thing that is wrong with the members of an object anywhere in a text. What is not JSON
/// is left to its parser.
pub fn complaint(text: &str) -> Option<FieldError> {
    let mut found = None;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    _ = Look { found: &mut found }.deserialize(&mut deserializer);
    let Found { mut path, message } = found?;
    path.reverse();
    let field = if path.is_empty() {
        "body".to_owned()
    } else {
        path.join("/")
    };
    Some(FieldError::new(field, message))
}

struct Found {
    /// From the innermost out.
    path: Vec<String>,
    message: String,
}

struct Look<'f> {
    found: &'f mut Option<Found>,
}

impl Look<'_> {
    fn inside<E>(&mut self, segment: impl FnOnce() -> String, error: E) -> E {
        if let Some(found) = self.found {
            found.path.push(segment());
        }
        error
    }
}

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        for place in 0_usize.. {
            let seed = Look { found: self.found };
            match items.next_element_seed(seed) {
                Ok(Some(())) => {}
                Ok(None) => break,
                Err(error) => return Err(self.inside(|| place.to_string(), error)),
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut seen: HashSet<String> = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            let message = if seen.contains(&name) {
                let named: String = name.chars().take(100).collect();
                Some((
                    vec![name.clone()],
                    format!("the member {named:?} is there twice"),
                ))
            } else if seen.len() >= MAX_MEMBERS {
                Some((Vec::new(), format!("has more than {MAX_MEMBERS} members")))
            } else {
                None
            };
            if let Some((path, message)) = message {
                *self.found = Some(Found { path, message });
                return Err(A::Error::custom("refused"));
            }
            let seed = Look { found: self.found };
            if let Err(error) = map.next_value_seed(seed) {
                return Err(self.inside(|| name, error));
            }
            seen.insert(name);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_is_there_twice_is_named_with_its_place() {
        let field = |text: &str| complaint(text).map(|found| found.field);
        assert_eq!(field(r#"{"a":1,"b":{"a":[{"a":1}]}}"#), None);
        assert_eq!(field(r#"{"a":1,"a":1}"#).as_deref(), Some("a"));
        let escaped = r#"{"a":[0,{"b":{"x":1,"\u0078":2}}]}"#;
        assert_eq!(field(escaped).as_deref(), Some("a/1/b/x"));
        assert_eq!(field(r#"[{"a":1,"a":1}]"#).as_deref(), Some("0/a"));
        // Not JSON: the parser says so.
        assert_eq!(field(r#"{"a":1,"#), None);
    }

    #[test]
    fn an_object_of_very_many_members_is_refused() {
        let members = |count: usize| {
            let members: Vec<String> = (0..count).map(|it| format!("\"{it}\":null")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert!(complaint(&members(10_000)).is_none());
        assert!(complaint(&members(10_001)).is_some());
    }
}
