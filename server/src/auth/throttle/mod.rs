//! Slows down whoever guesses passwords: counts failed sign-ins, in memory, by name and address.
//!
//! A name alone is never counted, so that no stranger can lock its owner out. An attempt counts as
//! failed from its beginning until it has succeeded: a hundred at once get no further than a hundred
//! in a row.

mod failures;
mod network;

use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use failures::Failures;
pub use failures::WINDOW;
pub use network::Network;
use network::{LEVELS, Level};

/// Shared by all who sign in.
pub struct Throttle {
    counts: Mutex<[Counts; LEVELS.len()]>,
    names: RandomState,
}

/// The failures of networks of one size.
struct Counts {
    pairs: Failures<Pair>,
    networks: Failures<Network>,
}

/// A name's hash stands for the name: names are as long as a stranger likes to make them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pair {
    name: u64,
    network: Network,
}

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
    name: u64,
    address: Option<IpAddr>,
    begun_at: Instant,
}

impl Default for Throttle {
    fn default() -> Self {
        let counts = LEVELS.map(|level: Level| Counts {
            pairs: Failures::new(level.max_failures_of_pair),
            networks: Failures::new(level.max_failures),
        });
        Self {
            counts: Mutex::new(counts),
            names: RandomState::new(),
        }
    }
}

impl Throttle {
    /// How many failures a name has from one address.
    pub const MAX_FAILURES_OF_PAIR: usize = network::MAX_FAILURES_OF_PAIR;

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
        let name = self.names.hash_one(name);
        let mut counts = self.counts();
        if let Some(wait) = longest_wait(&mut *counts, name, address, now) {
            return Err(wait);
        }
        for (counts, network) in counts.iter_mut().zip(Network::all_of(address)) {
            let Some(network) = network else { continue };
            counts.pairs.add(Pair { name, network }, now);
            counts.networks.add(network, now);
        }
        drop(counts);
        Ok(Attempt {
            throttle: self,
            name,
            address,
            begun_at: now,
        })
    }

    /// Whether an attempt would be refused now, without beginning one.
    ///
    /// # Errors
    /// How long to wait.
    pub fn check(
        &self,
        name: &str,
        address: Option<IpAddr>,
        now: Instant,
    ) -> Result<(), RetryAfter> {
        let name = self.names.hash_one(name);
        longest_wait(&mut *self.counts(), name, address, now).map_or(Ok(()), Err)
    }

    /// What the log calls a name and an address that belong together: the same for as long as the
    /// process lives.
    pub fn pair(&self, name: &str, address: Option<IpAddr>) -> Pair {
        Pair {
            name: self.names.hash_one(name),
            network: Network::narrowest(address),
        }
    }

    /// How many failures count for the name from that address, and for the address with any name; of
    /// its networks, the one that has the most.
    pub fn failures(&self, pair: &Pair, address: Option<IpAddr>, now: Instant) -> (usize, usize) {
        let counts = self.counts();
        let levels = counts.iter().zip(Network::all_of(address));
        let counted = levels.filter_map(|(counts, network)| {
            let network = network?;
            let pair = Pair {
                name: pair.name,
                network,
            };
            Some((
                counts.pairs.count(&pair, now),
                counts.networks.count(&network, now),
            ))
        });
        counted.fold((0, 0), |(of_pair, of_network), (pair, network)| {
            (of_pair.max(pair), of_network.max(network))
        })
    }

    fn counts(&self) -> MutexGuard<'_, [Counts; LEVELS.len()]> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn longest_wait(
    counts: &mut [Counts],
    name: u64,
    address: Option<IpAddr>,
    now: Instant,
) -> Option<RetryAfter> {
    let levels = counts.iter_mut().zip(Network::all_of(address));
    let waits = levels.filter_map(|(counts, network)| {
        let network = network?;
        let of_pair = counts.pairs.wait(&Pair { name, network }, now);
        of_pair.max(counts.networks.wait(&network, now))
    });
    waits.max().map(RetryAfter)
}

impl Pair {
    /// The name's hash, of no use to whoever reads it but to see that it is the same again.
    pub fn name_hash(&self) -> String {
        format!("{:08x}", self.name >> 32)
    }

    pub fn network(&self) -> Network {
        self.network
    }
}

impl Attempt<'_> {
    /// Name or password were wrong.
    pub fn failed(self) {}

    /// They were right: the failures of this name from this address are forgotten.
    pub fn succeeded(self) {
        self.take_back(|pairs, pair, _| pairs.forget(&pair));
    }

    /// Nobody could tell, because the database did not answer: as if it had never begun.
    pub fn undecided(self) {
        self.take_back(|pairs, pair, begun_at| pairs.remove_one(&pair, begun_at));
    }

    fn take_back(self, of_pair: impl Fn(&mut Failures<Pair>, Pair, Instant)) {
        let Self {
            name,
            address,
            begun_at,
            ..
        } = self;
        let mut counts = self.throttle.counts();
        for (counts, network) in counts.iter_mut().zip(Network::all_of(address)) {
            let Some(network) = network else { continue };
            of_pair(&mut counts.pairs, Pair { name, network }, begun_at);
            counts.networks.remove_one(&network, begun_at);
        }
    }
}

#[cfg(test)]
mod tests;
