//! The lines that came in while following.

use crate::dto::FoundLine;

/// Beyond these the oldest followed ones go: a page that is left open overnight stays light.
pub const KEPT_LINES: usize = 500;

/// `new` is oldest first, as it came in. A line that is there already came again because the
/// connection broke before its position was known.
pub fn put_on_top(lines: &mut Vec<FoundLine>, new: Vec<FoundLine>) {
    for line in new {
        if !lines.iter().any(|known| known.position == line.position) {
            lines.insert(0, line);
        }
    }
    lines.truncate(KEPT_LINES);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::LogLine;

    fn line(position: usize) -> FoundLine {
        FoundLine {
            position: position.to_string(),
            line: LogLine::new(),
        }
    }

    fn positions(lines: &[FoundLine]) -> Vec<&str> {
        lines.iter().map(|line| line.position.as_str()).collect()
    }

    #[test]
    fn new_lines_come_on_top_newest_first_and_each_once() {
        let mut lines = vec![line(2), line(1)];
        put_on_top(&mut lines, vec![line(2), line(3), line(4)]);
        assert_eq!(positions(&lines), ["4", "3", "2", "1"]);
    }

    #[test]
    fn a_page_left_open_keeps_only_the_last_ones() {
        let mut lines = Vec::new();
        for position in 0..KEPT_LINES + 20 {
            put_on_top(&mut lines, vec![line(position)]);
        }
        assert_eq!(lines.len(), KEPT_LINES);
        assert_eq!(positions(&lines).first().copied(), Some("519"));
    }
}
