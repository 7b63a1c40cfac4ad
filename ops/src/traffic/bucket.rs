//! The buckets of a histogram: log-linear, 16 to an octave, from 1 µs to 67 s.
//!
//! Below 16 µs each microsecond has its own. From there on a bucket is a sixteenth of its octave
//! wide, so its middle is at most 1/32 (3.2 %) away from anything in it. What took longer than 67 s
//! is in the last one.

/// 16 of one microsecond, and 16 for each of the octaves from 2⁴ to 2²⁵ µs.
pub(super) const BUCKETS: usize = 368;

const SUB_BUCKET_BITS: u32 = 4;
const SUB_BUCKETS: usize = 1 << SUB_BUCKET_BITS;
const LARGEST_US: u64 = (1 << 26) - 1;

/// Always below [`BUCKETS`].
pub(super) fn index_of(duration_us: u64) -> usize {
    let value = duration_us.min(LARGEST_US);
    let octave = value.max(1).ilog2();
    let shift = octave.saturating_sub(SUB_BUCKET_BITS);
    // Below the first octave the value is its own index, as if that octave's sub-buckets began at 0.
    shift as usize * SUB_BUCKETS + (value >> shift) as usize
}

/// The middle of a bucket, rounded down.
pub(super) fn middle_us(index: usize) -> u64 {
    let shift = (index / SUB_BUCKETS).saturating_sub(1);
    let lowest = ((index - shift * SUB_BUCKETS) as u64) << shift;
    lowest + ((1 << shift) - 1) / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_and_the_last_are_where_they_should_be() {
        assert_eq!(index_of(0), 0);
        assert_eq!(index_of(15), 15);
        assert_eq!(index_of(16), 16);
        assert_eq!(index_of(LARGEST_US), BUCKETS - 1);
        assert_eq!(index_of(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn each_bucket_holds_its_own_middle() {
        for index in 0..BUCKETS {
            assert_eq!(index_of(middle_us(index)), index);
        }
    }

    proptest! {
        #[test]
        fn a_middle_is_within_a_thirty_second_part(duration_us in 0..=LARGEST_US) {
            let off = middle_us(index_of(duration_us)).abs_diff(duration_us);
            prop_assert!(off * 32 <= duration_us, "{duration_us} is off by {off}");
        }

        #[test]
        fn longer_is_never_in_an_earlier_bucket(a: u64, b: u64) {
            prop_assert!(index_of(a.min(b)) <= index_of(a.max(b)));
        }
    }
}
