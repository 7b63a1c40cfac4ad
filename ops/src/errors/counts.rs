//! How often something happened in each minute of an hour.

use std::collections::BTreeMap;

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

    pub fn to_text(&self) -> String {
        let pairs: Vec<String> = self
            .iter()
            .map(|(minute, count)| format!("{minute}:{count}"))
            .collect();
        pairs.join(",")
    }

    /// What can't be read is left out.
    pub fn from_text(text: &str) -> Self {
        let mut counts = Self::default();
        for pair in text.split(',') {
            let pair = pair.split_once(':');
            let pair = pair.and_then(|(minute, count)| {
                let minute = minute.parse().ok().filter(|m| i64::from(*m) < MINUTES)?;
                Some((minute, count.parse().ok()?))
            });
            if let Some((minute, count)) = pair {
                counts.add(minute, count);
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counts_come_back_from_their_text(added in vec((0_u8..60, 1_u64..1000), 0..99)) {
            let mut counts = MinuteCounts::default();
            for (minute, times) in &added {
                counts.add(*minute, *times);
            }
            prop_assert_eq!(counts.total(), added.iter().map(|(_, times)| times).sum::<u64>());
            prop_assert_eq!(MinuteCounts::from_text(&counts.to_text()), counts);
        }

        #[test]
        fn any_text_is_read_as_something(text in any::<String>()) {
            _ = MinuteCounts::from_text(&text).total();
        }
    }

    #[test]
    fn what_is_damaged_is_left_out() {
        let counts = MinuteCounts::from_text("3:1,x:2,61:9,17:24,5");
        assert_eq!(counts.to_text(), "3:1,17:24");
    }
}
