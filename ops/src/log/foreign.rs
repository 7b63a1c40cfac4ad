//! Targets that are not ours, and what must not be taken from them as they say it.
//!
//! - Libraries that print values (bound parameters, headers, bytes on the wire) have a ceiling that
//!   no directive exceeds: a redaction can't read a hash that is printed as a list of numbers.
//! - What the HTTP parser says about bytes that are no HTTP is a client's doing. It comes at ERROR;
//!   here it counts as DEBUG.
//! - What the verifier of certificates says of a peer's comes at ERROR, too. It is left out: whoever
//!   asked that peer says it, and knows of whom and how bad it is.

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};

/// Crates with the most verbose level that is ever written of them.
const CEILINGS: [(&str, Level); 26] = [
    ("actix_codec", Level::DEBUG),
    ("actix_http", Level::DEBUG),
    ("actix_web", Level::DEBUG),
    ("bb8", Level::INFO),
    ("cookie", Level::INFO),
    ("diesel", Level::INFO),
    ("diesel_async", Level::INFO),
    ("h2", Level::INFO),
    ("hickory_proto", Level::INFO),
    ("html5ever", Level::INFO),
    ("hyper", Level::INFO),
    ("hyper_rustls", Level::INFO),
    ("hyper_util", Level::INFO),
    ("lettre", Level::INFO),
    ("native_tls", Level::INFO),
    ("opentelemetry", Level::INFO),
    ("opentelemetry_otlp", Level::INFO),
    ("opentelemetry_sdk", Level::INFO),
    ("postgres", Level::INFO),
    ("reqwest", Level::INFO),
    ("rustls", Level::INFO),
    ("sentry", Level::INFO),
    ("sentry_core", Level::INFO),
    ("sqlparser", Level::INFO),
    ("tokio_postgres", Level::INFO),
    ("tokio_rustls", Level::INFO),
];

/// Whose errors are about what a client sent.
const PARSER: &str = "actix_http";

const VERIFIER: &str = "rustls_platform_verifier";

fn crate_of(target: &str) -> &str {
    target.split("::").next().unwrap_or(target)
}

/// Whether a line is too verbose for what its target prints, whatever the directives say.
pub(super) fn is_above_ceiling(metadata: &Metadata<'_>) -> bool {
    let level = metadata.level();
    // Most lines end here.
    if *level <= Level::INFO {
        return false;
    }
    let name = crate_of(metadata.target());
    CEILINGS
        .iter()
        .any(|(ceiled, most)| *ceiled == name && level > most)
}

/// Whether an event tells of what a client sent: no error of ours, whatever level it comes at.
pub fn is_clients_doing(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::WARN && metadata.is_event() && crate_of(metadata.target()) == PARSER
}

/// Whether an event tells of a peer's certificate: no error of ours, and said by whoever asked the peer.
pub fn is_of_peers_certificate(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::WARN && crate_of(metadata.target()) == VERIFIER
}

/// Whether these directives let DEBUG lines of the parser through: the longest target that fits
/// decides, else the lone level.
pub(super) fn shows_clients_doing<'a>(directives: impl Iterator<Item = &'a str>) -> bool {
    const TARGET: &str = "actix_http::h1::dispatcher";
    let fitting = directives.filter_map(|directive| {
        let (target, level) = directive.rsplit_once('=').unwrap_or(("", directive));
        let level: LevelFilter = level.trim().parse().ok()?;
        TARGET.starts_with(target).then_some((target.len(), level))
    });
    let decisive = fitting.max_by_key(|(length, _)| *length);
    decisive.is_some_and(|(_, level)| level >= LevelFilter::DEBUG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_target_decides_whether_the_parser_is_heard() {
        for (directives, shown) in [
            ("info", false),
            ("debug", true),
            ("trace", true),
            ("info,actix_http=debug", true),
            ("debug,actix_http=warn", false),
            ("info,server=trace", false),
            ("actix_http::h1=trace,actix_http=off", true),
        ] {
            let parts = directives.split(',');
            assert_eq!(shows_clients_doing(parts), shown, "{directives}");
        }
    }
}
