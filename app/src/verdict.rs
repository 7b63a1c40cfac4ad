//! What on-call needs first: is it ready, and if not, why. One sentence's worth of the status.

use crate::components::state::State;
use crate::dto::{Check, CheckStatus, Code, Status};

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
    fn lost_log_lines_need_attention_though_it_is_ready() {
        let mut status = fixtures::healthy();
        let loss = fixtures::broken().logging.files[0].loss.clone();
        status.logging.files[0].loss = loss;
        let loses = Reason::LosesLines {
            file: "access.log".to_owned(),
            count: 1_234,
            reason: "No space left on device (os error 28)".to_owned(),
        };
        assert_eq!(
            Verdict::of(&status),
            Verdict::NeedsAttention(vec![loses])
        );
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
