//! Secrets taken out of what goes into the archive: those that are configured, wherever they stand, and
//! what the log hides by its form or by the name before it.

use aho_corasick::{AhoCorasick, MatchKind};
use ops::log::{is_secret_key, redact};

use super::json_strings::change;
use super::secrets::Secrets;

const HIDDEN: &str = "***";

/// A shorter one is hidden only where it stands by itself: it may be a part of a word.
const SURE_BYTES: usize = 12;

pub struct Hider {
    known: Option<AhoCorasick>,
    /// Where the values come from.
    sources: Vec<String>,
}

impl Hider {
    pub fn new(secrets: &Secrets) -> Self {
        let texts = secrets.texts();
        let known = AhoCorasick::builder()
            // None is broken by a part of it.
            .match_kind(MatchKind::LeftmostLongest)
            .build(&texts)
            .ok()
            .filter(|_| !texts.is_empty());
        Self {
            known,
            sources: secrets.sources(),
        }
    }

    /// What is hidden, in sentences.
    pub fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        if !self.sources.is_empty() {
            let sources = self.sources.join(", ");
            told.push(format!("the values of {sources}, wherever they stand"));
        }
        told.push(
            "passwords in addresses, tokens, keys and hashes by their form, and what stands under a \
             name such as password, token, cookie or authorization"
                .to_owned(),
        );
        told
    }

    /// The configured secrets alone; and how many were hidden.
    pub fn known(&self, text: &str) -> (String, usize) {
        let Some(known) = &self.known else {
            return (text.to_owned(), 0);
        };
        let mut out = String::with_capacity(text.len());
        let (mut copied, mut hidden) = (0, 0);
        for found in known.find_iter(text) {
            let is_sure = found.len() >= SURE_BYTES;
            if is_sure || stands_alone(text, found.start(), found.end()) {
                out.push_str(text.get(copied..found.start()).unwrap_or_default());
                out.push_str(HIDDEN);
                copied = found.end();
                hidden += 1;
            }
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        (out, hidden)
    }

    /// A JSON document, which stays one.
    pub fn json(&self, document: &str) -> (String, usize) {
        let mut hidden = 0;
        let changed = change(document, |name, text| {
            if is_secret_key(name) && !text.is_empty() && text != HIDDEN {
                hidden += 1;
                return Some(HIDDEN.to_owned());
            }
            let shown = redact(text);
            if shown == text {
                return None;
            }
            hidden += count(&shown).saturating_sub(count(text)).max(1);
            Some(shown.into_owned())
        });
        let (text, known) = self.known(&changed);
        (text, hidden + known)
    }

    /// Lines, each a JSON object or none.
    pub fn lines(&self, text: &str) -> (String, usize) {
        let (mut out, mut hidden) = (String::with_capacity(text.len()), 0);
        for line in text.lines() {
            let (line, count) = if line.starts_with('{') && line.ends_with('}') {
                self.json(line)
            } else {
                let shown = redact(line);
                let by_form = count(&shown).saturating_sub(count(line));
                let (line, known) = self.known(&shown);
                (line, by_form + known)
            };
            out.push_str(&line);
            out.push('\n');
            hidden += count;
        }
        (out, hidden)
    }
}

fn count(text: &str) -> usize {
    text.matches(HIDDEN).count()
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|text| text.chars().next_back());
    let after = text.get(end..).and_then(|text| text.chars().next());
    ![before, after]
        .into_iter()
        .flatten()
        .any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hider(texts: &[&str]) -> Hider {
        let mut secrets = Secrets::default();
        for text in texts {
            secrets.add("DATABASE_URL", text);
        }
        Hider::new(&secrets)
    }

    #[test]
    fn what_is_configured_is_hidden_wherever_it_stands() {
        let hider = hider(&["p@ss/w0rd", "a-much-longer-secret"]);
        for (text, expected) in [
            ("it is p@ss/w0rd.", ("it is ***.", 1)),
            ("p%40ss%2Fw0rd in an address", ("*** in an address", 1)),
            ("xa-much-longer-secretx", ("x***x", 1)),
            ("xp@ss/w0rdx", ("xp@ss/w0rdx", 0)),
            ("nothing", ("nothing", 0)),
        ] {
            let (shown, hidden) = hider.known(text);
            assert_eq!((shown.as_str(), hidden), expected);
        }
    }

    #[test]
    fn a_line_of_the_log_stays_json_with_all_that_is_no_secret() {
        let line = r#"{"timestamp":"2026","message":"Cookie: a=hunter2","x":1,"token":"hunter2","url":"smtp://u:hunter2@h","user":"token:ci"}"#;
        let (shown, hidden) = hider(&[]).lines(line);
        assert_eq!(
            shown,
            "{\"timestamp\":\"2026\",\"message\":\"Cookie: ***\",\"x\":1,\"token\":\"***\",\"url\":\"smtp://***@h\",\"user\":\"token:ci\"}\n"
        );
        assert_eq!(hidden, 3);
        assert_eq!(hider(&[]).lines(&shown), (shown, 0));
    }

    #[test]
    fn other_lines_are_hidden_from_as_the_log_hides() {
        let (shown, hidden) = hider(&[]).lines("password=hunter2 for all\nno secret");
        assert_eq!(shown, "password=*** for all\nno secret\n");
        assert_eq!(hidden, 1);
    }
}
