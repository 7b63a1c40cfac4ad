//! Secrets within a text, hidden. With `secret_key` the one place that keeps them out of every log.
//!
//! When in doubt it hides: a word too many is a smaller loss than a password in a file.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::secret_key::is_secret_key;

/// Stands for what was hidden.
pub(super) const HIDDEN: &str = "***";

/// `text` without the secrets that can be told from it: values of `key=value` and `"key": "value"`
/// whose key looks secret, secret headers to the end of their line, user information in URLs, and
/// bearer tokens.
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut hidden = String::new();
    let mut copied = 0;
    let mut signs = Signs::new(text);
    while let Some(sign) = signs.next() {
        if let Some(secret) = secret_at(text, sign).filter(|secret| !secret.is_empty()) {
            hidden.push_str(text.get(copied..secret.start).unwrap_or_default());
            hidden.push_str(HIDDEN);
            copied = secret.end;
            signs.skip_to(secret.end);
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    hidden.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(hidden)
}

/// The places that may introduce a secret: `=`, `:`, and the blank of `Bearer `. The next one of
/// each kind is found ahead, so that the text is gone through once and not once a place.
struct Signs<'a> {
    bytes: &'a [u8],
    sign: Option<usize>,
    bearer: Option<usize>,
}

impl<'a> Signs<'a> {
    fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        Self {
            bytes,
            sign: find_sign(bytes, 0),
            bearer: find_bearer(bytes, 0),
        }
    }

    fn next(&mut self) -> Option<usize> {
        let next = match (self.sign, self.bearer) {
            (Some(sign), Some(bearer)) => sign.min(bearer),
            (sign, bearer) => sign.or(bearer)?,
        };
        self.skip_to(next + 1);
        Some(next)
    }

    fn skip_to(&mut self, from: usize) {
        if self.sign.is_some_and(|at| at < from) {
            self.sign = find_sign(self.bytes, from);
        }
        if self.bearer.is_some_and(|at| at < from) {
            self.bearer = find_bearer(self.bytes, from);
        }
    }
}

fn find_sign(bytes: &[u8], from: usize) -> Option<usize> {
    let at = memchr::memchr2(b'=', b':', bytes.get(from..)?)?;
    Some(from + at)
}

fn find_bearer(bytes: &[u8], from: usize) -> Option<usize> {
    const WORD: &[u8] = b"earer ";
    static FINDER: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(WORD));
    let at = FINDER.find(bytes.get(from..)?)?;
    Some(from + at + WORD.len() - 1)
}

/// Where the secret lies that `sign` introduces.
fn secret_at(text: &str, sign: usize) -> Option<Range<usize>> {
    let (before, after) = (text.get(..sign)?, text.get(sign + 1..)?);
    let value = sign + 1;
    match text.as_bytes().get(sign)? {
        b':' if after.starts_with("//") => user_information(after, value),
        // `auth::password::verify`
        b':' if after.starts_with(':') => None,
        b':' => colon_value(before, after, value),
        b'=' => equals_value(before, after, value),
        _ => Some(value..value + run(after, |c| !ends_query_value(c))),
    }
}

/// `user:password@` of a URL; `after` begins with its `//`.
fn user_information(after: &str, value: usize) -> Option<Range<usize>> {
    let authority = after.get(2..)?;
    let ends = |c: char| matches!(c, '/' | '?' | '#' | '"' | '<' | '>') || c.is_whitespace();
    let authority = authority.get(..run(authority, |c| !ends(c)))?;
    let length = authority.rfind('@')?;
    Some(value + 2..value + 2 + length)
}

/// `"key": "value"`, as JSON and Rust's `Debug` write it; `Header: value` to the end of the line.
fn colon_value(before: &str, after: &str, value: usize) -> Option<Range<usize>> {
    let bare = before.trim_end_matches(['"', '\'', '\\']);
    let key = percent_decoded(last_key(bare));
    if !is_secret_key(&key) {
        return None;
    }
    let lower = key.to_ascii_lowercase();
    let ends_with = |names: &[&str]| names.iter().any(|name| lower.ends_with(name));
    let header = ends_with(&["authorization", "cookie"]);
    let quoted = quoted_value(after);
    if let Some(quoted) = quoted
        && (!header || bare.len() < before.len())
    {
        return Some(value + quoted.start..value + quoted.end);
    }
    // Prose says `unexpected token: …`; only what is surely a header or a password is hidden.
    let sure = header || ends_with(&["api-key", "password", "passwd"]) || lower.starts_with("x-");
    sure.then(|| {
        let start = run(after, |c| c == ' ');
        let end = run(after, |c| c != '\n' && c != '\r');
        value + start..value + end
    })
}

