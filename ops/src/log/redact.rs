//! Secrets within a text, hidden. With `secret_key`, `secret_format` and `secret_value` the one place
//! that keeps them out of every log.
//!
//! When in doubt it hides: a word too many is a smaller loss than a password in a file.

use std::borrow::Cow;
use std::ops::Range;

use super::secret_format::{self, HIDDEN};
use super::secret_key::{is_measure, is_secret_key};
use super::secret_value::{
    bracketed, ends_query_value, last_key, percent_decoded, placeholder, quoted, run,
    scheme_and_credentials, word,
};

/// `text` without the secrets that can be told from it: what has a secret's own form; values whose
/// key looks secret, in any of the ways in which keys and values are written; secret headers to the
/// end of their line; user information in URLs; bearer tokens and basic credentials.
pub fn redact(text: &str) -> Cow<'_, str> {
    if is_actor(text) {
        return Cow::Borrowed(text);
    }
    match secret_format::hide(text) {
        Cow::Borrowed(text) => hide_values(text),
        Cow::Owned(text) => Cow::Owned(hide_values(&text).into_owned()),
    }
}

/// Whether the whole text is how log and audit name the bearer of a token: `token:ci`, by the token's
/// name, which is no secret. A token itself is longer than a name may be here.
fn is_actor(text: &str) -> bool {
    const MAX_NAME: usize = 40;
    text.strip_prefix("token:").is_some_and(|name| {
        (1..=MAX_NAME).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    })
}

fn hide_values(text: &str) -> Cow<'_, str> {
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

/// The places that may introduce a secret: `=`, `:` and the `>` of a tag; `%3D` and `%3A`; the blank
/// behind `Bearer` and `Basic`. The next one of each kind is found ahead, so that the text is gone
/// through once a kind and not once a place.
struct Signs<'a> {
    bytes: &'a [u8],
    next: [Option<usize>; KINDS.len()],
}

/// Finds the next place of one kind, from an offset on.
type Find = fn(&[u8], usize) -> Option<usize>;

const KINDS: [Find; 3] = [find_sign, find_encoded_sign, find_scheme];

impl<'a> Signs<'a> {
    fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        Self {
            bytes,
            next: KINDS.map(|find| find(bytes, 0)),
        }
    }

    fn next(&mut self) -> Option<usize> {
        let next = self.next.iter().flatten().min().copied()?;
        self.skip_to(next + 1);
        Some(next)
    }

    fn skip_to(&mut self, from: usize) {
        for (next, find) in self.next.iter_mut().zip(KINDS) {
            if next.is_some_and(|at| at < from) {
                *next = find(self.bytes, from);
            }
        }
    }
}

fn find_sign(bytes: &[u8], from: usize) -> Option<usize> {
    let at = memchr::memchr3(b'=', b':', b'>', bytes.get(from..)?)?;
    Some(from + at)
}

fn find_encoded_sign(bytes: &[u8], from: usize) -> Option<usize> {
    let mut signs = memchr::memchr_iter(b'%', bytes.get(from..)?).map(|at| from + at);
    signs.find(|at| encoded_sign(bytes.get(*at..).unwrap_or_default()).is_some())
}

fn find_scheme(bytes: &[u8], from: usize) -> Option<usize> {
    let mut blanks = memchr::memchr2_iter(b' ', b'\t', bytes.get(from..)?).map(|at| from + at);
    blanks.find(|at| {
        let before = bytes.get(..*at).unwrap_or_default();
        let ends_with = |word: &[u8]| {
            before
                .split_at_checked(before.len().wrapping_sub(word.len()))
                .is_some_and(|(_, last)| last.eq_ignore_ascii_case(word))
        };
        match before.last() {
            Some(b'r' | b'R') => ends_with(b"bearer"),
            Some(b'c' | b'C') => ends_with(b"basic"),
            _ => false,
        }
    })
}

/// `%3D` or `%3A`, encoded once or twice: the sign and its length.
fn encoded_sign(bytes: &[u8]) -> Option<(u8, usize)> {
    let code = bytes.strip_prefix(b"%25").or(bytes.strip_prefix(b"%"))?;
    let sign = match code.get(..2)? {
        b"3D" | b"3d" => b'=',
        b"3A" | b"3a" => b':',
        _ => return None,
    };
    Some((sign, bytes.len() - code.len() + 2))
}

