//! The texts of a JSON document changed in place: members keep their order, numbers their digits.

/// Gives each text that is no name, with the name that stands last before it, to `changed`. What it gives
/// back stands in the text's place. A document that is none comes out as it was, as far as it is none.
pub fn change(document: &str, mut changed: impl FnMut(&str, &str) -> Option<String>) -> String {
    let mut out = String::with_capacity(document.len());
    let mut name = String::new();
    let mut rest = document;
    while let Some(start) = rest.find('"') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let Some(length) = quoted(from) else {
            rest = from;
            break;
        };
        let (quoted, after) = from.split_at(length);
        rest = after;
        let Ok(text) = serde_json::from_str::<String>(quoted) else {
            out.push_str(quoted);
            continue;
        };
        if after.trim_ascii_start().starts_with(':') {
            out.push_str(quoted);
            name = text;
            continue;
        }
        match changed(&name, &text).and_then(|text| serde_json::to_string(&text).ok()) {
            Some(text) => out.push_str(&text),
            None => out.push_str(quoted),
        }
    }
    out.push_str(rest);
    out
}

/// How long the text is that begins with a quote, with both quotes.
fn quoted(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    let mut bytes = text.bytes().enumerate().skip(1);
    let end = bytes.find(|(_, byte)| {
        let ends = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    })?;
    Some(end.0 + 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn texts_are_changed_and_names_are_not() {
        let document = r#"{"b":"x","a" : ["x","y\"x"], "x":{"n":1.50,"x":"x"}}"#;
        let found = change(document, |name, text| {
            (text == "x").then(|| format!("{name}!\""))
        });
        let expected = r#"{"b":"b!\"","a" : ["a!\"","y\"x"], "x":{"n":1.50,"x":"x!\""}}"#;
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn any_document_stays_one(texts in proptest::collection::vec(".{0,12}", 0..8)) {
            let pairs = texts.iter().map(|text| (text.clone(), json!([text, 1, null, { "a": text }])));
            let document = Value::Object(pairs.collect());
            let hidden = change(&document.to_string(), |_, _| Some("***".to_owned()));
            let hidden: Value = serde_json::from_str(&hidden).unwrap();
            let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            prop_assert_eq!(names(&hidden), names(&document));
            let same = change(&document.to_string(), |_, _| None);
            prop_assert_eq!(same, document.to_string());
        }

        #[test]
        fn any_text_comes_out(text in ".{0,60}") {
            prop_assert_eq!(change(&text, |_, _| None), text);
        }
    }
}
