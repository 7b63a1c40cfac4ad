//! What is counted apart: method, route pattern and status; what is stored, by the status's class.

use super::status_class::StatusClass;

/// Methods of a name of their own; whatever else a client makes up is one.
const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE",
];
const OTHER: &str = "OTHER";

/// By their places; the last one is that of all others.
pub(super) const METHOD_COUNT: usize = METHODS.len() + 1;

fn known(method: &str) -> &'static str {
    method_at(method_place(method))
}

pub(super) fn method_place(method: &str) -> usize {
    let mut methods = METHODS.into_iter();
    let place = methods.position(|known| known == method);
    place.unwrap_or(METHODS.len())
}

pub(super) fn method_at(place: usize) -> &'static str {
    METHODS.get(place).copied().unwrap_or(OTHER)
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SeriesKey {
    pub method: &'static str,
    /// The matched pattern, `unmatched`, or `other` for what found no room.
    pub route: String,
    pub class: StatusClass,
}

impl SeriesKey {
    /// A method without a name of its own is `OTHER`.
    pub fn new(method: &str, route: String, class: StatusClass) -> Self {
        Self {
            method: known(method),
            route,
            class,
        }
    }

    /// As its rows name it: method, route and class, `GET /a/{id} 2`.
    pub fn name(&self) -> String {
        format!("{} {} {}", self.method, self.route, self.class.digit())
    }

    pub(super) fn other(class: StatusClass) -> Self {
        Self {
            method: OTHER,
            route: "other".to_owned(),
            class,
        }
    }
}

/// The part of a [name](SeriesKey::name) that all classes of a route share: `GET /a/{id}`.
pub(super) fn without_class(name: &str) -> &str {
    name.rsplit_once(' ').map_or(name, |(route, _)| route)
}

/// Method and route of a name [without its class](without_class).
pub(super) fn method_and_route(name: &str) -> (&'static str, &str) {
    let (method, route) = name.split_once(' ').unwrap_or((OTHER, name));
    (known(method), route)
}

/// What is counted apart while the process runs: as a [`SeriesKey`], and by the very status.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct SeriesRef<'a> {
    method: &'static str,
    route: &'a str,
    status: u16,
}

impl<'a> SeriesRef<'a> {
    pub fn new(method: &str, route: &'a str, status: u16) -> Self {
        Self {
            method: known(method),
            route,
            status,
        }
    }

    pub fn status(self) -> u16 {
        self.status
    }

    pub fn class(self) -> StatusClass {
        StatusClass::of(self.status)
    }

    /// Eight bytes at a time, multiplied and folded. Nobody outside chooses what is hashed, patterns
    /// and methods are few and ours: a hash that resists attacks would cost more than all the rest.
    pub fn hashed(self) -> u64 {
        let mix = |hash: u64, word: u64| {
            let product = u128::from(hash ^ word) * 0x9e37_79b9_7f4a_7c15_u128;
            (product as u64) ^ (product >> 64) as u64
        };
        let mut hash = 0xa076_1d64_78bd_642f ^ u64::from(self.status);
        for text in [self.method, self.route] {
            let (words, rest) = text.as_bytes().as_chunks::<8>();
            for word in words {
                hash = mix(hash, u64::from_le_bytes(*word));
            }
            let mut last = [0; 8];
            for (to, from) in last.iter_mut().zip(rest) {
                *to = *from;
            }
            // The length keeps "a" + "bc" and "ab" + "c" apart.
            hash = mix(hash, u64::from_le_bytes(last) ^ text.len() as u64);
        }
        hash
    }

    pub fn is(self, key: &SeriesKey, status: Option<u16>) -> bool {
        status == Some(self.status) && self.method == key.method && self.route == key.route
    }

    pub fn to_key(self) -> SeriesKey {
        SeriesKey {
            method: self.method,
            route: self.route.to_owned(),
            class: self.class(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_name_tells_method_and_route_whatever_they_are() {
        for (method, route) in [("GET", "/a/{id}"), ("BREW", "/with a/space"), ("POST", "")] {
            let key = SeriesKey::new(method, route.to_owned(), StatusClass::Success);
            let name = key.name();
            let found = method_and_route(without_class(&name));
            assert_eq!(found, (key.method, route));
        }
        assert_eq!(without_class(""), "");
    }

    #[test]
    fn routes_alike_are_spread_over_the_table() {
        let routes: Vec<String> = (0..512)
            .map(|n| format!("/api/things/{n}/parts/"))
            .collect();
        let slots: HashSet<u64> = routes
            .iter()
            .map(|route| SeriesRef::new("GET", route, 200).hashed() % 1024)
            .collect();
        // 403 is what chance gives.
        assert!(slots.len() > 360, "{}", slots.len());
        let hashes = [("GET", 200), ("GET", 404), ("POST", 200)]
            .map(|(method, status)| SeriesRef::new(method, "/", status).hashed());
        assert_eq!(HashSet::from(hashes).len(), 3);
    }
}
