//! Secrets that are told by their own form, whatever stands before them: tokens of this service and
//! of well-known others, JSON Web Tokens, password hashes, PEM blocks.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Stands for what was hidden.
pub(super) const HIDDEN: &str = "***";

/// How a secret goes on behind its beginning.
#[derive(Clone, Copy)]
enum Form {
    /// So many letters, digits, `-` and `_` at least.
    Word(usize),
    /// So many, and a digit among them: the beginning alone might be a word's.
    WordWithDigit(usize),
    /// Words like that with dots between them: at least so many dots.
    Dotted(usize),
    /// To the end of a hash, `$` and all.
    Hash,
    /// To the end of the block.
    Pem,
    /// An option of a command: its value is what follows it.
    Option,
}

const FORMS: [(&str, Form); 45] = [
    ("--password", Form::Option),
    ("--passwd", Form::Option),
    ("--token", Form::Option),
    ("--secret", Form::Option),
    ("--api-key", Form::Option),
    ("asd_", Form::Word(20)),
    ("v1.", Form::Dotted(1)),
    ("eyJ", Form::Dotted(1)),
    ("-----BEGIN ", Form::Pem),
    ("$argon2", Form::Hash),
    ("$2a$", Form::Hash),
    ("$2b$", Form::Hash),
    ("$2y$", Form::Hash),
    ("$5$", Form::Hash),
    ("$6$", Form::Hash),
    ("$y$", Form::Hash),
    ("$scrypt$", Form::Hash),
    ("SCRAM-SHA-", Form::Hash),
    ("ghp_", Form::Word(16)),
    ("gho_", Form::Word(16)),
    ("ghu_", Form::Word(16)),
    ("ghs_", Form::Word(16)),
    ("ghr_", Form::Word(16)),
    ("github_pat_", Form::Word(16)),
    ("glpat-", Form::Word(12)),
    ("xoxa-", Form::Word(8)),
    ("xoxb-", Form::Word(8)),
    ("xoxp-", Form::Word(8)),
    ("xoxr-", Form::Word(8)),
    ("xoxs-", Form::Word(8)),
    ("xapp-", Form::Word(8)),
    ("AKIA", Form::Word(12)),
    ("ASIA", Form::WordWithDigit(12)),
    ("AIza", Form::Word(30)),
    ("ya29.", Form::Word(16)),
    ("sk-", Form::WordWithDigit(12)),
    ("sk_live_", Form::Word(8)),
    ("sk_test_", Form::Word(8)),
    ("rk_live_", Form::Word(8)),
    ("whsec_", Form::Word(8)),
    ("shpat_", Form::Word(16)),
    ("npm_", Form::WordWithDigit(20)),
    ("pypi-", Form::WordWithDigit(20)),
    ("hf_", Form::WordWithDigit(20)),
    ("dop_v1_", Form::Word(16)),
];

static BEGINNINGS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(FORMS.map(|(beginning, _)| beginning)).ok());

/// No beginning with what has to follow is shorter.
const MIN_BYTES: usize = 12;

/// `text` with each of them hidden.
pub(super) fn hide(text: &str) -> Cow<'_, str> {
    let Some(beginnings) = BEGINNINGS.as_ref().filter(|_| text.len() >= MIN_BYTES) else {
        return Cow::Borrowed(text);
    };
    let mut hidden = String::new();
    let mut copied = 0;
    for found in beginnings.find_iter(text) {
        let form = FORMS.get(found.pattern().as_usize());
        let Some((_, form)) = form.filter(|_| found.start() >= copied) else {
            continue;
        };
        if is_within_a_word(text, found.start()) {
            continue;
        }
        if let Some(secret) = secret(text, found.range(), *form) {
            hidden.push_str(text.get(copied..secret.start).unwrap_or_default());
            hidden.push_str(HIDDEN);
            copied = secret.end;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    hidden.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(hidden)
}

/// `task-force` does not begin a key with its `sk-`. Percent-encoded bytes (`%3Dasd_…`) and escapes
/// (`\nasd_…`) are no words, though they end in letters.
fn is_within_a_word(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default().as_bytes();
    let Some(last) = before.last().filter(|byte| byte.is_ascii_alphanumeric()) else {
        return false;
    };
    let is_percent_encoded = matches!(before, [.., b'%', a, b]
        if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    let is_escape = matches!(last, b'n' | b'r' | b't') && matches!(before, [.., b'\\', _]);
    !is_percent_encoded && !is_escape
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn run(bytes: &[u8], keeps: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| keeps(**byte)).count()
}

fn secret(text: &str, beginning: Range<usize>, form: Form) -> Option<Range<usize>> {
    let rest = text.as_bytes().get(beginning.end..)?;
    let length = match form {
        Form::Word(least) => Some(run(rest, is_word)).filter(|length| *length >= least),
        Form::WordWithDigit(least) => {
            let first = rest.get(..MAX_LOOKED_AT_BYTES).unwrap_or(rest);
            let first = first.get(..run(first, is_word)).unwrap_or_default();
            let is_secret = first.len() >= least && first.iter().any(u8::is_ascii_digit);
            is_secret.then(|| run(rest, is_word))
        }
        Form::Dotted(dots) => dotted(rest, dots),
        Form::Hash => Some(run(rest, |byte| {
            is_word(byte) || b"$=,./+:".contains(&byte)
        }))
        .filter(|length| *length >= 8),
        Form::Pem => Some(pem(text.get(beginning.end..)?)),
        Form::Option => {
            let blanks = run(rest, |byte| byte == b' ' || byte == b'\t');
            let value = rest.get(blanks..)?;
            let length = run(value, |byte| !byte.is_ascii_whitespace());
            let is_value = blanks > 0 && length > 0 && !value.starts_with(b"-");
            let start = beginning.end + blanks;
            return is_value.then_some(start..start + length);
        }
    }?;
    Some(beginning.start..beginning.end + length)
}

/// What is longer than this before it shows what it is, is something else.
const MAX_LOOKED_AT_BYTES: usize = 512;

/// `v1.…` and `eyJ….…`: each part is long, or it is a version or a file's name.
fn dotted(rest: &[u8], least_dots: usize) -> Option<usize> {
    const MIN_PART: usize = 8;
    let first = rest.get(..MAX_LOOKED_AT_BYTES).unwrap_or(rest);
    let mut length = run(first, is_word);
    let mut parts = 1;
    if length < MIN_PART {
        return None;
    }
    while rest.get(length) == Some(&b'.') {
        let part = run(rest.get(length + 1..).unwrap_or_default(), is_word);
        if part < MIN_PART {
            break;
        }
        length += 1 + part;
        parts += 1;
    }
    (parts > least_dots).then_some(length)
}

/// To the end of the block's last line, or of the text: half a key is a key.
fn pem(rest: &str) -> usize {
    const END: &str = "-----END ";
    let Some(end) = rest.find(END) else {
        return rest.len();
    };
    let name = end + END.len();
    let closing = rest.get(name..).and_then(|rest| rest.find("-----"));
    closing.map_or(rest.len(), |at| name + at + "-----".len())
}
