//! When a disk is full, if it goes on like this.

use std::time::{Duration, SystemTime};

use super::thresholds::FORECAST_NEEDS;

/// By the line that fits the samples best (least squares). `None` without samples over at least an
/// hour, and while the disk does not fill up.
pub fn full_in(history: &[(SystemTime, u64)], free_bytes: u64) -> Option<Duration> {
    let (first, _) = history.first()?;
    let (last, _) = history.last()?;
    if last.duration_since(*first).ok()? < FORECAST_NEEDS {
        return None;
    }
    let points: Vec<(f64, f64)> = history
        .iter()
        .filter_map(|(at, used)| {
            let since = at.duration_since(*first).ok()?;
            Some((since.as_secs_f64(), *used as f64))
        })
        .collect();
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (mean_at, mean_used) = (mean(|point| point.0), mean(|point| point.1));
    let (mut covariance, mut variance) = (0.0, 0.0);
    for (at, used) in &points {
        covariance += (at - mean_at) * (used - mean_used);
        variance += (at - mean_at).powi(2);
    }
    let bytes_per_second = covariance / variance;
    if bytes_per_second.is_nan() || bytes_per_second <= 0.0 {
        return None;
    }
    Duration::try_from_secs_f64(free_bytes as f64 / bytes_per_second).ok()
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use proptest::prelude::*;

    use super::*;

    fn history(minutes: u64, used: impl Fn(u64) -> u64) -> Vec<(SystemTime, u64)> {
        let at = |minute: u64| UNIX_EPOCH + Duration::from_secs(minute * 60);
        (0..=minutes)
            .map(|minute| (at(minute), used(minute)))
            .collect()
    }

    #[test]
    fn less_than_an_hour_of_samples_is_no_forecast() {
        let grows = |minute| 1000 + minute * 60;
        assert_eq!(full_in(&history(59, grows), 3600), None);
        let found = full_in(&history(60, grows), 3600);
        assert_eq!(found, Some(Duration::from_secs(3600)));
        assert_eq!(full_in(&[], 1), None);
    }

    #[test]
    fn a_disk_that_does_not_fill_up_is_never_full() {
        assert_eq!(full_in(&history(90, |_| 5000), 10), None);
        assert_eq!(full_in(&history(90, |minute| 9000 - minute), 10), None);
    }

    proptest! {
        #[test]
        fn a_steady_growth_is_continued(rate in 1_u64..1_000_000, minutes in 60_u64..400, hours in 1_u64..1000) {
            let free = rate * hours * 60;
            let found = full_in(&history(minutes, |minute| 10 + minute * rate), free);
            let found = found.map(|left| left.as_secs_f64() / 3600.0).unwrap_or(f64::NAN);
            prop_assert!((found - hours as f64).abs() < 0.01 * hours as f64, "{} {}", found, hours);
        }

        #[test]
        fn a_clock_that_jumped_breaks_nothing(
            samples in proptest::collection::vec((0_u64..100_000, any::<u64>()), 0..30),
            free: u64,
        ) {
            let at = |(seconds, used)| (UNIX_EPOCH + Duration::from_secs(seconds), used);
            let history: Vec<_> = samples.into_iter().map(at).collect();
            _ = full_in(&history, free);
        }
    }
}
