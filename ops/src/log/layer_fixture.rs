//! For tests: a pipeline in a directory of its own, with a console that can be read.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Map, Value};
use tempfile::TempDir;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

use super::console::{Console, ConsoleFormat};
use super::file_kind::LogFile;
use super::level::LogLevel;
use super::service::{Log, LogConfig, start};
use crate::clock::ManualClock;

pub(super) type Object = Map<String, Value>;

/// A console that keeps what is written.
#[derive(Clone, Default)]
pub(super) struct Screen(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Screen {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

impl Screen {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

pub(super) struct Fixture {
    _directory: TempDir,
    pub level: LogLevel,
    pub log: Log,
    pub screen: Screen,
}

impl Fixture {
    pub fn new(level: &str) -> Self {
        let directory = TempDir::new().unwrap();
        let config = LogConfig::new(directory.path());
        Self {
            level: LogLevel::parse(level).unwrap(),
            log: start(config, Arc::new(ManualClock::default())).unwrap(),
            screen: Screen::default(),
            _directory: directory,
        }
    }

    /// Logs with `act`; the console shows text.
    pub fn run(&self, act: impl FnOnce()) -> &Self {
        self.run_with(ConsoleFormat::Text, act)
    }

    pub fn run_with(&self, format: ConsoleFormat, act: impl FnOnce()) -> &Self {
        let console = Console::new(format, self.screen.clone());
        let layer = self.log.layer(&self.level, Some(console));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), act);
        self
    }

    pub fn text(&self, file: LogFile) -> String {
        assert!(self.log.flush(Duration::from_secs(5)));
        std::fs::read_to_string(self.log.path(file)).unwrap()
    }

    pub fn lines(&self, file: LogFile) -> Vec<Object> {
        let text = self.text(file);
        assert!(text.is_empty() || text.ends_with('\n'));
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    pub fn messages(&self, file: LogFile) -> Vec<Value> {
        let lines = self.lines(file).into_iter();
        lines.map(|line| line["message"].clone()).collect()
    }
}

/// The only line that `act` leaves in app.log.
pub(super) fn app_line(act: impl FnOnce()) -> Object {
    let fixture = Fixture::new("trace");
    let mut lines = fixture.run(act).lines(LogFile::App);
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines.remove(0)
}
