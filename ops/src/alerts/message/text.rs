//! Text that others wrote, made safe to stand in one line of ours.

use url::{Position, Url};

/// `text` in one line: line breaks, control characters and blanks become one blank; characters that
/// turn the direction of writing vanish.
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if turns_direction(c) {
            continue;
        }
        if c.is_whitespace() || c.is_control() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// At most `max` characters; what is longer ends with `…`. No joined character is left half.
pub fn cut(text: &str, max: usize) -> String {
    if text.chars().nth(max).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    let kept = kept.trim_end_matches(|c: char| c == '\u{200d}' || c.is_whitespace());
    format!("{kept}…")
}

/// No channel takes part in longer ones.
const MAX_ADDRESS_BYTES: usize = 500;

/// The address of a page that a reader may follow. It is ASCII, and behind its host there is neither
/// blank nor quote, bracket, `@` or other sign of markup, so that it can stand in any. None if `text` is
/// something else, holds credentials, or is longer than 500 bytes.
pub fn web_address(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    if !matches!(url.scheme(), "http" | "https") || has_credentials {
        return None;
    }
    let mut out = url[..Position::BeforePath].to_owned();
    for c in url[Position::BeforePath..].chars() {
        if "()[]{}<>\"'|\\^`*~@".contains(c) {
            out.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    (out.len() <= MAX_ADDRESS_BYTES && out.is_ascii()).then_some(out)
}
