//! What is wrong between browser and service, said in the log: rarely, since each request of a
//! stranger may have it.

use std::time::{Duration, Instant};

use super::budget::Budget;
use super::same_origin::Mismatch;

/// For as long as any process lives.
const ONCE: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 100);
const A_MINUTE: Duration = Duration::from_secs(60);

pub struct Complaints {
    plain_http: Budget,
    foreign: Budget,
}

impl Default for Complaints {
    fn default() -> Self {
        Self {
            plain_http: Budget::new(1, ONCE),
            foreign: Budget::new(1, A_MINUTE),
        }
    }
}

impl Complaints {
    /// Production's cookies are for https, and the sign-in page is asked for over plain HTTP.
    pub fn plain_http(&self, now: Instant) {
        if self.plain_http.take(now).is_some() {
            tracing::warn!(
                "the sign-in page was asked for over plain HTTP: browsers drop the session's cookie, \
                 which is for https only, so nobody can sign in this way; use https, or let the proxy \
                 that ends TLS send X-Forwarded-Proto and name it in TRUSTED_PROXIES"
            );
        }
    }

    /// A request was refused because it says that it comes from elsewhere.
    pub fn foreign(&self, mismatch: &Mismatch, now: Instant) {
        if let Some(held_back) = self.foreign.take(now) {
            tracing::warn!(
                said = mismatch.said,
                expected = mismatch.expected,
                held_back,
                "a request was refused for its origin; a proxy in front must pass Host on as the \
                 browser sent it"
            );
        }
    }
}
