//! How values are written behind their keys, and where they end.

use std::borrow::Cow;
use std::ops::Range;

use percent_encoding::percent_decode_str;

const MAX_KEY_BYTES: usize = 128;

pub(super) fn ends_query_value(c: char) -> bool {
    matches!(c, '&' | '#' | '"' | '<' | '>') || c.is_whitespace() || c.is_control()
}

/// The length of the word that the text begins with.
pub(super) fn word(text: &str) -> usize {
    run(text, |c| {
        !ends_query_value(c) && !matches!(c, ',' | ';' | ')' | '}' | ']' | '\'')
    })
}

/// SQL shows where a value would be, or another column, not the value.
pub(super) fn placeholder(value: &str) -> bool {
    let value = value.trim_end_matches([',', ';', ')']);
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let numbered = value.strip_prefix(['$', ':']);
    value.strip_prefix('?').is_some_and(is_number)
        || numbered.is_some_and(|digits| !digits.is_empty() && is_number(digits))
        || value.starts_with("excluded.")
        || ["NULL", "null", "DEFAULT", "true", "false", "None"].contains(&value)
}

/// `Basic dXNlcjpwYXNz`, `Bearer abc` at the text's beginning: what stands before the credentials,
/// and how long they are.
pub(super) fn scheme_and_credentials(text: &str) -> Option<(usize, usize)> {
    const PROSE: [&str; 14] = [
        "token",
        "tokens",
        "auth",
        "authentication",
        "authorization",
        "scheme",
        "schemes",
        "of",
        "is",
        "and",
        "or",
        "realm",
        "credentials",
        "header",
    ];
    let scheme = text.get(..run(text, |c| c.is_ascii_alphabetic()))?;
    let rest = text.get(scheme.len()..)?;
    let credentials = rest.trim_start_matches([' ', '\t']);
    let skipped = text.len() - credentials.len();
    let length = run(credentials, |c| {
        !ends_query_value(c) && !matches!(c, ',' | ';' | '\'')
    });
    let word = credentials.get(..length)?;
    if word.is_empty() || rest.len() == credentials.len() {
        return None;
    }
    let is_prose = PROSE.iter().any(|known| {
        word.trim_end_matches(['.', ':', ')'])
            .eq_ignore_ascii_case(known)
    });
    let is_secret = match scheme.to_ascii_lowercase().as_str() {
        "bearer" => !is_prose,
        // Base64 of a name and a password looks like no word.
        "basic" => {
            let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte);
            let tail = word.get(1..).unwrap_or_default();
            word.len() >= 8
                && word.bytes().all(is_base64)
                && tail
                    .bytes()
                    .any(|byte| !byte.is_ascii_lowercase() && byte != b'-')
        }
        _ => false,
    };
    is_secret.then_some((skipped, length))
}

/// What is between the brackets of a list, an object or a value of Rust's `Debug` at the text's
/// beginning; to the end if they never close.
pub(super) fn bracketed(text: &str) -> Option<Range<usize>> {
    const MAX_NAME_BYTES: usize = 40;
    let name = run(text, |c| c.is_ascii_alphanumeric() || c == '_');
    let is_type = text.starts_with(|c: char| c.is_ascii_uppercase()) && name <= MAX_NAME_BYTES;
    if name > 0 && !is_type {
        return None;
    }
    let rest = text.get(name..)?;
    let open = name + rest.len() - rest.strip_prefix(' ').unwrap_or(rest).len();
    if !text.get(open..)?.starts_with(['[', '{', '(']) {
        return None;
    }
    let (mut depth, mut is_escaped, mut quote) = (0_usize, false, None);
    for (at, c) in text.get(open..)?.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if quote == Some(c) => quote = None,
            _ if quote.is_some() => {}
            '"' => quote = Some(c),
            '[' | '{' | '(' => depth += 1,
            ']' | '}' | ')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    let next = text.get(open + at + 1..)?.chars().next();
                    let ends = |c: char| c.is_whitespace() || ",;}])\"'&#\\".contains(c);
                    // Else it is a text that merely begins like that.
                    return next.is_none_or(ends).then_some(open + 1..open + at);
                }
            }
            _ => {}
        }
    }
    Some(open + 1..text.len())
}

/// What is between the quotes of a value at the text's beginning; to the end if they never close.
pub(super) fn quoted(after: &str) -> Option<Range<usize>> {
    let value = after.trim_start_matches([' ', '\t']);
    let value = value.strip_prefix("Some(").unwrap_or(value);
    let slashes = run(value, |c| c == '\\');
    let mark = value.get(slashes..)?.chars().next()?;
    if mark != '"' && mark != '\'' {
        return None;
    }
    let start = after.len() - value.len() + slashes + 1;
    // Within a quoted text the quotes are escaped themselves: `\"key\":\"value\"`.
    let closing = value.get(..=slashes)?;
    let content = after.get(start..)?;
    let length = closing_quote(content, closing).unwrap_or(content.len());
    Some(start..start + length)
}

fn closing_quote(content: &str, closing: &str) -> Option<usize> {
    if closing.len() > 1 {
        return content.find(closing);
    }
    let mut escaped = false;
    content
        .char_indices()
        .find_map(|(at, c)| match (escaped, c) {
            (true, _) => {
                escaped = false;
                None
            }
            (false, '\\') => {
                escaped = true;
                None
            }
            (false, c) => closing.starts_with(c).then_some(at),
        })
}

/// The name that `text` ends with.
pub(super) fn last_key(text: &str) -> &str {
    let is_key = |c: char| c.is_ascii_alphanumeric() || "_-.%[]+".contains(c);
    // A longer one is no name, and must not be gone through for each sign behind it.
    let from = text.ceil_char_boundary(text.len().saturating_sub(MAX_KEY_BYTES));
    let text = text.get(from..).unwrap_or_default();
    let start = text.trim_end_matches(is_key).len();
    text.get(start..).unwrap_or_default()
}

/// `p%61ssword` is `password` to whoever reads the query.
pub(super) fn percent_decoded(key: &str) -> Cow<'_, str> {
    percent_decode_str(key).decode_utf8_lossy()
}

/// The length in bytes of the text's beginning that `keeps` holds for.
pub(super) fn run(text: &str, keeps: impl Fn(char) -> bool) -> usize {
    text.find(|c| !keeps(c)).unwrap_or(text.len())
}
