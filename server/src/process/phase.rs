//! Where the process is in its life: the readiness check `startup`.

use std::sync::{Mutex, PoisonError};

use ops::health::{CheckResult, Code};

/// The check's name.
pub const STARTUP: &str = "startup";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not all migrations are applied yet; the code of the latest failure.
    Starting(Code),
    Running,
    Draining,
}

pub struct Phase(Mutex<State>);

impl Default for Phase {
    fn default() -> Self {
        Self(Mutex::new(State::Starting(Code::Unreachable)))
    }
}

impl Phase {
    fn set(&self, next: State) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // There is no way back from draining.
        if *state != State::Draining {
            *state = next;
        }
    }

    pub fn still_starting(&self, because: Code) {
        self.set(State::Starting(because));
    }

    pub fn running(&self) {
        self.set(State::Running);
    }

    pub fn draining(&self) {
        self.set(State::Draining);
    }

    pub fn is_draining(&self) -> bool {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) == State::Draining
    }

    /// The check `startup`.
    pub fn check(&self) -> CheckResult {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Starting(code) => CheckResult::failed(code),
            State::Running => CheckResult::ok(),
            State::Draining => CheckResult::failed(Code::Draining),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_runs_and_never_comes_back_from_draining() {
        let phase = Phase::default();
        assert!(!phase.check().ready);
        phase.still_starting(Code::Refused);
        assert_eq!(phase.check().error, Some(Code::Refused));
        phase.running();
        assert!(phase.check().ready);
        assert!(!phase.is_draining());
        phase.draining();
        phase.running();
        assert!(phase.is_draining());
        assert_eq!(phase.check().error, Some(Code::Draining));
    }
}
