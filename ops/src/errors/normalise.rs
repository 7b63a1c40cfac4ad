//! A message without what differs from one time to the next, so that the same error is told from
//! another one.
//!
//! Placeholders stand for numbers, UUIDs, hexadecimal digits, quoted values, addresses, times, the
//! values of a query string and the parts of a path that hold any of these. What is a word stays,
//! digits and all: `utf8`, `sqlite3`.

use std::net::{Ipv4Addr, Ipv6Addr};

const NUMBER: &str = "<n>";
const UUID: &str = "<uuid>";
const VALUE: &str = "<value>";
const ADDRESS: &str = "<address>";
const TIME: &str = "<time>";
const PART: &str = "<part>";
const PLACEHOLDERS: [&str; 6] = [NUMBER, UUID, VALUE, ADDRESS, TIME, PART];

/// A run of hexadecimal digits as long as this is an id, if there is a digit in it.
const MIN_HEX: usize = 8;

/// A number may have a unit as long as this, which goes with it: one time it is `ms`, one time `s`.
const MAX_UNIT: usize = 3;

/// Taking something out may bring two things together. It never took more than three rounds.
const MAX_ROUNDS: usize = 8;

/// The same for two texts that differ only in such parts. Of a normalised text it is that text.
pub fn normalised(text: &str) -> String {
    let mut current = one_round(text);
    for _ in 0..MAX_ROUNDS {
        let next = one_round(&current);
        if next == current {
            break;
        }
        current = next;
    }
    current
}

/// What of a normalised text was taken as it stood.
pub(super) fn literals(text: &str) -> Vec<&str> {
    PLACEHOLDERS.iter().fold(vec![text], |parts, placeholder| {
        let parts = parts.into_iter();
        parts.flat_map(|part| part.split(placeholder)).collect()
    })
}

fn one_round(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let (taken, shown) = match first {
            c if c.is_whitespace() => (rest.len() - rest.trim_start().len(), " "),
            '"' | '`' | '\'' => quoted(rest, first, out.chars().next_back(), &mut out),
            '<' => placeholder(rest),
            '?' => query(rest),
            '/' => segment(rest, &mut out),
            _ => token(rest, first, out.chars().next_back(), &mut out),
        };
        out.push_str(shown);
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

/// How many bytes were taken, and what stands for them.
type Taken<'a> = (usize, &'a str);

fn placeholder(rest: &str) -> Taken<'_> {
    let known = PLACEHOLDERS.into_iter().find(|one| rest.starts_with(one));
    known.map_or((1, "<"), |one| (one.len(), one))
}

/// Whether letters and digits on either side of it would be one word.
fn is_wordy(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// `"…"`, `` `…` `` and `'…'`, but for apostrophes. A quote that nothing closes is a character.
fn quoted<'a>(rest: &'a str, quote: char, before: Option<char>, out: &mut String) -> Taken<'a> {
    let inside = rest.get(1..).unwrap_or_default();
    let alone = (1, rest.get(..1).unwrap_or_default());
    let is_apostrophe = quote == '\'' && before.is_some_and(|c| is_wordy(c) || c == '>');
    if is_apostrophe && !inside.starts_with("<value>'") {
        return alone;
    }
    let Some(end) = closing(inside, quote) else {
        return alone;
    };
    out.push(quote);
    out.push_str(VALUE);
    (1 + end + 1, alone.1)
}

fn closing(inside: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in inside.char_indices() {
        if is_escaped {
            is_escaped = false;
        } else if c == '\\' && quote == '"' {
            is_escaped = true;
        } else if c == '\n' {
            return None;
        } else if c == quote {
            let next = inside.get(at + 1..).and_then(|rest| rest.chars().next());
            let is_within_a_word = next.is_some_and(|c| is_wordy(c) || c == '<');
            if quote != '\'' || !is_within_a_word || inside.get(..at) == Some(VALUE) {
                return Some(at);
            }
        }
    }
    None
}

