//! Slows down whoever guesses passwords: counts failed sign-ins, in memory, by name and address.
//!
//! A name alone is never counted, so that no stranger can lock its owner out. An attempt counts as
//! failed from its beginning until it has succeeded: a hundred at once get no further than a hundred
//! in a row.

mod failures;

use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use failures::Failures;

const MAX_FAILURES_OF_PAIR: usize = 5;
const MAX_FAILURES_OF_ADDRESS: usize = 20;

/// Shared by all who sign in.
pub struct Throttle {
    counts: Mutex<Counts>,
    names: RandomState,
}

struct Counts {
    pairs: Failures<Pair>,
    addresses: Failures<Network>,
}

/// A name's hash stands for the name: names are as long as a stranger likes to make them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Pair {
    name: u64,
    network: Network,
}

/// An IPv4 address, or the /64 that a single IPv6 customer has; `None` for peers without one.
type Network = Option<IpAddr>;

/// Refused: the time until one of the failures that count is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter(pub Duration);

impl RetryAfter {
    /// As the header wants it: whole seconds, rounded up so that coming back then is not too soon.
    pub fn seconds(self) -> u64 {
        self.0.as_secs() + u64::from(self.0.subsec_nanos() > 0)
    }
}

/// An attempt to sign in. Dropped without a word, it stays a failure.
#[must_use]
pub struct Attempt<'a> {
    throttle: &'a Throttle,
    pair: Pair,
    begun_at: Instant,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            counts: Mutex::new(Counts {
                pairs: Failures::new(MAX_FAILURES_OF_PAIR),
                addresses: Failures::new(MAX_FAILURES_OF_ADDRESS),
            }),
            names: RandomState::new(),
        }
    }
}

impl Throttle {
    /// Begins an attempt, unless too many have failed.
    ///
    /// # Errors
    /// How long to wait. A refused attempt does not count.
    pub fn begin(
        &self,
        name: &str,
        address: Option<IpAddr>,
        now: Instant,
    ) -> Result<Attempt<'_>, RetryAfter> {
        let pair = Pair {
            name: self.names.hash_one(name),
            network: address.map(network),
        };
        let mut counts = self.counts();
        let waits = [
            counts.pairs.wait(&pair, now),
            counts.addresses.wait(&pair.network, now),
        ];
        if let Some(wait) = waits.into_iter().flatten().max() {
            return Err(RetryAfter(wait));
        }
        counts.pairs.add(pair, now);
        counts.addresses.add(pair.network, now);
        drop(counts);
        Ok(Attempt {
            throttle: self,
            pair,
            begun_at: now,
        })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    /// Name or password were wrong.
    pub fn failed(self) {}

    /// They were right: the failures of this name from this address are forgotten.
    pub fn succeeded(self) {
        let mut counts = self.throttle.counts();
        counts.pairs.forget(&self.pair);
        counts
            .addresses
            .remove_one(&self.pair.network, self.begun_at);
    }

    /// Nobody could tell, because the database did not answer: as if it had never begun.
    pub fn undecided(self) {
        let mut counts = self.throttle.counts();
        counts.pairs.remove_one(&self.pair, self.begun_at);
        counts
            .addresses
            .remove_one(&self.pair.network, self.begun_at);
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => {
            let network_bits = v6.to_bits() & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from_bits(network_bits))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::thread;

    use proptest::prelude::*;

    use super::failures::WINDOW;
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const HERE: &str = "192.0.2.1";
    const THERE: &str = "198.51.100.1";

    fn fails(
        throttle: &Throttle,
        name: &str,
        address: &str,
        now: Instant,
    ) -> Result<(), RetryAfter> {
        let attempt = throttle.begin(name, Some(address.parse().unwrap()), now)?;
        attempt.failed();
        Ok(())
    }

    fn succeeds(
        throttle: &Throttle,
        name: &str,
        address: &str,
        now: Instant,
    ) -> Result<(), RetryAfter> {
        let attempt = throttle.begin(name, Some(address.parse().unwrap()), now)?;
        attempt.succeeded();
        Ok(())
    }

    #[test]
    fn the_sixth_try_is_refused_until_the_first_failure_is_five_minutes_old() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        for n in 0..5 {
            fails(&throttle, "admin", HERE, start + n * SECOND).unwrap();
        }
        let refused = fails(&throttle, "admin", HERE, start + 10 * SECOND).unwrap_err();
        assert_eq!(refused.seconds(), 290);
        let last_moment = start + WINDOW - Duration::from_millis(1);
        let refused = fails(&throttle, "admin", HERE, last_moment).unwrap_err();
        assert_eq!(refused.seconds(), 1);
        assert_eq!(fails(&throttle, "admin", HERE, start + WINDOW), Ok(()));
        assert!(fails(&throttle, "admin", HERE, start + WINDOW).is_err());
    }

