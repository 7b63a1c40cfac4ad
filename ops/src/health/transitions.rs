//! What the log is told of checks: their changes.

use std::collections::HashMap;

use super::{CheckName, CheckResult, Code, Status};

/// The states that the log was last told of; at first that all is well.
#[derive(Default)]
pub(super) struct Told(HashMap<CheckName, Status>);

impl Told {
    /// One line when a check changes its state, none while it stays: a database that is down for an
    /// hour is two lines. `is_starting` when the checks began: a warning is no news yet, since what
    /// it warns of, as migrations that lack, may be what the start is about to do.
    pub(super) fn tell(&mut self, checks: &[(CheckName, CheckResult)], is_starting: bool) {
        for (name, check) in checks {
            if is_starting && check.status == Status::Warning {
                continue;
            }
            let was = self.0.insert(name.clone(), check.status);
            if was.unwrap_or(Status::Ok) != check.status {
                log(name, check);
            }
        }
    }
}

fn log(name: &CheckName, check: &CheckResult) {
    let cause = check.cause.as_deref();
    match check.status {
        Status::Ok => tracing::info!(check = %name, "health check {name} is ok again"),
        Status::Warning => {
            tracing::warn!(check = %name, cause, "health check {name} gives a warning");
        }
        Status::Error => {
            let code = check.error.map_or("unknown", Code::as_str);
            tracing::warn!(check = %name, code, cause, "health check {name} fails: {code}");
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::fmt::Write as _;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// The lines of these runs, each of one check.
    fn lines(runs: impl IntoIterator<Item = (CheckResult, bool)>) -> Vec<String> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        tracing::subscriber::with_default(Recorder(lines.clone()), || {
            let mut told = Told::default();
            for (check, is_starting) in runs {
                told.tell(&[("it".into(), check)], is_starting);
            }
        });
        let lines = lines.lock().unwrap();
        lines.clone()
    }

    #[test]
    fn a_failure_and_a_recovery_are_one_line_each() {
        let failed = || CheckResult::failed(Code::Refused).with_cause("nobody there");
        let runs = [
            CheckResult::ok(),
            failed(),
            failed(),
            CheckResult::ok(),
            CheckResult::ok(),
            CheckResult::warning(),
        ];
        let expected = [
            "WARN health check it fails: refused check=it code=refused cause=nobody there",
            "INFO health check it is ok again check=it",
            "WARN health check it gives a warning check=it",
        ];
        assert_eq!(lines(runs.map(|check| (check, false))), expected);
    }

    #[test]
    fn a_first_run_that_fails_is_told() {
        for is_starting in [true, false] {
            let failed = CheckResult::failed(Code::Timeout);
            assert_eq!(lines([(failed, is_starting)]).len(), 1);
        }
    }

    #[test]
    fn what_a_start_puts_right_is_no_news() {
        let runs = [(CheckResult::warning(), true), (CheckResult::ok(), false)];
        assert_eq!(lines(runs), [""; 0]);
    }

    #[test]
    fn what_a_start_leaves_is_told_after_it() {
        let starting = (CheckResult::warning(), true);
        let started = || (CheckResult::warning(), false);
        let expected = ["WARN health check it gives a warning check=it"];
        assert_eq!(lines([starting, started(), started()]), expected);
    }

    /// A subscriber that keeps events as text.
    struct Recorder(Arc<Mutex<Vec<String>>>);

    impl tracing::Subscriber for Recorder {
        fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
            tracing::span::Id::from_u64(1)
        }

        fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

        fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

        fn event(&self, event: &tracing::Event<'_>) {
            struct Text(String);
            impl tracing::field::Visit for Text {
                fn record_debug(
                    &mut self,
                    field: &tracing::field::Field,
                    value: &dyn std::fmt::Debug,
                ) {
                    match field.name() {
                        "message" => write!(self.0, " {value:?}").unwrap(),
                        name => write!(self.0, " {name}={value:?}").unwrap(),
                    }
                }

                fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
                    write!(self.0, " {}={value}", field.name()).unwrap();
                }
            }
            let mut text = Text(event.metadata().level().to_string());
            event.record(&mut text);
            self.0.lock().unwrap().push(text.0);
        }

        fn enter(&self, _: &tracing::span::Id) {}

        fn exit(&self, _: &tracing::span::Id) {}
    }
}
