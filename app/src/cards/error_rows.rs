//! Error lines made ready for the list: each with a key that stays.

use std::collections::HashMap;

use serde_json::Value;

use super::failure::cause;
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
    told_once(rows)
}

/// A request that failed may be told by two lines: that of the query that failed, and its own. Of the
/// lines of a request that have the same cause, the gravest stays, of equals the last: it is the
/// outermost. The rest is in the request's story.
fn told_once(rows: Vec<Row>) -> Vec<Row> {
    let mut gravest: HashMap<(String, String), (bool, String)> = HashMap::new();
    for row in &rows {
        let Some(failure) = failure_of_request(row) else {
            continue;
        };
        let is_error = row.line.get("level").is_some_and(|level| level == "ERROR");
        let told = (is_error, row.key.clone());
        gravest
            .entry(failure)
            .and_modify(|known| {
                if is_error && !known.0 {
                    *known = told.clone();
                }
            })
            .or_insert(told);
    }
    let mut rows = rows;
    rows.retain(|row| {
        let told = failure_of_request(row).and_then(|failure| gravest.get(&failure));
        told.is_none_or(|(_, key)| *key == row.key)
    });
    rows
}

/// Which request failed, and why.
fn failure_of_request(row: &Row) -> Option<(String, String)> {
    let request = row.line.get("request_id").map(plain)?;
    (!request.is_empty()).then(|| (request, cause(&row.line)))
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
    use serde_json::json;

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
    fn a_failure_is_told_once_by_its_gravest_line() {
        let line = |level: &str, message: &str, error: &[&str], id: &str| -> LogLine {
            [
                ("level", json!(level)),
                ("message", json!(message)),
                ("error", json!(error)),
                ("request_id", json!(id)),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect()
        };
        let (gone, slow) = ("no such table: agent_cards", "slow query cards.list");
        let lines = [
            line("ERROR", gone, &["cards.list", gone], "r2"),
            line("WARNING", "failed query cards.list", &[gone], "r2"),
            line("WARNING", slow, &[], "r2"),
            line("WARNING", "failed query cards.list", &[gone], "r1"),
            line("ERROR", gone, &["cards.list", gone], "r1"),
        ];
        let rows = rows(&lines);
        let shown: Vec<String> = rows
            .iter()
            .filter_map(|row| row.line.get("message").map(plain))
            .collect();
        assert_eq!(shown, [gone, slow, gone]);
    }

    #[test]
    fn equal_lines_have_different_keys() {
        let mut keys = keys(&vec![fixtures::hostile(); 3]);
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 3);
    }
}
