//! What counts as one address: an IPv4 address, or the networks that an IPv6 customer may have.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// How many failures networks of one size have within the window.
#[derive(Clone, Copy)]
pub(super) struct Level {
    /// Of an IPv6 address, the leading bits that tell a network from others.
    v6_bits: u8,
    /// With one name.
    pub max_failures_of_pair: usize,
    /// With any names.
    pub max_failures: usize,
}

/// A single IPv6 customer has a /64, a /56 or a /48, and many an address in each. An IPv4 address
/// counts on the first level only.
pub(super) const LEVELS: [Level; 3] = [
    Level {
        v6_bits: 64,
        max_failures_of_pair: MAX_FAILURES_OF_PAIR,
        max_failures: 20,
    },
    Level {
        v6_bits: 56,
        max_failures_of_pair: 10,
        max_failures: 40,
    },
    Level {
        v6_bits: WIDEST_BITS,
        max_failures_of_pair: 20,
        max_failures: 80,
    },
];
pub(super) const MAX_FAILURES_OF_PAIR: usize = 5;
const WIDEST_BITS: u8 = 48;

/// An IPv4 address or an IPv6 network, by its first address; `None` for peers without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(Option<IpAddr>);

impl Network {
    /// One of each level on which the address counts.
    pub(super) fn all_of(address: Option<IpAddr>) -> [Option<Self>; LEVELS.len()] {
        let is_v6 = matches!(address.map(|it| it.to_canonical()), Some(IpAddr::V6(_)));
        let mut is_first = true;
        LEVELS.map(|level| {
            let counts = is_v6 || is_first;
            is_first = false;
            counts.then(|| Self::of(address, level.v6_bits))
        })
    }

    pub(super) fn narrowest(address: Option<IpAddr>) -> Self {
        let [level, ..] = LEVELS;
        Self::of(address, level.v6_bits)
    }

    /// What one customer may have at most.
    pub fn widest(address: Option<IpAddr>) -> Self {
        Self::of(address, WIDEST_BITS)
    }

    fn of(address: Option<IpAddr>, v6_bits: u8) -> Self {
        Self(address.map(|address| match address.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(v4),
            IpAddr::V6(v6) => {
                let mask = u128::MAX << (128 - u32::from(v6_bits));
                IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
            }
        }))
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(IpAddr::V4(v4)) => v4.fmt(f),
            Some(IpAddr::V6(v6)) => write!(f, "{v6}/64"),
            None => f.write_str("an unknown address"),
        }
    }
}
