//! What the log is told of checks: their changes.

use super::report::Measurement;
use super::{Code, Status};

/// One line when a check changes its state, none while it stays: a database that is down for an
/// hour is two lines.
pub(super) fn log_transitions(before: Option<&Measurement>, now: &Measurement) {
    for (name, check) in &now.checks {
        let was = before
            .and_then(|before| before.checks.iter().find(|(other, _)| other == name))
            .map_or(Status::Ok, |(_, check)| check.status);
        if was == check.status {
            continue;
        }
        let error = check.error.map(Code::as_str);
        let cause = check.cause.as_deref();
        match check.status {
            Status::Ok => tracing::info!(check = %name, "health check {name} is ok again"),
            Status::Warning => {
                tracing::warn!(check = %name, cause, "health check {name} gives a warning");
            }
            Status::Error => {
                let code = error.unwrap_or("unknown");
                tracing::warn!(check = %name, code, cause, "health check {name} fails: {code}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::fmt::Write as _;
    use std::sync::{Arc, Mutex};
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::health::CheckResult;

    fn measurement(check: CheckResult) -> Measurement {
        Measurement {
            measured_at: UNIX_EPOCH,
            checks: vec![("it".into(), check)],
        }
    }

    #[test]
    fn a_failure_and_a_recovery_are_one_line_each() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let failed = || CheckResult::failed(Code::Refused).with_cause("nobody there");
        let runs = [
            CheckResult::ok(),
            failed(),
            failed(),
            CheckResult::ok(),
            CheckResult::ok(),
            CheckResult::warning(),
        ];
        tracing::subscriber::with_default(Recorder(lines.clone()), || {
            let mut before = None;
            for now in runs.map(measurement) {
                log_transitions(before.as_ref(), &now);
                before = Some(now);
            }
        });
        let expected = [
            "WARN health check it fails: refused check=it code=refused cause=nobody there",
            "INFO health check it is ok again check=it",
            "WARN health check it gives a warning check=it",
        ];
        assert_eq!(*lines.lock().unwrap(), expected);
    }

    #[test]
    fn a_first_run_that_fails_is_told() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        tracing::subscriber::with_default(Recorder(lines.clone()), || {
            log_transitions(None, &measurement(CheckResult::failed(Code::Timeout)));
        });
        assert_eq!(lines.lock().unwrap().len(), 1);
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