/// Where the secret lies that `sign` introduces.
fn secret_at(text: &str, sign: usize) -> Option<Range<usize>> {
    let (before, after) = (text.get(..sign)?, text.get(sign + 1..)?);
    let value = sign + 1;
    match text.as_bytes().get(sign)? {
        b':' if after.starts_with("//") => user_information(before, after, value),
        // `auth::password::verify`
        b':' if after.starts_with(':') => None,
        b':' => colon_value(before, after, value),
        b'=' => equals_value(before, after, value),
        b'>' => element(before, after, value),
        b'%' => encoded_value(before, text.get(sign..)?, sign),
        _ => {
            let scheme = before.rsplit(|c: char| !c.is_ascii_alphabetic()).next()?;
            let start = scheme.len() + 1;
            let (skipped, length) = scheme_and_credentials(text.get(sign - scheme.len()..)?)?;
            let at = value + skipped - start;
            Some(at..at + length)
        }
    }
}

/// So much of a URL is looked at for user information.
const MAX_URL_BYTES: usize = 512;

/// `user:password@` of a URL; `after` begins with its `//`. A password may hold `/`, `?` and `#`,
/// though it should not: then the last `@` ends it, unless what stands before is a host and a port.
fn user_information(before: &str, after: &str, value: usize) -> Option<Range<usize>> {
    let rest = after.get(2..)?;
    // It may hold many colons and slashes: none of them is to make all of it be read.
    let rest = rest.get(..rest.floor_char_boundary(MAX_URL_BYTES))?;
    let rest = rest.get(
        ..run(rest, |c| {
            !matches!(c, '"' | '<' | '>') && !c.is_whitespace()
        }),
    )?;
    let authority = rest.get(..run(rest, |c| !matches!(c, '/' | '?' | '#')))?;
    let is_web = ["http", "https", "ws", "wss"].contains(&last_key(before));
    let has_password = authority
        .split_once(':')
        .is_some_and(|(_, port)| !is_web || port.bytes().any(|byte| !byte.is_ascii_digit()));
    let length = match authority.rfind('@') {
        Some(length) => length,
        None if has_password => rest.rfind('@')?,
        None => return None,
    };
    Some(value + 2..value + 2 + length)
}

/// Keys that prose puts before a colon, too.
const PROSE: [&str; 13] = [
    "token",
    "session",
    "secret",
    "cookie",
    "auth",
    "credential",
    "credentials",
    "signature",
    "bearer",
    "jwt",
    "sig",
    "sid",
    "tokens",
];

/// `"key": "value"`, as JSON and Rust's `Debug` write it, and `key: value`; `Header: value` to the
/// end of the line.
fn colon_value(before: &str, after: &str, value: usize) -> Option<Range<usize>> {
    let trimmed = before.trim_end_matches([' ', '\t']);
    let bare = trimmed.trim_end_matches(['"', '\'', '\\', '`']);
    let is_quoted = bare.len() < trimmed.len();
    let last = last_key(bare);
    let key = percent_decoded(last);
    if !is_secret_key(&key) {
        return None;
    }
    let lower = key.to_ascii_lowercase();
    let ends_with = |names: &[&str]| names.iter().any(|name| lower.ends_with(name));
    let is_header = ends_with(&["authorization", "cookie"]);
    let quoted = quoted(after);
    if let Some(quoted) = quoted
        && (!is_header || is_quoted)
    {
        return Some(value + quoted.start..value + quoted.end);
    }
    let rest = after.trim_start_matches([' ', '\t']);
    let start = value + after.len() - rest.len();
    let is_number = rest.starts_with(|c: char| c.is_ascii_digit());
    let is_no_value = ["null", "true", "false", "None"].map(|word| rest.starts_with(word));
    if is_no_value.contains(&true) || (is_number && is_measure(&lower)) {
        return None;
    }
    if let Some(inside) = bracketed(rest) {
        return Some(start + inside.start..start + inside.end);
    }
    let strong = [
        "api-key",
        "api_key",
        "apikey",
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "pass",
    ];
    if is_quoted {
        let length = run(rest, |c| !matches!(c, ',' | '}' | ']' | '\n' | '\r'));
        return Some(start..start + length);
    }
    if is_header || ends_with(&strong) || lower.starts_with("x-") {
        let length = run(rest, |c| c != '\n' && c != '\r');
        return Some(start..start + length);
    }
    let length = word(rest);
    // Prose says `unexpected token: …`: then a secret has to look like one.
    let prefix = bare
        .strip_suffix(last)?
        .trim_end_matches([' ', '\t', '"', '\'']);
    let begins = prefix.is_empty() || prefix.ends_with(['{', ',', ';', '(', '[', '&', '|', '\n']);
    let looks_secret = length >= 20 || rest.bytes().take(length).any(|byte| byte.is_ascii_digit());
    let is_prose = PROSE.contains(&lower.as_str()) && !begins;
    (!is_prose || looks_secret).then_some(start..start + length)
}

