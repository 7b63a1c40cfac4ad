//! What a text of an input must be like: one rule for the parsers and for the document of the API.

/// What a text must be like.
#[derive(Clone, Copy)]
pub struct TextRule {
    kind: Kind,
    limit: Limit,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Of a namespace, as it stands in addresses.
    Id,
    /// Without any spaces.
    Word,
    /// More than spaces.
    Line,
    /// A line, or nothing.
    MaybeLine,
    /// Any number of lines, or none.
    Lines,
}

#[derive(Clone, Copy)]
enum Limit {
    Characters(usize),
    /// In UTF-8: what an index holds of a text is limited in bytes.
    Bytes(usize),
}

/// Regular expressions as JSON Schema has them: what stands between the brackets.
const CONTROL: &str = r"\u0000-\u001F\u007F-\u009F";
const CONTROL_BUT_LINES: &str = r"\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F";
/// What [`char::is_control`] and [`char::is_whitespace`] are true for.
const CONTROL_AND_SPACE: &str =
    r"\u0000-\u0020\u007F-\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000";

impl TextRule {
    pub const ID: Self = Self {
        kind: Kind::Id,
        limit: Limit::Characters(128),
    };

    pub const LINES: Self = Self {
        kind: Kind::Lines,
        limit: Limit::Characters(10_000),
    };

    pub const fn line(max_characters: usize) -> Self {
        Self {
            kind: Kind::Line,
            limit: Limit::Characters(max_characters),
        }
    }

    pub const fn maybe_line(max_characters: usize) -> Self {
        Self {
            kind: Kind::MaybeLine,
            limit: Limit::Characters(max_characters),
        }
    }

    pub const fn indexed_line(max_bytes: usize) -> Self {
        Self {
            kind: Kind::Line,
            limit: Limit::Bytes(max_bytes),
        }
    }

    pub const fn indexed_word(max_bytes: usize) -> Self {
        Self {
            kind: Kind::Word,
            limit: Limit::Bytes(max_bytes),
        }
    }

    /// What is wrong with a text, if anything is.
    pub fn complaint(self, text: &str) -> Option<String> {
        if !self.may_be_empty() && text.trim().is_empty() {
            return Some("must not be empty".to_owned());
        }
        let (is, may, unit) = match self.limit {
            Limit::Characters(max) => (text.chars().count(), max, "characters"),
            Limit::Bytes(max) => (text.len(), max, "bytes in UTF-8"),
        };
        if is > may {
            return Some(format!("is too long: {is} of at most {may} {unit}"));
        }
        let is_odd = |character: char| match self.kind {
            Kind::Id => !(character.is_ascii_alphanumeric() || "_-".contains(character)),
            Kind::Word => character.is_control() || character.is_whitespace(),
            Kind::Line | Kind::MaybeLine => character.is_control(),
            Kind::Lines => character.is_control() && !"\n\r\t".contains(character),
        };
        let complaint = match self.kind {
            Kind::Id => "must be 1 to 128 characters of A-Z, a-z, 0-9, _ and -",
            Kind::Word => "must contain neither spaces nor control characters",
            Kind::Line | Kind::MaybeLine | Kind::Lines => "must not contain control characters",
        };
        text.contains(is_odd).then(|| complaint.to_owned())
    }

    /// The rule as a regular expression of JSON Schema, but for the length.
    pub fn pattern(self) -> String {
        match self.kind {
            Kind::Id => "^[A-Za-z0-9_-]+$".to_owned(),
            Kind::Word => format!("^[^{CONTROL_AND_SPACE}]+$"),
            Kind::Line => format!("^[^{CONTROL}]*[^{CONTROL_AND_SPACE}][^{CONTROL}]*$"),
            Kind::MaybeLine => format!("^[^{CONTROL}]*$"),
            Kind::Lines => format!("^[^{CONTROL_BUT_LINES}]*$"),
        }
    }

    fn may_be_empty(self) -> bool {
        matches!(self.kind, Kind::MaybeLine | Kind::Lines)
    }

    pub fn min_characters(self) -> usize {
        usize::from(!self.may_be_empty())
    }

    /// Where bytes count: no text of more characters has few enough of them.
    pub fn max_characters(self) -> usize {
        match self.limit {
            Limit::Characters(max) | Limit::Bytes(max) => max,
        }
    }

    /// What a schema can't say of the length.
    pub fn max_bytes(self) -> Option<usize> {
        match self.limit {
            Limit::Characters(_) => None,
            Limit::Bytes(max) => Some(max),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_rule_and_its_pattern_say_the_same_of_every_character() {
        for rule in [
            TextRule::ID,
            TextRule::LINES,
            TextRule::line(10),
            TextRule::maybe_line(10),
            TextRule::indexed_word(10),
        ] {
            let pattern = rule.pattern();
            let schema = json!({"pattern": pattern, "minLength": rule.min_characters()});
            let validator = jsonschema::validator_for(&schema).unwrap();
            let characters = (0..0x3100).chain([0xFEFF, 0x1_F980]);
            for character in characters.filter_map(char::from_u32) {
                for text in [
                    format!("{character}"),
                    format!("{character}a"),
                    format!("a{character}"),
                    format!("a{character}b"),
                ] {
                    let is_fine = rule.complaint(&text).is_none();
                    let is_match = validator.is_valid(&Value::from(text.as_str()));
                    assert_eq!(is_fine, is_match, "{text:?} {pattern}");
                }
            }
        }
    }

    #[test]
    fn what_an_index_holds_is_counted_in_bytes_the_rest_in_characters() {
        let long = "旅".repeat(100);
        assert_eq!(TextRule::line(100).complaint(&long), None);
        assert!(TextRule::line(99).complaint(&long).is_some());
        assert_eq!(TextRule::indexed_line(300).complaint(&long), None);
        assert!(TextRule::indexed_word(299).complaint(&long).is_some());
    }
}
