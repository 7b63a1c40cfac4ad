//! JSON values that are cut to a length and stay JSON.

use super::escape::quote;
use super::fields::CUT_MARK;

/// An escape is at most six times as long as what it stands for.
pub(super) const GROWTH: usize = 6;

/// Of one error of a chain.
const MAX_CAUSE_BYTES: usize = 512;

/// Appends `json` or, of a text and of a list of texts, the beginning that fits into `max_bytes`.
/// False, and nothing is appended, if there is none.
pub(super) fn push(out: &mut Vec<u8>, json: &[u8], max_bytes: usize) -> bool {
    if json.len() <= max_bytes {
        out.extend_from_slice(json);
        return true;
    }
    match json.first() {
        Some(b'"') => push_text(out, json, max_bytes),
        Some(b'[') => push_list(out, json, max_bytes),
        _ => false,
    }
}

fn push_text(out: &mut Vec<u8>, json: &[u8], max_bytes: usize) -> bool {
    let frame = CUT_MARK.len() + br#""""#.len();
    let Some(room) = max_bytes.checked_sub(frame) else {
        return false;
    };
    let content = json.get(1..json.len() - 1).unwrap_or_default();
    let kept = fitting(content, room);
    out.push(b'"');
    out.extend_from_slice(content.get(..kept).unwrap_or_default());
    out.extend_from_slice(CUT_MARK.as_bytes());
    out.push(b'"');
    true
}

/// The last elements are the causes, so they are kept rather than the first.
fn push_list(out: &mut Vec<u8>, json: &[u8], max_bytes: usize) -> bool {
    let Ok(texts) = serde_json::from_slice::<Vec<String>>(json) else {
        return false;
    };
    let mut kept: Vec<Vec<u8>> = Vec::new();
    let mut length = 2;
    for text in texts.iter().rev() {
        let mut quoted = Vec::new();
        quote(&mut quoted, text);
        let mut element = Vec::new();
        push(&mut element, &quoted, MAX_CAUSE_BYTES);
        length += element.len() + 1;
        if length > max_bytes {
            break;
        }
        kept.push(element);
    }
    kept.reverse();
    if kept.is_empty() {
        return false;
    }
    out.push(b'[');
    out.extend_from_slice(&kept.join(&b','));
    out.push(b']');
    true
}

/// How much of an escaped text fits, without half a character or half an escape.
fn fitting(content: &[u8], max_bytes: usize) -> usize {
    let mut at = 0;
    while let Some(first) = content.get(at) {
        let length = match first {
            b'\\' if content.get(at + 1) == Some(&b'u') => 6,
            b'\\' => 2,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0.. => 4,
            _ => 1,
        };
        if at + length > max_bytes {
            break;
        }
        at += length;
    }
    at
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    proptest! {
        #[test]
        fn what_is_cut_is_json_and_fits(text in "[\\PC\\x00-\\x20\"\\\\]{0,300}", max in 0_usize..400) {
            let mut json = Vec::new();
            quote(&mut json, &text);
            let mut out = Vec::new();
            if push(&mut out, &json, max) {
                prop_assert!(out.len() <= max);
                let kept: String = serde_json::from_slice(&out).unwrap();
                let head = kept.strip_suffix(CUT_MARK).unwrap_or(&kept);
                prop_assert!(text.starts_with(head));
            } else {
                prop_assert!(out.is_empty() && max < json.len());
            }
        }
    }

    #[test]
    fn of_a_list_the_last_are_kept() {
        let json = serde_json::to_vec(&["a".repeat(600), "b".repeat(400), "c".to_owned()]).unwrap();
        let mut out = Vec::new();
        assert!(push(&mut out, &json, 500));
        let kept: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(kept, serde_json::json!(["b".repeat(400), "c"]));
    }
}
