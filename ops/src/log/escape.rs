//! Text that can't break out of its line, its quotes or the reader's terminal.

/// What the text is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Between the quotes of a JSON string.
    Json,
    /// Without quotes, for people: `"` and `\` stay as they are.
    Plain,
}

/// Appends `text` to `out`. Escaped as JSON does it, in either quoting: C0 and C1 controls and
/// DEL (line breaks, NUL, ANSI sequences), U+2028 and U+2029 (line breaks to some readers), and
/// what turns the direction of writing (text that reads other than it is).
pub(super) fn escape(out: &mut Vec<u8>, text: &str, quoting: Quoting) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(is_suspect) {
        let (clean, suspect) = rest.split_at(at);
        out.extend_from_slice(clean.as_bytes());
        let mut chars = suspect.chars();
        if let Some(c) = chars.next() {
            escape_char(out, c, quoting);
        }
        rest = chars.as_str();
    }
    out.extend_from_slice(rest.as_bytes());
}

/// A JSON string.
pub(super) fn quote(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    escape(out, text, Quoting::Json);
    out.push(b'"');
}

/// Whether a character that begins with this byte may have to be escaped. All others are copied
/// in runs. No byte within a character is suspect, so the runs end at characters' bounds.
fn is_suspect(byte: u8) -> bool {
    byte < 0x20 || matches!(byte, b'"' | b'\\' | 0x7f | 0xc2 | 0xd8 | 0xe2)
}

fn escape_char(out: &mut Vec<u8>, c: char, quoting: Quoting) {
    let short: &[u8] = match c {
        '"' | '\\' if quoting == Quoting::Plain => return out.push(c as u8),
        '"' => b"\\\"",
        '\\' => b"\\\\",
        '\n' => b"\\n",
        '\r' => b"\\r",
        '\t' => b"\\t",
        _ if is_dangerous(c) => return unicode_escape(out, u32::from(c)),
        _ => return out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    };
    out.extend_from_slice(short);
}

/// Whether a character never stands in a line as it is.
pub(super) fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{2028}' | '\u{2029}'
            | '\u{061c}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `\u202e`; nothing dangerous lies beyond U+FFFF.
fn unicode_escape(out: &mut Vec<u8>, code: u32) {
    out.extend_from_slice(b"\\u");
    for shift in [12, 8, 4, 0] {
        let digit = (code >> shift) & 0xf;
        out.extend(char::from_digit(digit, 16).map(|digit| digit as u8));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    fn plain(text: &str) -> String {
        let mut out = Vec::new();
        escape(&mut out, text, Quoting::Plain);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_could_deceive_is_spelt_out() {
        assert_eq!(plain("a\r\nb\tc"), "a\\r\\nb\\tc");
        assert_eq!(plain("\u{1b}[31mred\0"), "\\u001b[31mred\\u0000");
        assert_eq!(
            plain("\u{202e}fdp.exe\u{2066}\u{200f}"),
            "\\u202efdp.exe\\u2066\\u200f"
        );
        assert_eq!(plain("\u{9b}31m\u{7f}\u{85}"), "\\u009b31m\\u007f\\u0085");
        assert_eq!(plain("\u{2028}\u{2029}\u{61c}"), "\\u2028\\u2029\\u061c");
    }

    #[test]
    fn what_is_harmless_stays() {
        let text = "é ¿ № 简体中文 ‘quoted’ … 👩‍💻 \"x\\y\" عربي";
        assert_eq!(plain(text), text);
    }

    proptest! {
        #[test]
        fn a_quoted_text_is_one_harmless_line_and_reads_back(text in any::<String>()) {
            let mut out = Vec::new();
            quote(&mut out, &text);
            let written = std::str::from_utf8(&out).unwrap();
            prop_assert!(!written.chars().any(is_dangerous));
            prop_assert_eq!(serde_json::from_str::<String>(written).unwrap(), text);
        }

        #[test]
        fn plain_text_is_harmless(text in "[\\PC\\x00-\\x20\\u{80}-\\u{9f}\\u{2020}-\\u{2070}]*") {
            prop_assert!(!plain(&text).chars().any(is_dangerous));
        }
    }
}