/// The values after `?name=`, however many.
fn query(rest: &str) -> Taken<'_> {
    let inside = rest.get(1..).unwrap_or_default();
    let name = inside.len() - inside.trim_start_matches(is_wordy).len();
    if name == 0 || !inside.get(name..).is_some_and(|rest| rest.starts_with('=')) {
        return (1, "?");
    }
    let ends = |c: char| c.is_whitespace() || "\"'`<>()[]{},;".contains(c);
    let end = inside.find(ends).unwrap_or(inside.len());
    (1 + end, "?<value>")
}

/// A part of a path, with the slash before it: whole if it is a name, else nothing of it.
fn segment<'a>(rest: &'a str, out: &mut String) -> Taken<'a> {
    out.push('/');
    let inside = rest.get(1..).unwrap_or_default();
    let ends = |c: char| c.is_whitespace() || "/\"'`<>:,;()?#[]".contains(c);
    let end = inside.find(ends).unwrap_or(inside.len());
    let segment = inside.get(..end).unwrap_or_default();
    let segment = segment.trim_end_matches('.');
    let mut shown = String::with_capacity(segment.len());
    let mut left = segment;
    while let Some(first) = left.chars().next() {
        let (taken, what) = token(left, first, shown.chars().next_back(), &mut shown);
        shown.push_str(what);
        left = left.get(taken..).unwrap_or_default();
    }
    // An address after `//` is told as one.
    if shown == segment || shown == ADDRESS {
        return (1, "");
    }
    (1 + segment.len(), PART)
}

/// A word or a number, or one character.
fn token<'a>(rest: &'a str, first: char, before: Option<char>, out: &mut String) -> Taken<'a> {
    let one = (
        first.len_utf8(),
        rest.get(..first.len_utf8()).unwrap_or_default(),
    );
    if before.is_some_and(is_wordy) {
        return one;
    }
    if let Some(length) = address(rest) {
        return (length, ADDRESS);
    }
    if matches!(first, '-' | '+')
        && before != Some('>')
        && rest
            .get(1..)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        return (1, "");
    }
    if !is_wordy(first) {
        return one;
    }
    if let Some(length) = time(rest) {
        return (length, TIME);
    }
    if let Some(length) = uuid(rest) {
        return (length, UUID);
    }
    let length = word_length(rest);
    let word = rest.get(..length).unwrap_or_default();
    if is_hex_id(word) && digits(word) < word.len() {
        return (length, NUMBER);
    }
    if first.is_ascii_digit() {
        // Its decimals belong to it, however many digits there are before them.
        return number(rest);
    }
    out.push_str(word);
    (length, "")
}

fn word_length(text: &str) -> usize {
    text.find(|c| !is_wordy(c)).unwrap_or(text.len())
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// `0x…`, or many hexadecimal digits.
fn is_hex_id(word: &str) -> bool {
    let is_hex = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit());
    let has_digit = word.bytes().any(|b| b.is_ascii_digit());
    word.strip_prefix("0x").is_some_and(is_hex)
        || (word.len() >= MIN_HEX && has_digit && is_hex(word))
}

/// Digits, decimals, an exponent and a unit.
fn number(rest: &str) -> Taken<'_> {
    let mut length = digits(rest);
    loop {
        let after = rest.get(length..).unwrap_or_default();
        let more = after.strip_prefix('.').map_or(0, digits);
        if more == 0 {
            break;
        }
        length += 1 + more;
    }
    let after = rest.get(length..).unwrap_or_default();
    let tail = after.get(..word_length(after)).unwrap_or_default();
    if matches!(tail, "e" | "E") {
        let exponent = after.get(2..).map_or(0, digits);
        if after.get(1..2) == Some("-") && exponent > 0 {
            return (length + 2 + exponent, NUMBER);
        }
    }
    let is_unit = tail.chars().count() <= MAX_UNIT;
    if is_unit || tail.bytes().any(|b| b.is_ascii_digit()) {
        length += tail.len();
    }
    (length, NUMBER)
}

fn uuid(rest: &str) -> Option<usize> {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    let mut at = 0;
    for (number, length) in GROUPS.into_iter().enumerate() {
        if number > 0 {
            rest.get(at..)?.strip_prefix('-')?;
            at += 1;
        }
        let group = rest.get(at..at + length)?;
        if !group.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        at += length;
    }
    let ends = rest.get(at..)?.chars().next().is_none_or(|c| !is_wordy(c));
    ends.then_some(at)
}

