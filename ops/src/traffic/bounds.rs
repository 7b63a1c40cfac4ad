//! [`Bounds`]: the few buckets of the histograms that other programs read. Ours (`bucket`) are finer, and
//! theirs do not end where ours do: for both to be exact, each sample is counted in both.

use std::time::Duration;

/// Rising, and the same number of each.
pub struct Bounds<const N: usize> {
    /// In seconds, as the formats write them.
    pub written: [&'static str; N],
    ns: [u64; N],
}

impl<const N: usize> Bounds<N> {
    /// Of the first bound that is not exceeded; `N` if all are.
    pub fn place_of(&self, duration: Duration) -> usize {
        let ns = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.ns.partition_point(|bound| *bound < ns)
    }
}

/// Adds counts by the same bounds.
pub fn merge_counts(all: &mut [u64], more: &[u64]) {
    for (all, more) in all.iter_mut().zip(more) {
        *all = all.saturating_add(*more);
    }
}

const MS: u64 = 1_000_000;

/// Of `http.server.request.duration`, as OpenTelemetry's conventions advise.
pub const REQUEST_BOUNDS: Bounds<14> = Bounds {
    written: [
        "0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1.0", "2.5",
        "5.0", "7.5", "10.0",
    ],
    ns: [
        5 * MS,
        10 * MS,
        25 * MS,
        50 * MS,
        75 * MS,
        100 * MS,
        250 * MS,
        500 * MS,
        750 * MS,
        1_000 * MS,
        2_500 * MS,
        5_000 * MS,
        7_500 * MS,
        10_000 * MS,
    ],
};

/// Of `db.client.operation.duration`.
pub const QUERY_BOUNDS: Bounds<9> = Bounds {
    written: [
        "0.001", "0.005", "0.01", "0.05", "0.1", "0.5", "1.0", "5.0", "10.0",
    ],
    ns: [
        MS,
        5 * MS,
        10 * MS,
        50 * MS,
        100 * MS,
        500 * MS,
        1_000 * MS,
        5_000 * MS,
        10_000 * MS,
    ],
};

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    fn is_as_written<const N: usize>(bounds: &Bounds<N>) {
        assert!(bounds.ns.is_sorted());
        for (place, written) in bounds.written.into_iter().enumerate() {
            let seconds: f64 = written.parse().unwrap();
            let bound = Duration::from_secs_f64(seconds);
            assert_eq!(bound, Duration::from_nanos(bounds.ns[place]), "{written}");
            assert_eq!(
                bounds.place_of(bound),
                place,
                "up to {written}, itself included"
            );
            let beyond = bound + Duration::from_nanos(1);
            assert_eq!(bounds.place_of(beyond), place + 1, "beyond {written}");
            // As OpenMetrics writes floats: never an integer.
            assert!(written.contains('.'), "{written}");
        }
        assert_eq!(bounds.place_of(Duration::ZERO), 0);
        assert_eq!(bounds.place_of(Duration::MAX), N);
    }

    #[test]
    fn bounds_are_what_they_are_written_as() {
        is_as_written(&REQUEST_BOUNDS);
        is_as_written(&QUERY_BOUNDS);
    }
}
