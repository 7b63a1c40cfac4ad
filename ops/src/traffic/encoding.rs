//! A histogram in few bytes, as it waits in memory and as it is stored: LEB128 varints, first the
//! sum in microseconds, then for each filled bucket its distance from the one before and its count.

use super::bucket::BUCKETS;
use super::histogram::Histogram;
use crate::varint::{NotANumber, read_varint, write_varint};

/// A histogram, written by [`EncodedHistogram::of`] or not yet known to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedHistogram(Box<[u8]>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an encoded histogram")]
pub struct Corrupt;

impl From<NotANumber> for Corrupt {
    fn from(_: NotANumber) -> Self {
        Self
    }
}

impl EncodedHistogram {
    pub fn of(histogram: &Histogram) -> Self {
        let mut out = Vec::new();
        write_varint(&mut out, histogram.sum_us());
        let mut next = 0;
        for (index, count) in histogram.filled() {
            write_varint(&mut out, (index - next) as u64);
            write_varint(&mut out, count);
            next = index + 1;
        }
        Self(out.into_boxed_slice())
    }

    /// Takes any bytes; whether they are a histogram shows when it is merged.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes.into_boxed_slice())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it can be decoded.
    pub fn is_sound(&self) -> bool {
        self.read(|_, _| {}).is_ok()
    }

    /// # Errors
    /// If the bytes are not what [`EncodedHistogram::of`] writes.
    pub fn decode(&self) -> Result<Histogram, Corrupt> {
        let mut histogram = Histogram::default();
        self.merge_into(&mut histogram)?;
        Ok(histogram)
    }

    /// Without a histogram in between: a day of several instances is thousands of these.
    ///
    /// # Errors
    /// As [`EncodedHistogram::decode`]; `histogram` is as it was then.
    pub fn merge_into(&self, histogram: &mut Histogram) -> Result<(), Corrupt> {
        self.read(|_, _| {})?;
        let sum_us = self.read(|index, count| histogram.add_count(index, count))?;
        histogram.add_sum(sum_us);
        Ok(())
    }

    /// Returns the sum, and gives each filled bucket to `take`.
    fn read(&self, mut take: impl FnMut(usize, u64)) -> Result<u64, Corrupt> {
        let mut bytes = &*self.0;
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

    fn decode(bytes: Vec<u8>) -> Result<Histogram, Corrupt> {
        EncodedHistogram::from_bytes(bytes).decode()
    }

    #[test]
    fn an_idle_minute_is_one_byte() {
        assert_eq!(EncodedHistogram::of(&Histogram::default()).as_bytes(), [0]);
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
            assert_eq!(decode(bytes.clone()), Err(Corrupt), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn what_was_encoded_decodes(histogram in histograms()) {
            prop_assert_eq!(EncodedHistogram::of(&histogram).decode(), Ok(histogram));
        }

        #[test]
        fn any_bytes_decode_or_are_refused(bytes in vec(any::<u8>(), 0..50)) {
            if let Ok(histogram) = decode(bytes) {
                prop_assert_eq!(EncodedHistogram::of(&histogram).decode(), Ok(histogram));
            }
        }
    }
}
