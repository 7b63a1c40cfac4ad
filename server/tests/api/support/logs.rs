//! A service's log files, read as a program reads them.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::wait::{SOON, eventually};

pub const FILES: [&str; 4] = ["app.log", "access.log", "error.log", "db.log"];

pub struct Logs(PathBuf);

impl Logs {
    pub fn in_directory(directory: PathBuf) -> Self {
        Self(directory)
    }

    /// A file as it is; a missing one fails the test.
    pub fn text(&self, file: &str) -> String {
        let path = self.0.join(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The whole lines of a file. A line that is no JSON object fails the test.
    pub fn lines(&self, file: &str) -> Vec<Value> {
        let text = self.text(file);
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let parse = |line: &str| {
            let value: Value = serde_json::from_str(line)
                .unwrap_or_else(|error| panic!("{file}: {error} in {line}"));
            assert!(value.is_object(), "{file}: {line} is not an object");
            value
        };
        whole.lines().map(parse).collect()
    }

    /// Waits for a line of a file.
    pub async fn line(&self, file: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        eventually(&format!("a line in {file}"), SOON, async || {
            self.lines(file).into_iter().find(&is_wanted)
        })
        .await
    }

    /// Waits for the access line of the request with this id, in `access.log`.
    pub async fn access(&self, request_id: &str) -> Value {
        self.line("access.log", |line| line["request_id"] == request_id)
            .await
    }
}
