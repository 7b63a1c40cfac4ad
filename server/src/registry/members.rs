//! An object's members in their order and as they were written, and merge patches over them.

use std::collections::HashMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The members of a JSON object. Of a name that comes twice the last one counts, as with every
/// parser that people use.
#[derive(Debug, Default)]
pub struct Members {
    /// In their order; one that was taken out leaves its place empty.
    list: Vec<Option<(String, Box<RawValue>)>>,
    index: HashMap<String, usize>,
}

impl Members {
    /// `None` if the text is JSON of another kind, or none at all.
    pub fn of(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub fn set(&mut self, name: &str, value: Box<RawValue>) {
        if let Some(place) = self.place(name) {
            *place = Some((name.to_owned(), value));
            return;
        }
        self.index.insert(name.to_owned(), self.list.len());
        self.list.push(Some((name.to_owned(), value)));
    }

    pub fn set_value(&mut self, name: &str, value: &impl Serialize) {
        if let Ok(raw) = serde_json::value::to_raw_value(value) {
            self.set(name, raw);
        }
    }

    pub fn take(&mut self, name: &str) -> Option<Box<RawValue>> {
        let at = self.index.remove(name)?;
        self.list.get_mut(at)?.take().map(|(_, value)| value)
    }

    pub fn get(&self, name: &str) -> Option<&RawValue> {
        let at = self.index.get(name)?;
        self.list
            .get(*at)?
            .as_ref()
            .map(|(_, value)| value.as_ref())
    }

    fn place(&mut self, name: &str) -> Option<&mut Option<(String, Box<RawValue>)>> {
        let at = self.index.get(name)?;
        self.list.get_mut(*at)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        let there = self.list.iter().flatten();
        there.map(|(name, value)| (name.as_str(), value.as_ref()))
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// The names of those that are `null`.
    pub fn nulls(self) -> Vec<String> {
        let nulls = self.list.into_iter().flatten();
        let nulls = nulls.filter(|(_, value)| value.get() == "null");
        nulls.map(|(name, _)| name).collect()
    }

    pub fn to_raw(&self) -> Box<RawValue> {
        serde_json::value::to_raw_value(self).unwrap_or_else(|_| RawValue::NULL.to_owned())
    }
}

/// RFC 7396: what `patch` makes of `target`. What the patch does not name keeps its very text.
///
/// Expects texts that a parser has accepted, which bounds how deep they are.
pub fn merge(target: &RawValue, patch: &RawValue) -> Box<RawValue> {
    let Some(patch) = Members::of(patch.get()) else {
        return patch.to_owned();
    };
    let mut merged = Members::of(target.get()).unwrap_or_default();
    for (name, change) in patch.list.into_iter().flatten() {
        if change.get() == "null" {
            merged.take(&name);
        } else {
            let old = merged.get(&name).unwrap_or(RawValue::NULL);
            let new = merge(old, &change);
            merged.set(&name, new);
        }
    }
    merged.to_raw()
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Members::default();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    members.set(&name, value);
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(Object)
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.index.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn merged(target: &str, patch: &str) -> String {
        let parse = |text: &str| serde_json::from_str::<Box<RawValue>>(text).unwrap();
        merge(&parse(target), &parse(patch)).get().to_owned()
    }

    #[test]
    fn the_examples_of_the_specification() {
        // RFC 7396, appendix A.
        for (target, patch, result) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"a":null}"#, r#"{}"#),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
            (
                r#"{"a":{"b":"c"}}"#,
                r#"{"a":{"b":"d","c":null}}"#,
                r#"{"a":{"b":"d"}}"#,
            ),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
            (r#"{"a":"b"}"#, r#"["c"]"#, r#"["c"]"#),
            (r#"{"a":"foo"}"#, "null", "null"),
            (r#"{"a":"foo"}"#, r#""bar""#, r#""bar""#),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
            ("[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
            ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        ] {
            assert_eq!(merged(target, patch), result, "{target} with {patch}");
        }
    }

    #[test]
    fn what_a_patch_does_not_name_keeps_its_very_text() {
        let target = r#"{"z":1.50,"big":123456789012345678901234567890,"a":{"y":1,"x":2}}"#;
        assert_eq!(
            merged(target, r#"{"a":{"y":3}}"#),
            r#"{"z":1.50,"big":123456789012345678901234567890,"a":{"y":3,"x":2}}"#
        );
    }

    #[test]
    fn a_patch_of_very_many_members_is_merged_in_linear_time() {
        let members = |value: &str| {
            let members: Vec<String> = (0..50_000).map(|it| format!("\"{it}\":{value}")).collect();
            format!("{{{}}}", members.join(","))
        };
        // With a scan for each name this takes very long.
        assert_eq!(merged(&members("1"), &members("null")), "{}");
        assert_eq!(merged("{}", &members("1")), members("1"));
    }

    #[test]
    fn of_a_name_that_comes_twice_the_last_one_counts() {
        assert_eq!(merged(r#"{"a":1}"#, r#"{"a":2,"a":3}"#), r#"{"a":3}"#);
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![Just(json!(null)), Just(json!(1)), Just(json!("x"))];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop::collection::btree_map("[a-c]", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect()))
        })
    }

    /// The specification's own pseudocode.
    fn by_the_book(target: &Value, patch: &Value) -> Value {
        let Value::Object(patch) = patch else {
            return patch.clone();
        };
        let mut merged = target.as_object().cloned().unwrap_or_default();
        for (name, value) in patch {
            if value.is_null() {
                merged.remove(name);
            } else {
                let old = merged.get(name).cloned().unwrap_or(Value::Null);
                merged.insert(name.clone(), by_the_book(&old, value));
            }
        }
        Value::Object(merged)
    }

    proptest! {
        #[test]
        fn any_patch_does_what_the_specification_says(target in json_value(), patch in json_value()) {
            let result: Value = serde_json::from_str(&merged(&target.to_string(), &patch.to_string())).unwrap();
            prop_assert_eq!(result, by_the_book(&target, &patch));
        }
    }
}
