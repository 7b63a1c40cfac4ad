//! The stored minutes and hours that a trial looks at.

use std::collections::BTreeMap;
use std::ops::Range;

use ops::clock::{Minute, Resolution};
use ops::series::{Kind, Payload, SeriesStore, StoreError};

/// Of which minutes are kept.
pub const MINUTES_KEPT: i64 = 47 * 60;

/// A minute or an hour of what all instances that were asked for did together.
pub struct Bucket<P> {
    /// Minutes.
    pub length: i64,
    pub covered: u32,
    pub payload: P,
}

/// By the minute in which each begins.
pub type Buckets<P> = BTreeMap<i64, Bucket<P>>;

/// What lies as a whole in the window that ends with this minute, and which share of it is known.
pub fn merged<P: Payload>(buckets: &Buckets<P>, minute: i64, window: i64) -> (P, f64) {
    let mut all = P::default();
    let mut covered = 0;
    for (start, bucket) in buckets.range(minute - window + 1..=minute) {
        if start + bucket.length - 1 <= minute {
            all.merge(&bucket.payload);
            covered += bucket.covered;
        }
    }
    let share = f64::from(covered) / window.max(1) as f64;
    (all, share.min(1.0))
}

/// # Errors
/// If the store can't be read.
pub async fn read<P: Payload>(
    store: &dyn SeriesStore,
    kind: Kind,
    is_needed: bool,
    range: &Range<i64>,
    own: Option<&str>,
) -> Result<Buckets<P>, StoreError> {
    let mut buckets = Buckets::new();
    if !is_needed {
        return Ok(buckets);
    }
    let kept_from = (range.end - MINUTES_KEPT).max(range.start);
    let parts = [
        (Resolution::Hour, range.start..kept_from),
        (Resolution::Minute, kept_from..range.end),
    ];
    for (resolution, part) in parts {
        if part.is_empty() {
            continue;
        }
        let wanted = Minute::from_number(part.start)..Minute::from_number(part.end);
        for row in store.read(kind, resolution, wanted).await? {
            if !row.key.is_empty() || own.is_some_and(|own| row.run.instance != own) {
                continue;
            }
            let bucket = buckets.entry(row.start.number()).or_insert_with(|| Bucket {
                length: i64::from(resolution.minutes()),
                covered: 0,
                payload: P::default(),
            });
            // Two instances cover the same minutes.
            bucket.covered = bucket.covered.max(row.covered.bits().count_ones());
            _ = bucket.payload.merge_encoded(&row.payload, row.start);
        }
    }
    Ok(buckets)
}
