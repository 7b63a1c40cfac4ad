//! What clients send that is no HTTP: bytes of another protocol, a missing Host, heads without end.
//! actix answers it by itself, with 400 or 431, before there is a request.
//!
//! None of it is an error of ours. It is counted, and told in one WARNING a minute at most, with the
//! addresses it came from. actix logs the reason without an address, and closes the connection before
//! it does anything else on that thread: so the connection that goes next is the one it was about.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use ops::clock::Clock;
use ops::log::is_clients_doing;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

const TELL_EVERY: Duration = Duration::from_secs(60);

/// How soon the first is told.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// More addresses are counted and not named.
const MAX_ADDRESSES: usize = 1000;
const NAMED: usize = 5;

thread_local! {
    /// Why the connection at hand is about to be closed.
    static REASON: RefCell<Option<&'static str>> = const { RefCell::new(None) };
}

/// Counts what was refused. Cheap to clone.
#[derive(Clone, Default)]
pub struct Refusals(Arc<Mutex<Book>>);

#[derive(Default)]
struct Book {
    total: u64,
    untold: u64,
    reasons: HashMap<&'static str, u64>,
    addresses: HashMap<IpAddr, u64>,
    told: Option<Instant>,
}

/// What there is to tell.
#[derive(Debug, PartialEq, Eq)]
struct News {
    count: u64,
    reasons: String,
    addresses: String,
}

impl Refusals {
    /// Hears the parser's complaints.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        Listener(self.clone()).with_filter(filter_fn(is_clients_doing))
    }

    /// For [`HttpServer::on_connect`](actix_web::HttpServer::on_connect): knows whose connection it
    /// was when it is closed.
    pub fn on_connect(&self, connection: &dyn std::any::Any, extensions: &mut Extensions) {
        REASON.take();
        let peer = connection
            .downcast_ref::<TcpStream>()
            .and_then(|stream| stream.peer_addr().ok());
        if let Some(peer) = peer {
            let refusals = self.clone();
            extensions.insert(Connection { peer, refusals });
        }
    }

    /// Since the process started.
    pub fn total(&self) -> u64 {
        self.book().total
    }

    /// Tells until it is dropped; call [`Self::tell`] then for what is left.
    pub async fn keep_telling(&self, clock: &dyn Clock) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = clock.monotonic();
            let rests = |told: Instant| now.saturating_duration_since(told) < TELL_EVERY;
            if !self.book().told.is_some_and(rests) {
                self.tell(now);
            }
        }
    }

    /// Logs what was not told yet, if there is any.
    pub fn tell(&self, now: Instant) {
        let news = self.book().news(now);
        if let Some(News {
            count,
            reasons,
            addresses,
        }) = news
        {
            tracing::warn!(
                // Its name in the log, wherever this file lies.
                target: "server::refusals",
                count,
                reasons,
                addresses,
                "refused {count} times what is no HTTP request: {reasons}; from {addresses}"
            );
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn note(&mut self, reason: &'static str) {
        self.total += 1;
        self.untold += 1;
        *self.reasons.entry(reason).or_default() += 1;
    }

    fn note_address(&mut self, address: IpAddr) {
        if self.addresses.len() < MAX_ADDRESSES || self.addresses.contains_key(&address) {
            *self.addresses.entry(address).or_default() += 1;
        }
    }

    fn news(&mut self, now: Instant) -> Option<News> {
        if self.untold == 0 {
            return None;
        }
        self.told = Some(now);
        let named: u64 = self.addresses.values().sum();
        let mut addresses = most_frequent(std::mem::take(&mut self.addresses));
        let count = std::mem::take(&mut self.untold);
        if named < count {
            addresses.push(format!("unknown ({})", count - named));
        }
        Some(News {
            count,
            reasons: most_frequent(std::mem::take(&mut self.reasons)).join(", "),
            addresses: addresses.join(", "),
        })
    }
}

fn most_frequent<K: ToString>(counts: HashMap<K, u64>) -> Vec<String> {
    let mut counts: Vec<(String, u64)> = counts
        .into_iter()
        .map(|(key, count)| (key.to_string(), count))
        .collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let others: u64 = counts.iter().skip(NAMED).map(|(_, count)| count).sum();
    let mut shown: Vec<String> = counts
        .iter()
        .take(NAMED)
        .map(|(key, count)| format!("{key} ({count})"))
        .collect();
    if others > 0 {
        shown.push(format!("others ({others})"));
    }
    shown
}

struct Connection {
    peer: SocketAddr,
    refusals: Refusals,
}

impl Drop for Connection {
    fn drop(&mut self) {
        if REASON.try_with(RefCell::take).ok().flatten().is_some() {
            let address = self.peer.ip().to_canonical();
            self.refusals.book().note_address(address);
        }
    }
}

struct Listener(Refusals);

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut said = Message(String::new());
        event.record(&mut said);
        let reason = reason(&said.0);
        self.0.book().note(reason);
        REASON.set(Some(reason));
    }
}

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// In a few words of ours: what the parser says may repeat what the client sent.
fn reason(said: &str) -> &'static str {
    const REASONS: [(&str, &str); 9] = [
        ("invalid method", "no method of HTTP"),
        ("URI error", "an address that is none"),
        ("invalid HTTP version", "no version of HTTP"),
        ("invalid Header", "a bad or missing header"),
        ("too large", "too many or too long headers"),
        ("incomplete", "an incomplete request"),
        ("UTF-8", "text that is not UTF-8"),
        ("I/O error", "a broken connection"),
        ("payload", "a broken body"),
    ];
    REASONS
        .iter()
        .find(|(words, _)| said.contains(words))
        .map_or("unreadable bytes", |(_, reason)| reason)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_was_refused_is_told_with_reasons_and_addresses_the_most_frequent_first() {
        let refusals = Refusals::default();
        let now = Instant::now();
        assert_eq!(refusals.book().news(now), None);
        for _ in 0..3 {
            refusals
                .book()
                .note(reason("stream error: invalid Header provided"));
        }
        refusals.book().note(reason("stream error: ???"));
        for number in 1..=3_u8 {
            let address = IpAddr::from([198, 51, 100, number.min(2)]);
            refusals.book().note_address(address);
        }
        let news = refusals.book().news(now).unwrap();
        assert_eq!(news.count, 4);
        assert_eq!(
            news.reasons,
            "a bad or missing header (3), unreadable bytes (1)"
        );
        assert_eq!(
            news.addresses,
            "198.51.100.2 (2), 198.51.100.1 (1), unknown (1)"
        );
        assert_eq!(refusals.book().news(now), None);
        assert_eq!(refusals.total(), 4);
    }

    #[test]
    fn a_flood_from_everywhere_stays_short() {
        let refusals = Refusals::default();
        for number in 0..5000_u32 {
            refusals.book().note("unreadable bytes");
            refusals
                .book()
                .note_address(IpAddr::from(number.to_be_bytes()));
        }
        let news = refusals.book().news(Instant::now()).unwrap();
        assert!(news.addresses.len() < 300, "{}", news.addresses);
        assert!(
            news.addresses.ends_with("unknown (4000)"),
            "{}",
            news.addresses
        );
    }
}