    #[test]
    fn refused_tries_do_not_prolong_the_wait() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        for _ in 0..100 {
            let _ = fails(&throttle, "admin", HERE, start);
        }
        assert_eq!(fails(&throttle, "admin", HERE, start + WINDOW), Ok(()));
    }

    #[test]
    fn nobody_is_locked_out_by_a_stranger_elsewhere() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        while fails(&throttle, "admin", HERE, now).is_ok() {}
        assert_eq!(succeeds(&throttle, "admin", THERE, now), Ok(()));
    }

    #[test]
    fn an_address_has_twenty_failures_for_any_names() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..20 {
            fails(&throttle, &n.to_string(), HERE, now).unwrap();
        }
        assert!(fails(&throttle, "another", HERE, now).is_err());
        assert_eq!(fails(&throttle, "another", THERE, now), Ok(()));
    }

    #[test]
    fn success_resets_the_pair_but_not_the_address() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..5 {
            for _ in 0..4 {
                fails(&throttle, "admin", HERE, now).unwrap();
            }
            let _ = succeeds(&throttle, "admin", HERE, now);
        }
        assert!(fails(&throttle, "another", HERE, now).is_err());
    }

    #[test]
    fn signing_in_again_and_again_is_never_refused() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..100 {
            assert_eq!(succeeds(&throttle, "admin", HERE, now), Ok(()));
        }
    }

    #[test]
    fn an_undecided_attempt_leaves_no_trace() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..100 {
            throttle.begin("admin", None, now).unwrap().undecided();
        }
        assert!(throttle.counts().pairs.is_empty());
        assert!(throttle.counts().addresses.is_empty());
    }

    #[test]
    fn a_client_that_hangs_up_has_failed() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..5 {
            drop(throttle.begin("admin", None, now).unwrap());
        }
        assert!(throttle.begin("admin", None, now).is_err());
    }

    #[test]
    fn a_hundred_tries_at_once_get_five_answers() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let admitted = thread::scope(|scope| {
            let begin = || {
                throttle
                    .begin("admin", Some(HERE.parse().unwrap()), now)
                    .ok()
            };
            let tries: Vec<_> = (0..100).map(|_| scope.spawn(begin)).collect();
            // All of them are under way until the last has begun.
            let attempts: Vec<_> = tries
                .into_iter()
                .filter_map(|it| it.join().unwrap())
                .collect();
            attempts.len()
        });
        assert_eq!(admitted, MAX_FAILURES_OF_PAIR);
    }

    #[test]
    fn an_ipv6_customer_is_one_address_and_an_ipv4_one_has_one_form() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..5 {
            fails(&throttle, "admin", &format!("2001:db8::{n}"), now).unwrap();
            fails(&throttle, "admin", &format!("::ffff:{HERE}"), now).unwrap();
        }
        assert!(fails(&throttle, "admin", "2001:db8:0:0:ffff::1", now).is_err());
        assert!(fails(&throttle, "admin", HERE, now).is_err());
        assert_eq!(fails(&throttle, "admin", "2001:db8:0:1::1", now), Ok(()));
    }

    #[test]
    fn the_longer_of_two_waits_counts() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        for n in 0..15 {
            fails(&throttle, &n.to_string(), HERE, start).unwrap();
        }
        let later = start + 100 * SECOND;
        for _ in 0..5 {
            fails(&throttle, "admin", HERE, later).unwrap();
        }
        let refused = |name| fails(&throttle, name, HERE, later).unwrap_err().seconds();
        assert_eq!(refused("another"), 200);
        assert_eq!(refused("admin"), 300);
    }

    proptest! {
        /// Against the rule in its plainest form: look at all failures there ever were.
        #[test]
        fn it_refuses_exactly_when_the_rule_says_so(
            tries in prop::collection::vec((0..3_usize, 0..2_usize, any::<bool>(), 0..90_u32), 0..200),
        ) {
            let throttle = Throttle::default();
            let mut now = Instant::now();
            let mut failures: Vec<(usize, usize, Instant)> = Vec::new();
            let mut forgiven: Vec<(usize, usize, Instant)> = Vec::new();
            for (name, address, is_right, pause_seconds) in tries {
                now += pause_seconds * SECOND;
                let recent = |since: Instant| now - since < WINDOW;
                let of_address = failures.iter().chain(&forgiven)
                    .filter(|(_, a, at)| *a == address && recent(*at)).count();
                let of_pair = failures.iter()
                    .filter(|(n, a, at)| *n == name && *a == address && recent(*at)).count();
                let ip = IpAddr::from([192, 0, 2, u8::try_from(address).unwrap()]);
                let attempt = throttle.begin(&name.to_string(), Some(ip), now);
                prop_assert_eq!(attempt.is_err(), of_pair >= 5 || of_address >= 20);
                match attempt {
                    Err(RetryAfter(wait)) => {
                        prop_assert!(wait > Duration::ZERO && wait <= WINDOW);
                        let later = throttle.begin(&name.to_string(), Some(ip), now + wait);
                        prop_assert!(later.is_ok());
                        // Going back in time is not part of the model: leave no trace of it.
                        later.ok().unwrap().undecided();
                        break;
                    }
                    Ok(attempt) if is_right => {
                        attempt.succeeded();
                        let (reset, kept) = failures.into_iter()
                            .partition(|(n, a, _)| *n == name && *a == address);
                        failures = kept;
                        let reset: Vec<_> = reset;
                        forgiven.extend(reset);
                    }
                    Ok(attempt) => {
                        attempt.failed();
                        failures.push((name, address, now));
                    }
                }
            }
        }
    }
}
