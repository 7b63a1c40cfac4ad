//! The checks of readiness.

use super::super::finding::{Finding, Severity, Subject};
use super::super::snapshot::Check;
use super::super::thresholds::DATABASE_LATENCY_MS;
use super::Context;

const DATABASE: &str = "database";
const MIGRATIONS: &str = "migrations";
/// The code of a check that had no answer in time.
const TIMEOUT: &str = "timeout";

pub fn readiness(context: &Context) -> Vec<Finding> {
    let checks = &context.snapshot.checks;
    if checks.is_empty() {
        let subject = Subject::Check(String::new());
        return vec![Finding::new("no_checks", Severity::Warning, subject)];
    }
    let is_down = checks
        .iter()
        .any(|check| check.name == DATABASE && check.has_failed);
    let told = checks
        .iter()
        // Of migrations nothing is known while the database does not answer: that is one failure.
        .filter(|check| !(is_down && check.name == MIGRATIONS && check.unapplied.is_empty()));
    told.filter_map(|check| judged(context, check)).collect()
}

fn judged(context: &Context, check: &Check) -> Option<Finding> {
    let subject = Subject::Check(check.name.clone());
    let finding = |id, severity| {
        let finding = Finding::new(id, severity, subject.clone()).with("check", &*check.name);
        match &check.code {
            Some(code) => finding.with("code", &**code),
            None => finding,
        }
    };
    if check.has_failed {
        return Some(finding("check_failed", Severity::Critical));
    }
    if !check.unapplied.is_empty() {
        let count = check.unapplied.len();
        let unapplied = Finding::new("migrations_unapplied", Severity::Critical, subject);
        return Some(
            unapplied
                .with("count", count)
                .with("names", check.unapplied.clone()),
        );
    }
    if !check.is_ready {
        return Some(finding("check_failed", Severity::Critical));
    }
    if check.warns && check.code.as_deref() == Some(TIMEOUT) {
        return Some(finding("database_slow", Severity::Warning));
    }
    if check.warns {
        return Some(finding("check_warns", Severity::Warning));
    }
    let latency_ms = check.latency_ms.filter(|_| check.name == DATABASE)?;
    context
        .exceeds("database_slow", &subject, latency_ms, DATABASE_LATENCY_MS)
        .then(|| finding("database_slow", Severity::Warning).with("latency_ms", latency_ms))
}
