//! When a rule is evaluated: at multiples of its interval since the start, each rule at a moment of
//! its own, so that a hundred rules of a minute do not run at once.

use std::time::Duration;

use super::step::millis;

/// Whether a multiple lies after `last` up to `now`, both since the process started. What was missed
/// is not made up for.
pub fn is_due(name: &str, every: Duration, last: Option<Duration>, now: Duration) -> bool {
    let Some(last) = last else {
        return true;
    };
    let every = millis(every).max(1);
    let offset = jitter(name) % every;
    let number = |at: Duration| millis(at).saturating_add(every - offset) / every;
    number(now) > number(last)
}

/// FNV-1a: the same in every run.
fn jitter(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_was_missed_is_not_made_up_for() {
        let (every, second) = (Duration::from_secs(10), Duration::from_secs(1));
        let mut last = Some(Duration::from_secs(3));
        let now = Duration::from_secs(1000);
        assert!(is_due("x", every, last, now));
        last = Some(now);
        let again = (1..=10).filter(|step| is_due("x", every, last, now + second * *step));
        assert!(again.count() <= 10);
        assert!(!is_due("x", every, last, now));
    }

    proptest! {
        #[test]
        fn a_rule_is_evaluated_as_often_as_it_says(name in "[a-z]{1,8}", every in 1_u64..300) {
            let every = Duration::from_secs(every);
            let (mut last, mut count) = (Some(Duration::ZERO), 0_u32);
            for second in 1..=3000 {
                let now = Duration::from_secs(second);
                if is_due(&name, every, last, now) {
                    count += 1;
                    last = Some(now);
                }
            }
            let expected = 3000 / u32::try_from(every.as_secs()).unwrap();
            prop_assert!(count.abs_diff(expected) <= 1, "{count} of {expected}");
        }
    }
}
