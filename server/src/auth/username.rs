//! User names: one type for sign-in, the commands and the configuration.

use std::fmt;

pub const MAX_CHARS: usize = 150;

/// Names that the log and the audit use for those who are not users.
const RESERVED: [&str; 2] = [ACCESS_CODE, ANONYMOUS];
const RESERVED_PREFIXES: [&str; 2] = ["token:", "command:"];

/// Who came in by an access code.
pub const ACCESS_CODE: &str = "access-code";
/// Who is not known: failed sign-ins are audited under it.
pub const ANONYMOUS: &str = "anonymous";

/// A name that a user may have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Username(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnfitName {
    #[error(
        "a user name: 1 to {MAX_CHARS} characters, none of them a control character, no blank at \
         its beginning or end"
    )]
    Malformed,
    #[error("free: access-code, anonymous, token:… and command:… stand for others in the log")]
    Reserved,
}

impl Username {
    /// # Errors
    /// Which rule the text breaks. The message completes "… is not …".
    pub fn parse(text: &str) -> Result<Self, UnfitName> {
        let is_well_formed = !text.is_empty()
            && text.trim() == text
            && text.chars().take(MAX_CHARS + 1).count() <= MAX_CHARS
            && !text.chars().any(is_unprintable);
        if !is_well_formed {
            return Err(UnfitName::Malformed);
        }
        let lower = text.to_lowercase();
        let is_reserved = RESERVED.contains(&lower.as_str())
            || RESERVED_PREFIXES
                .iter()
                .any(|prefix| lower.starts_with(prefix));
        if is_reserved {
            return Err(UnfitName::Reserved);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Control characters, line breaks, and characters that reorder or hide what stands around them.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn names_as_people_have_them_are_fit() {
        for name in [
            "admin",
            "李雷",
            "Eve Example",
            "o'brien@example.org",
            "access-code-2",
            "tokens",
            "x",
        ] {
            assert_eq!(Username::parse(name).unwrap().as_str(), name);
        }
        assert!(Username::parse(&"名".repeat(MAX_CHARS)).is_ok());
    }

    #[test]
    fn what_could_hide_or_break_a_line_is_no_name() {
        for text in [
            "",
            " ",
            " admin",
            "admin ",
            "a\0b",
            "a\nb",
            "a\u{1b}[2Jb",
            "a\u{7f}",
            "a\u{85}b",
            "a\u{202e}b",
            "a\u{200b}b",
            "\u{feff}admin",
        ] {
            assert_eq!(Username::parse(text), Err(UnfitName::Malformed), "{text:?}");
        }
        let long = "x".repeat(MAX_CHARS + 1);
        assert_eq!(Username::parse(&long), Err(UnfitName::Malformed));
    }

    #[test]
    fn names_that_stand_for_others_are_taken() {
        for text in [
            "access-code",
            "Access-Code",
            "anonymous",
            "token:deploy",
            "TOKEN:x",
            "command:root",
        ] {
            assert_eq!(Username::parse(text), Err(UnfitName::Reserved), "{text:?}");
        }
    }
}