/// `key=value` as in a query string or a cookie; `key = value`, `key => value`, `key="value"`.
fn equals_value(before: &str, after: &str, value: usize) -> Option<Range<usize>> {
    let trimmed = before.trim_end_matches([' ', '\t']);
    let arrow = usize::from(after.starts_with('>'));
    let bare = trimmed.trim_end_matches(['"', '\'', '`']);
    let is_quoted = bare.len() < trimmed.len();
    let key = percent_decoded(last_key(bare));
    let is_query_key = arrow == 0 && !is_quoted && key.eq_ignore_ascii_case("key");
    if !is_secret_key(&key) && !is_query_key {
        return None;
    }
    let after = after.get(arrow..)?;
    let value = value + arrow;
    let rest = after.trim_start_matches([' ', '\t']);
    let start = value + after.len() - rest.len();
    let is_spaced = trimmed.len() < before.len() || rest.len() < after.len() || arrow > 0;
    let length = run(rest, |c| !ends_query_value(c));
    // Behind blanks it is a line of code or prose, where a comma or a bracket ends a value.
    let shown = if is_spaced { word(rest) } else { length };
    let shown = rest.get(..shown).unwrap_or_default();
    let is_number = !shown.is_empty() && shown.bytes().all(|byte| byte.is_ascii_digit());
    if (is_number && is_measure(&key.to_ascii_lowercase()))
        || (is_spaced && rest.starts_with('='))
        || placeholder(shown)
    {
        return None;
    }
    // A query's value may begin with a quote and not mean it.
    if let Some(quoted) = quoted(after)
        && (is_spaced || quoted.end >= length)
    {
        return Some(value + quoted.start..value + quoted.end);
    }
    if is_spaced && is_query_key {
        return None;
    }
    if let Some((skipped, length)) = scheme_and_credentials(rest) {
        return Some(start + skipped..start + skipped + length);
    }
    // A query's value may begin with a bracket and not mean it, too.
    let inside = bracketed(rest).filter(|inside| is_spaced || inside.end + 1 >= length);
    if let Some(inside) = inside {
        return Some(start + inside.start..start + inside.end);
    }
    Some(start..start + shown.len())
}

/// `<password>value</password>`
fn element(before: &str, after: &str, value: usize) -> Option<Range<usize>> {
    const MAX_TAG_BYTES: usize = 200;
    let from = before.ceil_char_boundary(before.len().saturating_sub(MAX_TAG_BYTES));
    let (_, tag) = before.get(from..)?.rsplit_once('<')?;
    let name = tag.get(..run(tag, |c| c.is_ascii_alphanumeric() || "_-.:".contains(c)))?;
    if !is_secret_key(name) || tag.ends_with('/') {
        return None;
    }
    Some(value..value + after.find("</")?)
}

/// `password%3Dvalue`, and `postgres%3A%2F%2Fuser%3Apassword%40host`; `rest` begins with the sign.
fn encoded_value(before: &str, rest: &str, sign: usize) -> Option<Range<usize>> {
    let (kind, length) = encoded_sign(rest.as_bytes())?;
    let (value, start) = (rest.get(length..)?, sign + length);
    let begins_with = |code: &str| {
        let head = value.get(..code.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(code))
    };
    if kind == b':' && begins_with("%2F%2F") {
        let url = value.get(..value.floor_char_boundary(MAX_URL_BYTES))?;
        let url = url.get(..run(url, |c| !ends_query_value(c)))?;
        let at = url.rfind("%40")?;
        return Some(start + 6..start + at);
    }
    let once = percent_decoded(last_key(before)).into_owned();
    if !is_secret_key(&percent_decoded(&once)) {
        return None;
    }
    if begins_with("%22") {
        let inside = value.get(3..)?;
        let length = encoded_run(inside, &["%22"]);
        return Some(start + 3..start + 3 + length);
    }
    let ends: &[&str] = if begins_with("%5B") || begins_with("%7B") {
        &[]
    } else {
        &["%26", "%2526", "%2C", "%7D", "%20", "%0A", "%3B"]
    };
    Some(start..start + encoded_run(value, ends))
}

/// The length of a value within a query string that one of these codes ends, too.
fn encoded_run(value: &str, ends: &[&str]) -> usize {
    let is_end = |at: usize| {
        ends.iter().any(|end| {
            let code = value.get(at..at + end.len());
            code.is_some_and(|code| code.eq_ignore_ascii_case(end))
        })
    };
    value
        .char_indices()
        .find(|(at, c)| ends_query_value(*c) || (*c == '%' && is_end(*at)))
        .map_or(value.len(), |(at, _)| at)
}

#[cfg(test)]
#[path = "redact_tests.rs"]
mod tests;
