//! Error lines made ready for the list: each with a key that stays.

use std::collections::HashMap;

use serde_json::Value;

use super::line_text::{fields, plain};
use crate::dto::LogLine;

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The same for the same line at each refresh, in each browser: it can stand in a link.
    pub key: String,
    pub line: LogLine,
}

/// Of lines that are alike to the last letter, each older one is told apart by its number, counted
/// from the oldest: those that come in at the top change no key below.
pub fn rows(lines: &[LogLine]) -> Vec<Row> {
    let mut seen: HashMap<u64, u32> = HashMap::new();
    let mut rows: Vec<Row> = lines
        .iter()
        .rev()
        .map(|line| {
            let hash = fnv1a(&fields(line));
            let count = seen
                .entry(hash)
                .and_modify(|count| *count += 1)
                .or_default();
            let key = match count {
                0 => format!("{hash:016x}"),
                count => format!("{hash:016x}-{count}"),
            };
            Row {
                key,
                line: line.clone(),
            }
        })
        .collect();
    rows.reverse();
    rows
}

/// FNV-1a, 64 bits: the standard library promises no stable hash, and keys stand in links.
fn fnv1a(fields: &[(String, &Value)]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (name, value) in fields {
        for byte in name
            .bytes()
            .chain([0])
            .chain(plain(value).bytes())
            .chain([0])
        {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn lines() -> Vec<LogLine> {
        fixtures::healthy().recent_errors.unwrap_or_default()
    }

    fn keys(lines: &[LogLine]) -> Vec<String> {
        rows(lines).into_iter().map(|row| row.key).collect()
    }

    #[test]
    fn a_line_keeps_its_key_when_newer_ones_come_in_on_top() {
        let old = lines();
        let mut new = vec![fixtures::hostile(), fixtures::hostile()];
        new.extend(lines());
        let kept = keys(&new).split_off(2);
        assert_eq!(kept, keys(&old));
    }

    #[test]
    fn equal_lines_have_different_keys() {
        let mut keys = keys(&vec![fixtures::hostile(); 3]);
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 3);
    }
}
