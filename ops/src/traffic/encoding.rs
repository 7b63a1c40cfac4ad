//! A histogram in few bytes: LEB128 varints, first the sum in microseconds, then for each filled bucket
//! its distance from the one before and its count.

use super::bucket::BUCKETS;
use super::histogram::Histogram;
use crate::series::{Corrupt, read_varint, write_varint};

impl Histogram {
    pub(super) fn encode_to(&self, out: &mut Vec<u8>) {
        write_varint(out, self.sum_us());
        let mut next = 0;
        for (index, count) in self.filled() {
            write_varint(out, (index - next) as u64);
            write_varint(out, count);
            next = index + 1;
        }
    }

    /// # Errors
    /// If the bytes are not what [`Histogram::encode_to`] writes; nothing is merged then.
    pub(super) fn merge_encoded(&mut self, bytes: &[u8]) -> Result<(), Corrupt> {
        read(bytes, |_, _| {})?;
        let sum_us = read(bytes, |index, count| self.add_count(index, count))?;
        self.add_sum(sum_us);
        Ok(())
    }
}

/// Returns the sum, and gives each filled bucket to `take`.
fn read(mut bytes: &[u8], mut take: impl FnMut(usize, u64)) -> Result<u64, Corrupt> {
    let sum_us = read_varint(&mut bytes)?;
    let mut next = 0_usize;
    while !bytes.is_empty() {
        let distance = usize::try_from(read_varint(&mut bytes)?).map_err(|_| Corrupt)?;
        let index = next.checked_add(distance).ok_or(Corrupt)?;
        let count = read_varint(&mut bytes)?;
        if index >= BUCKETS || count == 0 {
            return Err(Corrupt);
        }
        take(index, count);
        next = index + 1;
    }
    Ok(sum_us)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn histograms() -> impl Strategy<Value = Histogram> {
        let counts = vec((0..BUCKETS, 1..=u64::MAX), 0..100);
        (counts, any::<u64>()).prop_map(|(counts, sum_us)| {
            let mut histogram = Histogram::default();
            for (index, count) in counts {
                histogram.add_count(index, count);
            }
            histogram.add_sum(sum_us);
            histogram
        })
    }

    fn encode(histogram: &Histogram) -> Vec<u8> {
        let mut out = Vec::new();
        histogram.encode_to(&mut out);
        out
    }

    fn decode(bytes: &[u8]) -> Result<Histogram, Corrupt> {
        let mut histogram = Histogram::default();
        histogram.merge_encoded(bytes).map(|()| histogram)
    }

    #[test]
    fn an_idle_minute_is_one_byte() {
        assert_eq!(encode(&Histogram::default()), [0]);
    }

    #[test]
    fn what_is_no_histogram_is_refused() {
        let index_too_large = vec![0, 0xf0, 0x02, 1];
        let count_of_zero = vec![0, 5, 0];
        let without_a_count = vec![0, 5];
        let too_long_a_number = vec![0xff; 11];
        let too_large_a_number = [vec![0xff; 9], vec![0x02]].concat();
        for bytes in [
            vec![],
            index_too_large,
            count_of_zero,
            without_a_count,
            too_long_a_number,
            too_large_a_number,
        ] {
            assert_eq!(decode(&bytes), Err(Corrupt), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn what_was_encoded_decodes(histogram in histograms()) {
            prop_assert_eq!(decode(&encode(&histogram)), Ok(histogram));
        }

        #[test]
        fn any_bytes_decode_or_are_refused(bytes in vec(any::<u8>(), 0..50)) {
            if let Ok(histogram) = decode(&bytes) {
                prop_assert_eq!(decode(&encode(&histogram)), Ok(histogram));
            }
        }
    }
}
