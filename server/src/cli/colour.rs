//! Colour, where a terminal shows it.

use std::env;
use std::io::{self, IsTerminal as _};

use app::pages::Tone;

/// The line for stdout: in its colour on a terminal, without `NO_COLOR`.
pub fn painted(tone: Tone, text: &str) -> String {
    let has_colour =
        io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    match escape(tone).filter(|_| has_colour) {
        Some(escape) => format!("{escape}{text}\u{1b}[0m"),
        None => text.to_owned(),
    }
}

/// ECMA-48, "select graphic rendition".
fn escape(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Plain => None,
        Tone::Good => Some("\u{1b}[32m"),
        Tone::Warning => Some("\u{1b}[33m"),
        Tone::Bad => Some("\u{1b}[31m"),
    }
}
