//! What on-call needs first: is it ready, and if not, why. One sentence's worth of the status.

use crate::components::state::State;
use crate::dto::{Check, CheckStatus, Checks, Code, Status};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All checks pass; how many there are.
    Ready {
        checks: usize,
    },
    /// It serves, but somebody should look.
    NeedsAttention(Vec<Reason>),
    NotReady(Vec<Reason>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    Failed {
        check: String,
        code: Option<Code>,
    },
    Unapplied {
        count: u32,
    },
    Warned {
        check: String,
    },
    /// A log file can't take its lines now.
    LosesLines {
        file: String,
        count: u64,
        /// In the system's words.
        reason: String,
    },
    /// Nothing was checked: no reason to call it well.
    NoChecks,
}

impl Verdict {
    /// The same rule as readiness itself (any error, or an unapplied migration, is not ready); what
    /// readiness tolerates is worth attention.
    pub fn of(status: &Status) -> Self {
        let failures: Vec<Reason> = status
            .checks
            .iter()
            .filter(|(name, check)| !follows_from_another(name, check, &status.checks))
            .filter_map(|(name, check)| failure(name, check))
            .collect();
        if !failures.is_empty() {
            return Self::NotReady(failures);
        }

        let warnings = status
            .checks
            .iter()
            .filter(|(_, check)| check.status == CheckStatus::Warning)
            .map(|(name, _)| Reason::Warned {
                check: name.clone(),
            });
        // What was lost and is over stands among the losses, not here.
        let losses = status.logging.files.iter().flat_map(|file| &file.loss);
        let dropped = losses.map(|loss| Reason::LosesLines {
            file: loss.file.clone(),
            count: loss.dropped,
            reason: loss.reason.clone(),
        });
        let unchecked = status.checks.is_empty().then_some(Reason::NoChecks);
        let concerns: Vec<Reason> = warnings.chain(dropped).chain(unchecked).collect();
        if concerns.is_empty() {
            Self::Ready {
                checks: status.checks.len(),
            }
        } else {
            Self::NeedsAttention(concerns)
        }
    }
}

impl Verdict {
    pub fn state(&self) -> State {
        match self {
            Self::Ready { .. } => State::Ok,
            Self::NeedsAttention(_) => State::Warning,
            Self::NotReady(_) => State::Error,
        }
    }
}

/// Whether something fails, or has failed of late: then nothing is called quiet, whatever the log says.
#[cfg_attr(not(feature = "ssr"), allow(dead_code, reason = "drawings ask"))]
pub fn is_failing(status: &Status) -> bool {
    let has_failed = status
        .traffic_24h
        .as_ref()
        .is_some_and(|traffic| traffic.errors > 0);
    has_failed || matches!(Verdict::of(status), Verdict::NotReady(_))
}

/// Nothing can be said of migrations while the database itself can't be asked: that would be the same
/// failure once more.
pub fn follows_from_another(name: &str, check: &Check, checks: &Checks) -> bool {
    let fails = |name: &str| {
        let check = checks.get(name);
        check.is_some_and(|check| check.status == CheckStatus::Error)
    };
    name == "migrations" && check.error.is_some() && check.unapplied.is_none() && fails("database")
}

fn failure(name: &str, check: &Check) -> Option<Reason> {
    match (check.status, check.unapplied) {
        (CheckStatus::Error, _) => Some(Reason::Failed {
            check: name.to_owned(),
            code: check.error,
        }),
        (_, Some(count)) if count > 0 => Some(Reason::Unapplied { count }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use crate::fixtures;

    #[test]
    fn all_checks_ok_is_ready() {
        let verdict = Verdict::of(&fixtures::healthy());
        assert_eq!(verdict, Verdict::Ready { checks: 4 });
    }

    #[test]
    fn the_reasons_name_each_failure_and_nothing_that_readiness_tolerates() {
        let verdict = Verdict::of(&fixtures::broken());
        let database = Reason::Failed {
            check: "database".to_owned(),
            code: Some(Code::Refused),
        };
        assert_eq!(
            verdict,
            Verdict::NotReady(vec![database, Reason::Unapplied { count: 2 }])
        );
    }

    #[test]
    fn a_database_that_is_away_is_no_failure_of_its_migrations_too() {
        let mut status = fixtures::broken();
        let database = status.checks.get("database").cloned();
        status
            .checks
            .extend(database.map(|check| ("migrations".to_owned(), check)));
        let refused = Reason::Failed {
            check: "database".to_owned(),
            code: Some(Code::Refused),
        };
        assert_eq!(Verdict::of(&status), Verdict::NotReady(vec![refused]));
    }

    #[test]
    fn nothing_is_called_quiet_while_requests_fail() {
        let with_errors = |errors| {
            let mut status = fixtures::empty();
            if let Some(traffic) = &mut status.traffic_24h {
                traffic.errors = errors;
            }
            is_failing(&status)
        };
        assert!(!with_errors(0));
        assert!(with_errors(1));
        assert!(is_failing(&fixtures::broken()));
    }

    #[test]
    fn lost_log_lines_need_attention_though_it_is_ready() {
        let mut status = fixtures::healthy();
        let loss = fixtures::broken().logging.files[0].loss.clone();
        status.logging.files[0].loss = loss;
        let loses = Reason::LosesLines {
            file: "access.log".to_owned(),
            count: 1_234,
            reason: "No space left on device (os error 28)".to_owned(),
        };
        assert_eq!(Verdict::of(&status), Verdict::NeedsAttention(vec![loses]));
    }

    #[test]
    fn lines_that_were_lost_once_are_a_past_event() {
        let mut status = fixtures::healthy();
        status.logging.dropped_lines = 7;
        assert_eq!(Verdict::of(&status).state(), State::Ok);
    }

    #[test]
    fn no_checks_at_all_is_not_called_well() {
        let verdict = Verdict::of(&fixtures::empty());
        assert_eq!(verdict, Verdict::NeedsAttention(vec![Reason::NoChecks]));
    }

    #[test]
    fn a_warning_needs_attention() {
        let mut status = fixtures::healthy();
        for check in status.checks.values_mut() {
            check.status = CheckStatus::Warning;
        }
        assert_eq!(Verdict::of(&status).state(), State::Warning);
    }
}
