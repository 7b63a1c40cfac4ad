//! Another level for a while: it comes back by itself, so that nobody has to remember.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::Notify;

use super::level::{LevelError, LogLevel};
use crate::clock::Clock;

/// What is verbose enough, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelState {
    /// In force.
    pub directives: String,
    /// What it goes back to.
    pub configured: String,
    /// None while the configured ones are in force.
    pub until: Option<SystemTime>,
    pub changed_by: Option<String>,
}

/// Changes a [`LogLevel`] for a while, and has each change logged: as WARNING, so that it is in
/// `error.log` whatever the level.
pub struct TemporaryLevel {
    level: LogLevel,
    configured: Mutex<String>,
    clock: Arc<dyn Clock>,
    /// Locked before `configured`.
    change: Mutex<Option<Change>>,
    changed: Notify,
}

struct Change {
    until: SystemTime,
    deadline: Instant,
    by: String,
}

impl TemporaryLevel {
    /// `level` is as it was configured.
    pub fn new(level: LogLevel, clock: Arc<dyn Clock>) -> Self {
        Self {
            configured: Mutex::new(level.directives()),
            level,
            clock,
            change: Mutex::new(None),
            changed: Notify::new(),
        }
    }

    pub fn state(&self) -> LevelState {
        let change = self.lock();
        LevelState {
            directives: self.level.directives(),
            configured: self.configured(),
            until: change.as_ref().map(|change| change.until),
            changed_by: change.as_ref().map(|change| change.by.clone()),
        }
    }

    /// Puts `directives` in force for a while, in place of an earlier change.
    ///
    /// # Errors
    /// Names the directive that can't be understood; nothing changes then.
    pub fn set(&self, directives: &str, duration: Duration, by: &str) -> Result<(), LevelError> {
        let mut change = self.lock();
        let before = self.level.directives();
        self.level.set(directives)?;
        *change = Some(Change {
            until: self.clock.now() + duration,
            deadline: self.clock.monotonic() + duration,
            by: by.to_owned(),
        });
        drop(change);
        self.changed.notify_one();
        tracing::warn!(
            directives,
            before,
            duration_seconds = duration.as_secs(),
            changed_by = by,
            "{by} set the log level to `{directives}` for {} s",
            duration.as_secs()
        );
        Ok(())
    }

    /// What the configuration says from now on: in force at once, or after the change there is.
    /// `directives` have been parsed; others change nothing.
    pub fn configure(&self, directives: &str) {
        let change = self.lock();
        if LogLevel::parse(directives).is_err() {
            return;
        }
        directives.clone_into(
            &mut self
                .configured
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        if change.is_none() {
            // They were understood a moment ago.
            _ = self.level.set(directives);
        }
    }

    /// Puts the configured directives back in force before the time.
    pub fn reset(&self, by: &str) {
        if self.go_back() {
            let configured = self.configured();
            tracing::warn!(
                directives = configured,
                changed_by = by,
                "{by} set the log level back to `{configured}`"
            );
        }
    }

    /// Goes back when the time has come. Run it for as long as levels may be changed.
    pub async fn keep(&self) {
        loop {
            let deadline = self.lock().as_ref().map(|change| change.deadline);
            let Some(deadline) = deadline else {
                self.changed.notified().await;
                continue;
            };
            let left = deadline.saturating_duration_since(self.clock.monotonic());
            if !left.is_zero() {
                // Another change may bring another deadline.
                _ = tokio::time::timeout(left, self.changed.notified()).await;
                continue;
            }
            if self.go_back() {
                let configured = self.configured();
                tracing::warn!(
                    directives = configured,
                    "the log level is back to `{configured}`"
                );
            }
        }
    }

    fn go_back(&self) -> bool {
        let mut change = self.lock();
        let was_changed = change.take().is_some();
        // They were understood when the process started.
        was_changed && self.level.set(&self.configured()).is_ok()
    }

    fn configured(&self) -> String {
        let configured = self.configured.lock();
        configured.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Change>> {
        self.change.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::clock::ManualClock;

    const WHILE: Duration = Duration::from_secs(900);

    fn temporary() -> (Arc<TemporaryLevel>, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::default());
        let level = LogLevel::parse("info").unwrap();
        (Arc::new(TemporaryLevel::new(level, clock.clone())), clock)
    }

    #[test]
    fn what_is_in_force_is_shown_with_who_and_until_when() {
        let (level, clock) = temporary();
        let configured = level.state();
        assert_eq!((configured.until, configured.changed_by), (None, None));
        level.set("debug", WHILE, "ada").unwrap();
        let state = level.state();
        assert_eq!(
            (state.directives.as_str(), state.configured.as_str()),
            ("debug", "info")
        );
        assert_eq!(state.until, Some(clock.now() + WHILE));
        assert_eq!(state.changed_by.as_deref(), Some("ada"));
    }

    #[test]
    fn a_refused_change_leaves_the_one_there_is() {
        let (level, _) = temporary();
        level.set("debug", WHILE, "ada").unwrap();
        let before = level.state();
        level.set("loud", WHILE, "bob").unwrap_err();
        assert_eq!(level.state(), before);
    }

    #[test]
    fn a_new_configuration_waits_for_the_end_of_a_change() {
        let (level, _) = temporary();
        level.set("debug", WHILE, "ada").unwrap();
        level.configure("error");
        assert_eq!(level.state().directives, "debug");
        level.reset("ada");
        assert_eq!(level.state().directives, "error");
        level.configure("warn");
        assert_eq!(level.state().directives, "warn");
        level.configure("nonsense");
        assert_eq!(level.state().directives, "warn");
    }

    #[test]
    fn it_can_be_set_back_before_the_time() {
        let (level, _) = temporary();
        level.set("debug", WHILE, "ada").unwrap();
        level.reset("ada");
        let state = level.state();
        assert_eq!((state.directives.as_str(), state.until), ("info", None));
    }

    #[tokio::test(start_paused = true)]
    async fn it_goes_back_when_the_time_of_the_latest_change_has_come() {
        let (level, clock) = temporary();
        let keeping = tokio::spawn({
            let level = level.clone();
            async move { level.keep().await }
        });
        let pass = async |time: Duration| {
            clock.advance(time);
            tokio::time::sleep(time).await;
        };
        level.set("debug", WHILE, "ada").unwrap();
        pass(WHILE / 2).await;
        level.set("trace", WHILE, "ada").unwrap();
        pass(WHILE * 3 / 4).await;
        assert_eq!(level.state().directives, "trace");
        pass(WHILE / 2).await;
        assert_eq!(level.state().directives, "info");
        keeping.abort();
    }
}
