//! From text to tokens.

use super::error::ExpressionError;
use super::unit::{Literal, Suffix};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind<'t> {
    Name(&'t str),
    Number(Literal),
    /// Between single quotes, which stand for themselves alone.
    Text(&'t str),
    /// One of `( ) , / * > >= < <=`.
    Symbol(&'static str),
    End,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Token<'t> {
    pub kind: Kind<'t>,
    pub offset: usize,
}

/// Longer ones first.
const SYMBOLS: [&str; 9] = [">=", "<=", "(", ")", ",", "/", "*", ">", "<"];
/// More digits than a double keeps would not be shown as they were written.
const MAX_DIGITS: usize = 15;

/// All tokens, the last of them [`Kind::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, ExpressionError> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let offset = text.len() - rest.len();
        let wrong = |message: String| ExpressionError::new(text, offset, message);
        let Some(first) = rest.chars().next() else {
            found.push(Token {
                kind: Kind::End,
                offset,
            });
            return Ok(found);
        };
        let (kind, length) = if first.is_ascii_digit() {
            number(rest).map_err(wrong)?
        } else if first.is_ascii_alphabetic() {
            let name = head(rest, |c| c.is_ascii_alphanumeric() || c == '_');
            (Kind::Name(name), name.len())
        } else if first == '\'' {
            quoted(rest).map_err(wrong)?
        } else if let Some(symbol) = SYMBOLS.into_iter().find(|it| rest.starts_with(it)) {
            (Kind::Symbol(symbol), symbol.len())
        } else {
            return Err(wrong(unexpected(first)));
        };
        found.push(Token { kind, offset });
        rest = rest.get(length..).unwrap_or_default();
    }
}

fn head(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

fn number(text: &str) -> Result<(Kind<'_>, usize), String> {
    let whole = head(text, |c| c.is_ascii_digit());
    let after = text.get(whole.len()..).unwrap_or_default();
    let fraction = match after.strip_prefix('.') {
        Some(digits) => 1 + head(digits, |c| c.is_ascii_digit()).len(),
        None => 0,
    };
    if fraction == 1 {
        return Err("a digit is needed after the point".to_owned());
    }
    let length = whole.len() + fraction;
    let digits = text.get(..length).unwrap_or(text);
    if digits.len() > MAX_DIGITS {
        return Err(format!("a number has at most {MAX_DIGITS} digits"));
    }
    let after = text.get(length..).unwrap_or_default();
    let name = if after.starts_with('%') {
        "%"
    } else {
        head(after, |c| c.is_ascii_alphanumeric() || c == '_')
    };
    let suffix = Suffix::from_name(name).ok_or_else(|| {
        format!("`{name}` is no unit; it can be %, ms, s, m, h, d, B, KiB, MiB or GiB")
    })?;
    let number = digits
        .parse()
        .map_err(|_| "a number is needed".to_owned())?;
    let literal = Literal { number, suffix };
    Ok((Kind::Number(literal), length + name.len()))
}

fn quoted(text: &str) -> Result<(Kind<'_>, usize), String> {
    let inside = head(text.get(1..).unwrap_or_default(), |c| {
        c != '\'' && c != '\n'
    });
    let end = 1 + inside.len();
    if text.get(end..).is_some_and(|rest| rest.starts_with('\'')) {
        Ok((Kind::Text(inside), end + 1))
    } else {
        Err("the text that begins here lacks its closing '".to_owned())
    }
}

fn unexpected(c: char) -> String {
    match c {
        '=' | '!' => "compare with >, >=, < or <=".to_owned(),
        '"' => "texts stand between single quotes: 'ready'".to_owned(),
        '&' => "write `and`".to_owned(),
        '|' => "write `or`".to_owned(),
        '-' | '+' => "a number has no sign, and nothing is added or subtracted".to_owned(),
        _ => format!("{c:?} has no meaning here"),
    }
}
