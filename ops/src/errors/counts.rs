//! How often something happened in each minute of an hour.

use std::collections::BTreeMap;

use crate::clock::{Covered, Minute};
use crate::series::{Corrupt, Payload};

pub(super) const MINUTES: i64 = 60;

/// By the minute of the hour; a minute without any is absent. As text `3:1,17:24`, so that one row
/// an hour holds them and a person can read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MinuteCounts(BTreeMap<u8, u64>);

impl MinuteCounts {
    pub fn add(&mut self, minute: u8, times: u64) {
        let count = self.0.entry(minute).or_default();
        *count = count.saturating_add(times);
    }

    pub fn total(&self) -> u64 {
        self.0
            .values()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }

    pub fn iter(&self) -> impl Iterator<Item = (u8, u64)> {
        self.0.iter().map(|(minute, count)| (*minute, *count))
    }

    /// The minutes in which it happened.
    pub fn covered(&self) -> Covered {
        let minutes = self
            .0
            .keys()
            .map(|minute| 1_u64.checked_shl((*minute).into()));
        let bits = minutes.fold(0, |bits, minute| bits | minute.unwrap_or(0));
        Covered::from_bits(bits)
    }
}

/// As text: what can't be read of it is left out.
impl Payload for MinuteCounts {
    fn merge(&mut self, other: &Self) {
        for (minute, count) in other.iter() {
            self.add(minute, count);
        }
    }

    fn encode(&self, _: Minute) -> Vec<u8> {
        let pairs: Vec<String> = self
            .iter()
            .map(|(minute, count)| format!("{minute}:{count}"))
            .collect();
        pairs.join(",").into_bytes()
    }

    fn merge_encoded(&mut self, bytes: &[u8], _: Minute) -> Result<(), Corrupt> {
        let text = std::str::from_utf8(bytes).map_err(|_| Corrupt)?;
        for pair in text.split(',') {
            let pair = pair.split_once(':');
            let pair = pair.and_then(|(minute, count)| {
                let minute = minute.parse().ok().filter(|m| i64::from(*m) < MINUTES)?;
                Some((minute, count.parse().ok()?))
            });
            if let Some((minute, count)) = pair {
                self.add(minute, count);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const START: Minute = Minute::EARLIEST;

    fn decode(bytes: &[u8]) -> Result<MinuteCounts, Corrupt> {
        let mut counts = MinuteCounts::default();
        counts.merge_encoded(bytes, START).map(|()| counts)
    }

    proptest! {
        #[test]
        fn counts_come_back_from_their_text(added in vec((0_u8..60, 1_u64..1000), 0..99)) {
            let mut counts = MinuteCounts::default();
            for (minute, times) in &added {
                counts.add(*minute, *times);
            }
            prop_assert_eq!(counts.total(), added.iter().map(|(_, times)| times).sum::<u64>());
            prop_assert_eq!(decode(&counts.encode(START)), Ok(counts));
        }

        #[test]
        fn any_text_is_read_as_something(text in any::<String>()) {
            prop_assert!(decode(text.as_bytes()).is_ok());
        }
    }

    #[test]
    fn what_is_damaged_is_left_out() {
        let counts = decode(b"3:1,x:2,61:9,17:24,5").map(|counts| counts.encode(START));
        assert_eq!(counts, Ok(b"3:1,17:24".to_vec()));
        assert_eq!(decode(&[0xff]), Err(Corrupt));
    }
}
