//! What a colleague needs to help, in one archive, without the secrets: what doctor finds, how the service
//! is or what it left behind, its configuration, rules, incidents, errors and the newest lines of its logs.
//!
//! parts (`local`, `stored`, and whatever the caller asked the running service for) → `hiding` → `archive`.
//! All of it is bounded: each part in bytes, each question in time. A part that can't be had is a file
//! that says why.

mod archive;
mod hiding;
mod json_strings;
pub mod local;
mod secrets;
pub mod stored;

pub use archive::write;
pub use hiding::Hider;
pub use secrets::Secrets;

use std::fmt::Write as _;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use ops::clock::rfc3339_millis;

/// Of what is longer nothing, or its end, is taken.
const MAX_PART_BYTES: usize = 4 << 20;

/// Something for the archive, as it was found.
pub struct Part {
    /// Such as `logs/app.log`.
    name: String,
    content: Content,
}

enum Content {
    Json(String),
    /// One JSON object a line, or other lines.
    Lines(String),
    /// What this program says of itself: free of secrets but for those that stand in names and paths.
    Own(String),
    /// Why it can't be had.
    Missing(String),
}

impl Part {
    fn new(name: &str, content: Content) -> Self {
        Self {
            name: name.to_owned(),
            content,
        }
    }

    pub fn json(name: &str, text: String) -> Self {
        if text.len() > MAX_PART_BYTES {
            return Self::missing(name, &format!("it is longer than {MAX_PART_BYTES} bytes"));
        }
        Self::new(name, Content::Json(text))
    }

    pub fn lines(name: &str, text: String) -> Self {
        Self::new(name, Content::Lines(text))
    }

    pub fn own(name: &str, text: impl ToString) -> Self {
        Self::new(name, Content::Own(text.to_string()))
    }

    pub fn missing(name: &str, why: &str) -> Self {
        Self::new(name, Content::Missing(why.to_owned()))
    }
}

/// A file of the archive, its secrets hidden.
struct File {
    name: String,
    text: String,
    /// How often something was hidden.
    hidden: usize,
}

pub struct Bundle {
    /// The folder in the archive, and the archive's own name without its ending.
    pub name: String,
    pub made_at: SystemTime,
    instance: String,
    hider: Hider,
    files: Vec<File>,
    /// Each with the reason.
    missing: Vec<(String, String)>,
}

impl Bundle {
    pub fn new(instance: &str, made_at: SystemTime, hider: Hider) -> Self {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let safe: String = instance
            .chars()
            .map(|c| if is_plain(c) { c } else { '-' })
            .collect();
        let time = DateTime::<Utc>::from(made_at).format("%Y%m%dT%H%M%SZ");
        Self {
            name: format!("{}_{safe}_{time}", crate::SERVICE_NAME),
            made_at,
            instance: instance.to_owned(),
            hider,
            files: Vec::new(),
            missing: Vec::new(),
        }
    }

    pub fn add(&mut self, parts: impl IntoIterator<Item = Part>) {
        for Part { name, content } in parts {
            let (name, (text, hidden)) = match content {
                Content::Json(text) => (name, self.hider.json(&text)),
                Content::Lines(text) => (name, self.hider.lines(&text)),
                Content::Own(text) => (name, self.hider.known(&text)),
                Content::Missing(why) => {
                    let (why, hidden) = self.hider.lines(&why);
                    self.missing.push((name.clone(), why.trim_end().to_owned()));
                    (format!("{name}.missing.txt"), (why, hidden))
                }
            };
            self.files.push(File { name, text, hidden });
        }
    }

    /// What it holds, what was hidden, and what could not be had: for a terminal and for the archive.
    pub fn manifest(&self) -> String {
        let mut out = String::new();
        let service = crate::SERVICE_NAME;
        let (version, commit) = (crate::VERSION, crate::COMMIT);
        _ = writeln!(
            out,
            "{service} {version} ({commit}), instance {}, {}\n",
            self.instance,
            rfc3339_millis(self.made_at)
        );
        _ = writeln!(out, "{:>10}  {:>6}  file", "bytes", "hidden");
        for file in &self.files {
            let (bytes, hidden) = (file.text.len(), file.hidden);
            _ = writeln!(out, "{bytes:>10}  {hidden:>6}  {}", file.name);
        }
        _ = writeln!(out, "\nHidden, as ***:");
        for line in self.hider.told() {
            _ = writeln!(out, "- {line}");
        }
        if !self.missing.is_empty() {
            _ = writeln!(out, "\nNot to be had:");
        }
        for (name, why) in &self.missing {
            _ = writeln!(out, "- {name}: {why}");
        }
        out
    }
}
