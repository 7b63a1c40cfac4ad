//! Which texts are secret here, and where they come from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::auth::secret;
use crate::config::Examined;

/// Anything shorter would be found in every other word.
const MIN_BYTES: usize = 4;

/// Passwords that are no secret, and words of every other line.
const COMMON: [&str; 9] = [
    "postgres",
    "postgresql",
    "password",
    "secret",
    "admin",
    "root",
    "user",
    "test",
    "agent-source-db",
];

/// RFC 3986, 2.3: these stay as they are.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Texts, and where each comes from.
#[derive(Default)]
pub struct Secrets(BTreeMap<String, BTreeSet<String>>);

impl Secrets {
    /// What variables, the files that they name and the key file hold.
    pub fn of(examined: &Examined) -> Self {
        let mut secrets = Self::default();
        for (name, text) in &examined.secrets {
            secrets.add(name, text.expose());
        }
        let config = examined.config.as_ref();
        for channel in config.iter().flat_map(|config| &config.alerts.channels) {
            let source = format!("the channel {}", channel.name);
            for text in channel.secrets() {
                secrets.add(&source, &text);
            }
        }
        if let Ok(Some(key)) = secret::load(Path::new(secret::KEY_FILE)) {
            let key = String::from_utf8_lossy(key.expose()).into_owned();
            secrets.add(secret::KEY_FILE, &key);
        }
        secrets
    }

    pub fn add(&mut self, source: &str, text: &str) {
        let text = text.trim();
        if text.len() < MIN_BYTES || COMMON.contains(&text) {
            return;
        }
        let sources = self.0.entry(text.to_owned()).or_default();
        sources.insert(source.to_owned());
    }

    /// In each way in which they may be written.
    pub fn texts(&self) -> Vec<String> {
        let mut all = BTreeSet::new();
        for text in self.0.keys() {
            let decoded = percent_decode_str(text).decode_utf8_lossy().into_owned();
            for text in [text.clone(), decoded] {
                let json = serde_json::to_string(&text).unwrap_or_default();
                all.insert(json.trim_matches('"').to_owned());
                all.insert(utf8_percent_encode(&text, RESERVED).to_string());
                all.insert(STANDARD.encode(&text));
                all.insert(text);
            }
        }
        all.retain(|text| text.len() >= MIN_BYTES);
        all.into_iter().collect()
    }

    pub fn sources(&self) -> Vec<String> {
        let all: BTreeSet<&String> = self.0.values().flatten().collect();
        all.into_iter().cloned().collect()
    }
}
