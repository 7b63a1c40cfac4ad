//! Where a search's text stands in a line: pure, and alike on both sides.

/// A line in the list shows this much of its message; opened, it shows all.
const EXCERPT_BYTES: usize = 600;
/// Before the first match of an excerpt, for its context.
const LEAD_BYTES: usize = 80;
/// More marks than this help nobody, and each is an element.
const MAX_MARKS: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    Plain(&'a str),
    Match(&'a str),
}

/// The text in parts, those that equal the needle told apart, whatever the case of ASCII letters:
/// as the search itself compares.
pub fn segments<'a>(text: &'a str, needle: &str) -> Vec<Segment<'a>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while parts.len() < 2 * MAX_MARKS {
        let Some(at) = find(rest, needle) else { break };
        let Some((before, found)) = rest.split_at_checked(at) else {
            break;
        };
        let Some((found, after)) = found.split_at_checked(needle.len()) else {
            break;
        };
        if !before.is_empty() {
            parts.push(Segment::Plain(before));
        }
        parts.push(Segment::Match(found));
        rest = after;
    }
    if !rest.is_empty() || parts.is_empty() {
        parts.push(Segment::Plain(rest));
    }
    parts
}

/// A text short enough for a list: its beginning, or what is around the first match if that comes
/// later. What is left out is marked.
pub fn excerpt(text: &str, needle: &str) -> String {
    if text.len() <= EXCERPT_BYTES {
        return text.to_owned();
    }
    let first_match = find(text, needle).unwrap_or(0);
    let start = if first_match + needle.len() <= EXCERPT_BYTES {
        0
    } else {
        text.floor_char_boundary(first_match.saturating_sub(LEAD_BYTES))
    };
    let end = text.floor_char_boundary((start + EXCERPT_BYTES).min(text.len()));
    let middle = text.get(start..end).unwrap_or_default();
    let before = if start > 0 { "…" } else { "" };
    let after = if end < text.len() { "…" } else { "" };
    format!("{before}{middle}{after}")
}

/// The needle is whole characters, so it can begin only where a character does.
fn find(text: &str, needle: &str) -> Option<usize> {
    if needle.is_empty() {
        return None;
    }
    text.as_bytes()
        .windows(needle.len())
        .position(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Segment::{Match, Plain};
    use super::*;

    #[test]
    fn matches_are_told_apart_whatever_their_case() {
        assert_eq!(
            segments("Disk full: disk", "DISK"),
            [Match("Disk"), Plain(" full: "), Match("disk")]
        );
        assert_eq!(
            segments("磁盘已满", "盘"),
            [Plain("磁"), Match("盘"), Plain("已满")]
        );
        assert_eq!(segments("quiet", "loud"), [Plain("quiet")]);
        assert_eq!(segments("quiet", ""), [Plain("quiet")]);
        assert_eq!(segments("", "x"), [Plain("")]);
    }

    #[test]
    fn an_excerpt_shows_a_match_far_down_the_line() {
        let text = format!("{}needle{}", "é".repeat(5_000), "z".repeat(5_000));
        let shown = excerpt(&text, "needle");
        assert!(shown.contains("needle") && shown.len() < 700);
        assert!(shown.starts_with('…') && shown.ends_with('…'));

        let head = excerpt(&text, "");
        assert!(head.starts_with('é') && head.ends_with('…'));
    }

    #[test]
    fn a_needle_that_is_everywhere_makes_a_bounded_number_of_marks() {
        let text = "a".repeat(100_000);
        let parts = segments(&text, "a");
        assert!(parts.len() <= 2 * MAX_MARKS + 1);
        assert_eq!(joined(&parts), text);
    }

    fn joined(parts: &[Segment]) -> String {
        parts
            .iter()
            .map(|(Plain(text) | Match(text))| *text)
            .collect()
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[aAbéß盘 ]{0,40}", needle in "[aAbé盘]{0,3}") {
            let parts = segments(&text, &needle);
            prop_assert_eq!(joined(&parts), &text[..]);
            for part in parts {
                if let Match(found) = part {
                    prop_assert!(found.eq_ignore_ascii_case(&needle));
                }
            }
        }

        #[test]
        fn an_excerpt_is_never_long(text in ".{0,2000}", needle in ".{0,5}") {
            prop_assert!(excerpt(&text, &needle).len() <= EXCERPT_BYTES + 2 * "…".len());
        }
    }
}
