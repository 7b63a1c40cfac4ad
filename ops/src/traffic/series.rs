//! What is counted apart: method, route pattern and class of status.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::status_class::StatusClass;

/// Methods of a name of their own; whatever else a client makes up is one.
const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE",
];
const OTHER: &str = "OTHER";

fn known(method: &str) -> &'static str {
    let known = METHODS.into_iter().find(|known| *known == method);
    known.unwrap_or(OTHER)
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

    pub(super) fn other(class: StatusClass) -> Self {
        Self {
            method: OTHER,
            route: "other".to_owned(),
            class,
        }
    }
}

/// A [`SeriesKey`] that owns nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SeriesRef<'a> {
    method: &'static str,
    route: &'a str,
    class: StatusClass,
}

impl<'a> SeriesRef<'a> {
    pub fn new(method: &str, route: &'a str, status: u16) -> Self {
        Self {
            method: known(method),
            route,
            class: StatusClass::of(status),
        }
    }

    pub fn class(self) -> StatusClass {
        self.class
    }

    pub fn hashed(self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }

    pub fn is(self, key: &SeriesKey) -> bool {
        self.class == key.class && self.method == key.method && self.route == key.route
    }

    pub fn to_key(self) -> SeriesKey {
        SeriesKey {
            method: self.method,
            route: self.route.to_owned(),
            class: self.class,
        }
    }
}