/// `key=value` as in a query string or a cookie; `key = "value"`.
fn equals_value(before: &str, after: &str, value: usize) -> Option<Range<usize>> {
    let key = percent_decoded(last_key(before.trim_end_matches(' ')));
    if !is_secret_key(&key) && !key.eq_ignore_ascii_case("key") {
        return None;
    }
    let length = run(after, |c| !ends_query_value(c));
    // A query's value may begin with a quote and not mean it.
    if let Some(quoted) = quoted_value(after)
        && (quoted.end >= length || before.ends_with(' '))
    {
        return Some(value + quoted.start..value + quoted.end);
    }
    if before.ends_with(' ') {
        return None;
    }
    // SQL shows where a value would be, not the value.
    let placeholder = after.get(..length).is_some_and(|text| {
        let digits = text.strip_prefix('$').unwrap_or("-");
        text == "?" || (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
    });
    (!placeholder).then_some(value..value + length)
}

fn ends_query_value(c: char) -> bool {
    matches!(c, '&' | '#' | '"' | '<' | '>') || c.is_whitespace() || c.is_control()
}

/// What is between the quotes of a value at the text's beginning; to the end if they never close.
fn quoted_value(after: &str) -> Option<Range<usize>> {
    let value = after.trim_start_matches(' ');
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
fn last_key(text: &str) -> &str {
    let is_key = |c: char| c.is_ascii_alphanumeric() || "_-.%[]+".contains(c);
    let start = text.trim_end_matches(is_key).len();
    text.get(start..).unwrap_or_default()
}

/// `p%61ssword` is `password` to whoever reads the query.
fn percent_decoded(key: &str) -> Cow<'_, str> {
    if !key.contains('%') {
        return Cow::Borrowed(key);
    }
    let mut decoded = Vec::with_capacity(key.len());
    let mut rest = key.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(value) if byte == b'%' => {
                decoded.push(value);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                decoded.push(byte);
                rest = tail;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&decoded).into_owned())
}

/// The length in bytes of the text's beginning that `keeps` holds for.
fn run(text: &str, keeps: impl Fn(char) -> bool) -> usize {
    text.find(|c| !keeps(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn secrets_within_a_text_are_hidden() {
        for (text, expected) in [
            ("GET /x?page=2&token=abc&y=1", "GET /x?page=2&token=***&y=1"),
            ("/x?p%61ssword=abc#top", "/x?p%61ssword=***#top"),
            ("/x?key=AIza&a=b", "/x?key=***&a=b"),
            ("postgres://me:pw@db:5432/x", "postgres://***@db:5432/x"),
            (
                "Authorization: Bearer abc\nHost: h",
                "Authorization: ***\nHost: h",
            ),
            ("sent Bearer eyJ.x.y to it", "sent Bearer *** to it"),
            (
                r#"Login { user: "a", password: "b\"c", next: None }"#,
                r#"Login { user: "a", password: "***", next: None }"#,
            ),
            (
                r#"{"user":"a","api_key":"b"}"#,
                r#"{"user":"a","api_key":"***"}"#,
            ),
            (
                r#""{\"token\":\"b\",\"c\":1}""#,
                r#""{\"token\":\"***\",\"c\":1}""#,
            ),
            ("token: Some(\"b\")", "token: Some(\"***\")"),
            ("secret = 'x y' rest", "secret = '***' rest"),
            ("session=abc; theme=dark", "session=*** theme=dark"),
            ("password=\"never closed", "password=\"***"),
        ] {
            assert_eq!(redact(text), expected);
        }
    }

    #[test]
    fn what_only_looks_similar_is_left_alone() {
        for text in [
            "unexpected token: found `}`",
            "SELECT 1 FROM users WHERE token = $1 AND password=$2 AND secret=?",
            "https://host:80/path?a=b@c",
            "auth::password::verify failed in password::text",
            "a == b, x=y: z",
            "GET /api/agentcards/ 200",
            "token=",
            "",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn the_cost_does_not_explode() {
        let start = std::time::Instant::now();
        for piece in [
            "token:",
            "a=",
            ":",
            "=",
            "Bearer ",
            "token=\"",
            "password:\\\"",
            "://@",
            "%",
        ] {
            redact(&piece.repeat(256 * 1024 / piece.len()));
        }
        // About a second if linear, minutes if not.
        assert!(start.elapsed() < std::time::Duration::from_secs(30));
    }

    proptest! {
        #[test]
        fn redaction_takes_any_text_its_own_results_included(text in "([a-z=:?&\" \\\\'/@]|token|password|Bearer |é)*") {
            let once = redact(&text).into_owned();
            let twice = redact(&once).into_owned();
            prop_assert!(once.is_empty() == text.is_empty() && twice.is_empty() == text.is_empty());
        }

        #[test]
        fn a_secret_in_a_query_or_a_structure_is_hidden(
            head in "\\PC{0,20}[ ?&\\PC]",
            key in "[a-z_]{0,4}(password|token|secret|session|API_KEY|apikey|cookie)[a-z]{0,3}",
            secret in "[A-Za-z0-9,;()'./+=:\\\\-]{8,40}",
            tail in "(&\\PC*)?",
        ) {
            prop_assume!(!head.contains(&secret) && !tail.contains(&secret));
            for text in [
                format!("{head}?{key}={secret}{tail}"),
                format!("{{ {key}: {secret:?} }}{tail}"),
            ] {
                let shown = redact(&text);
                prop_assert!(!shown.contains(&secret), "{}", shown);
            }
        }
    }
}
