//! Hysteresis of a probe that may be slow: one run without an answer is slowness, two are a failure,
//! and what has failed must answer steadily before it is believed.
//!
//! Without it a database whose answers take about as long as the probe's time-out turns readiness back
//! and forth, and a load balancer throws out all replicas at once.

use std::time::Duration;

use super::{CheckName, CheckResult, Code};

type Results = Vec<(CheckName, CheckResult)>;

/// So many runs in a row without an answer are a failure.
const TIMEOUTS: u32 = 2;

/// After a failure so many slow answers in a row are a recovery. One quick answer is enough.
const SLOW_ANSWERS: u32 = 3;

/// A quick answer takes at most this part of the probe's time-out.
const QUICK: u32 = 2;

#[derive(Default)]
pub(super) struct Hysteresis {
    /// What the last answer said; `None` before the first, and after a failure.
    answered: Option<Results>,
    /// No run since the last failure was believed.
    has_failed: bool,
    /// The runs in a row that spoke against the present state.
    against: u32,
}

impl Hysteresis {
    /// What `found` means after what was found before. `timeout` is the probe's own.
    pub fn settle(&mut self, found: Results, timeout: Duration) -> Results {
        let timed_out = found
            .iter()
            .all(|(_, check)| check.error == Some(Code::Timeout));
        if timed_out {
            return self.without_answer(found);
        }
        if self.has_failed && !is_decided(&found, timeout) {
            self.against += 1;
            if self.against < SLOW_ANSWERS {
                return fail(&found);
            }
        }
        self.against = 0;
        self.answered = answer(&found);
        self.has_failed = self.answered.is_none();
        found
    }

    /// Whether the next run is to follow at once, since it decides.
    pub fn is_undecided(&self) -> bool {
        self.against > 0
    }

    fn without_answer(&mut self, found: Results) -> Results {
        let Some(answered) = &self.answered else {
            self.against = 0;
            self.has_failed = true;
            return found;
        };
        self.against += 1;
        if self.against < TIMEOUTS {
            return answered.iter().cloned().map(slow).collect();
        }
        self.against = 0;
        self.answered = None;
        self.has_failed = true;
        found
    }
}

/// Whether the answer needs no second one: it is quick, or says itself that something is wrong.
fn is_decided(found: &Results, timeout: Duration) -> bool {
    let mut checks = found.iter().map(|(_, check)| check);
    checks.all(|check| check.latency.is_none_or(|it| it <= timeout / QUICK))
}

/// What may stand for the next run, if that has no answer: a failure is none.
fn answer(found: &Results) -> Option<Results> {
    let is_answer = found
        .iter()
        .all(|(_, check)| check.error.is_none() || check.ready);
    is_answer.then(|| found.clone())
}

/// The last answer of a check that is slow now. One that measures nothing says what it said.
fn slow((name, check): (CheckName, CheckResult)) -> (CheckName, CheckResult) {
    if check.latency.is_none() {
        return (name, check);
    }
    let slow = CheckResult {
        details: check.details,
        ..CheckResult::warning().with_code(Code::Timeout)
    };
    (name, slow.with_cause("no answer in time"))
}

fn fail(found: &Results) -> Results {
    let failed = CheckResult::failed(Code::Timeout).with_cause("it answers, but slowly");
    let names = found.iter().map(|(name, _)| name.clone());
    names.map(|name| (name, failed.clone())).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(1);

    fn answered(milliseconds: u64) -> Results {
        let latency = Duration::from_millis(milliseconds);
        let database = CheckResult::ok()
            .with_latency(latency)
            .with_detail("version", "15.14");
        vec![
            ("database".into(), database),
            ("migrations".into(), CheckResult::ok()),
        ]
    }

    fn failed(code: Code) -> Results {
        let failed = CheckResult::failed(code);
        vec![
            ("database".into(), failed.clone()),
            ("migrations".into(), failed),
        ]
    }

    /// Whether each run leaves the service ready.
    fn readiness(runs: impl IntoIterator<Item = Results>) -> Vec<bool> {
        let mut hysteresis = Hysteresis::default();
        let settled = runs.into_iter().map(|run| hysteresis.settle(run, TIMEOUT));
        settled
            .map(|it| it.iter().all(|(_, check)| check.ready))
            .collect()
    }

    #[test]
    fn one_run_without_an_answer_is_slowness_and_two_are_a_failure() {
        let mut hysteresis = Hysteresis::default();
        hysteresis.settle(answered(4), TIMEOUT);
        assert!(!hysteresis.is_undecided());
        let slow = hysteresis.settle(failed(Code::Timeout), TIMEOUT);
        let (_, database) = &slow[0];
        assert!(database.ready && hysteresis.is_undecided());
        assert_eq!(database.error, Some(Code::Timeout));
        assert_eq!(database.details.get("version").unwrap(), "15.14");
        assert_eq!(slow[1].1, CheckResult::ok());
        let down = hysteresis.settle(failed(Code::Timeout), TIMEOUT);
        assert!(!down[0].1.ready && !hysteresis.is_undecided());
    }

    #[test]
    fn a_failure_that_says_what_it_is_counts_at_once() {
        let refused = failed(Code::Refused);
        assert_eq!(
            readiness([answered(4), refused, failed(Code::Timeout)]),
            [true, false, false]
        );
    }

    #[test]
    fn without_an_answer_before_it_the_first_time_out_is_a_failure() {
        assert_eq!(readiness([failed(Code::Timeout)]), [false]);
    }

    #[test]
    fn a_quick_answer_ends_a_failure_and_slow_ones_have_to_repeat() {
        let down = || [answered(4), failed(Code::Timeout), failed(Code::Timeout)];
        let quick = down().into_iter().chain([answered(500)]);
        assert_eq!(readiness(quick), [true, true, false, true]);
        let slow = down().into_iter().chain([900, 900, 900].map(answered));
        assert_eq!(readiness(slow), [true, true, false, false, false, true]);
    }

    #[test]
    fn answers_and_time_outs_by_turns_change_nothing() {
        let by_turns = || {
            (0..40).map(|run| match run % 2 {
                0 => answered(900),
                _ => failed(Code::Timeout),
            })
        };
        assert!(readiness(by_turns()).iter().all(|ready| *ready));
        let down = [answered(4), failed(Code::Timeout), failed(Code::Timeout)];
        let after = readiness(down.into_iter().chain(by_turns()));
        assert!(after[2..].iter().all(|ready| !ready));
    }

    proptest! {
        #[test]
        fn each_turn_has_its_runs_in_a_row(kinds in proptest::collection::vec(0_usize..3, 1..60)) {
            let runs = kinds.iter().map(|kind| match kind {
                0 => answered(4),
                1 => answered(900),
                _ => failed(Code::Timeout),
            });
            let ready = readiness(runs);
            for (at, pair) in ready.windows(2).enumerate() {
                let until = at + 2;
                match (pair[0], pair[1]) {
                    (true, false) => prop_assert_eq!(&kinds[until - 2..until], &[2, 2]),
                    (false, true) if kinds[at + 1] == 1 && ready[..until - 1].contains(&true) =>
                        prop_assert_eq!(&kinds[until - 3..until], &[1, 1, 1]),
                    _ => {}
                }
            }
        }
    }
}
