//! The little of YAML 1.2 that is written here.

use std::fmt::Write as _;

/// In double quotes. What stands between them is a string to Go and PromQL as well.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            // What YAML does not print, and what it takes for the end of a line.
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                escaped(&mut out, character);
            }
            _ if character.is_control() => escaped(&mut out, character),
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

fn escaped(out: &mut String, character: char) {
    _ = write!(out, "\\u{:04x}", u32::from(character));
}

/// `[a, b]`.
pub(super) fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|it| quoted(it.as_ref())).collect();
    format!("[{}]", items.join(", "))
}

/// Text that grows by lines.
#[derive(Default)]
pub(super) struct Lines(String);

impl Lines {
    /// `depth` is in steps of two blanks. Of a text of several lines all stand at that depth.
    pub(super) fn line(&mut self, depth: usize, text: impl AsRef<str>) {
        for line in text.as_ref().lines() {
            _ = writeln!(self.0, "{:1$}{line}", "", depth * 2);
        }
    }

    /// A control character could end the comment.
    pub(super) fn comment(&mut self, depth: usize, text: impl AsRef<str>) {
        let is_end = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
        self.line(depth, format!("# {}", text.as_ref().replace(is_end, " ")));
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_comment_is_one_line_whatever_it_says() {
        let mut lines = Lines::default();
        lines.comment(1, "a\nb: c\u{2028}d");
        assert_eq!(lines.finish(), "  # a b: c d\n");
    }

    proptest! {
        /// A quoted text without escapes of control characters is one of JSON.
        #[test]
        fn what_is_quoted_is_read_back(text in any::<String>()) {
            let quoted = quoted(&text);
            prop_assert!(!quoted.chars().any(char::is_control));
            prop_assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), text);
        }
    }
}
