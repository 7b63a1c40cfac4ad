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
    DroppedLines {
        count: u64,
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
        let count = status.logging.dropped_lines;
        let dropped = (count > 0).then_some(Reason::DroppedLines { count });
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
        status.logging.dropped_lines = 7;
        let verdict = Verdict::of(&status);
        assert_eq!(
            verdict,
            Verdict::NeedsAttention(vec![Reason::DroppedLines { count: 7 }])
        );
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