/// A date, with or without a time of day, fractions of a second and a zone.
fn time(rest: &str) -> Option<usize> {
    let mut at = pattern(rest, "dddd-dd-dd")?;
    let tail = rest.get(at..)?;
    if let Some(clock) = tail.strip_prefix(['T', ' ', '_'])
        && let Some(length) = pattern(clock, "dd:dd")
    {
        at += 1 + length;
        at += rest
            .get(at..)
            .and_then(|rest| pattern(rest, ":dd"))
            .unwrap_or(0);
        let fraction = rest.get(at..)?.strip_prefix('.').map_or(0, digits);
        at += if fraction > 0 { 1 + fraction } else { 0 };
        let zone = rest.get(at..)?;
        let offset = zone
            .strip_prefix(['+', '-'])
            .and_then(|rest| pattern(rest, "dd:dd").or_else(|| pattern(rest, "dddd")));
        at += match offset {
            Some(length) => 1 + length,
            None if zone.starts_with('Z') => 1,
            None => 0,
        };
    }
    let ends = rest.get(at..)?.chars().next().is_none_or(|c| !is_wordy(c));
    ends.then_some(at)
}

/// How long `shape` is, if the text begins like it; `d` is a digit.
fn pattern(text: &str, shape: &str) -> Option<usize> {
    let found = text.as_bytes().get(..shape.len())?;
    let is_like = |(found, shape): (&u8, u8)| match shape {
        b'd' => found.is_ascii_digit(),
        shape => *found == shape,
    };
    found
        .iter()
        .zip(shape.bytes())
        .all(is_like)
        .then_some(shape.len())
}

/// Of a machine, with its port, or of a mailbox.
fn address(rest: &str) -> Option<usize> {
    let length = bracketed(rest)
        .or_else(|| machine(rest))
        .or_else(|| mailbox(rest))?;
    let ends = rest
        .get(length..)?
        .chars()
        .next()
        .is_none_or(|c| !is_wordy(c));
    ends.then_some(length)
}

/// `[::1]:8000`
fn bracketed(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('[')?;
    let end = inside.find(']')?;
    inside.get(..end)?.parse::<Ipv6Addr>().ok()?;
    Some(with_port(rest, end + 2))
}

fn machine(rest: &str) -> Option<usize> {
    let is_part = |c: char| c.is_ascii_hexdigit() || c == ':' || c == '.';
    if !rest.starts_with(is_part) {
        return None;
    }
    let run = rest.get(..rest.find(|c| !is_part(c)).unwrap_or(rest.len()))?;
    // A sentence may end, or go on, right behind it.
    let run = run.trim_end_matches('.');
    let run = if run.ends_with("::") {
        run
    } else {
        run.trim_end_matches(':')
    };
    let (four, _) = run.split_once(':').unwrap_or((run, ""));
    if four.parse::<Ipv4Addr>().is_ok() {
        return Some(with_port(rest, four.len()));
    }
    // `a::b` is a module.
    let has_digit = run.bytes().any(|b| b.is_ascii_digit());
    (has_digit && run.parse::<Ipv6Addr>().is_ok()).then_some(run.len())
}

fn with_port(rest: &str, length: usize) -> usize {
    let after = rest.get(length..).unwrap_or_default();
    let port = after.strip_prefix(':').map_or(0, digits);
    length + if port > 0 { 1 + port } else { 0 }
}

fn mailbox(rest: &str) -> Option<usize> {
    let is_local = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    if !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let local = rest.find(|c| !is_local(c))?;
    let domain = rest.get(local..)?.strip_prefix('@')?;
    let is_domain = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    let length = domain.find(|c| !is_domain(c)).unwrap_or(domain.len());
    let domain = domain.get(..length)?.trim_end_matches(['.', '-']);
    domain.contains('.').then_some(local + 1 + domain.len())
}

#[cfg(test)]
#[path = "normalise_tests.rs"]
mod tests;
