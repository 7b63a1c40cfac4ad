//! `LOG_LEVEL`: which events are verbose enough, and what is let through regardless.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Metadata, Subscriber, span};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;
use tracing_subscriber::layer::{Context, Filter};

use super::file_kind::{ACCESS_TARGET, DB_TARGET};
use super::foreign::{self, is_above_ceiling, is_clients_doing, is_of_peers_certificate};

/// Why directives are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{directive}` is no filter directive such as `info` or `info,tokio=warn`: {reason}")]
pub struct LevelError {
    pub directive: String,
    pub reason: String,
}

/// Parsed filter directives, in the syntax of [`EnvFilter`]. They can be replaced while running.
#[derive(Clone)]
pub struct LogLevel {
    filter: Arc<RwLock<Parsed>>,
}

struct Parsed {
    filter: EnvFilter,
    /// Whether these directives let DEBUG lines of the HTTP parser through.
    shows_clients_doing: bool,
}

impl fmt::Debug for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LogLevel").field(&self.directives()).finish()
    }
}

impl LogLevel {
    /// # Errors
    /// Names the directive that can't be understood. A lone word has to be a level: the syntax
    /// would take `vrebose` for a target and silence the rest.
    pub fn parse(directives: &str) -> Result<Self, LevelError> {
        Ok(Self {
            filter: Arc::new(RwLock::new(parse(directives)?)),
        })
    }

    /// Replaces the directives, for all layers that were made with this value or its clones.
    ///
    /// # Errors
    /// As [`Self::parse`]; nothing changes then.
    pub fn set(&self, directives: &str) -> Result<(), LevelError> {
        let parsed = parse(directives)?;
        *self.filter.write().unwrap_or_else(PoisonError::into_inner) = parsed;
        // After the lock is given back: this asks every layer about every call site.
        tracing::callsite::rebuild_interest_cache();
        // Records of the `log` crate are let through by a limit of their own.
        tracing_log::log::set_max_level(tracing_log::AsLog::as_log(&LevelFilter::current()));
        Ok(())
    }

    /// The directives in force.
    pub fn directives(&self) -> String {
        self.read().filter.to_string()
    }

    pub(super) fn enables<S: Subscriber>(
        &self,
        metadata: &Metadata<'_>,
        context: &Context<'_, S>,
    ) -> bool {
        let parsed = self.read();
        if is_clients_doing(metadata) {
            return parsed.shows_clients_doing;
        }
        !is_of_peers_certificate(metadata)
            && !is_above_ceiling(metadata)
            && Filter::<S>::enabled(&parsed.filter, metadata, context)
    }

    fn read(&self) -> RwLockReadGuard<'_, Parsed> {
        self.filter.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn parse(directives: &str) -> Result<Parsed, LevelError> {
    let parts = directives.split(',').map(str::trim);
    let parts = parts.filter(|part| !part.is_empty());
    let parts: Vec<Cow<'_, str>> = parts.map(in_words_of_tracing).collect();
    for part in &parts {
        let lone = !part.contains(['=', '[']);
        if lone && part.parse::<LevelFilter>().is_err() {
            let reason = "a lone word is one of error, warning, warn, info, debug, trace, off";
            return Err(LevelError::new(part, reason));
        }
        if let Err(error) = part.parse::<Directive>() {
            return Err(LevelError::new(part, error));
        }
    }
    let whole = EnvFilter::builder().parse(parts.join(","));
    Ok(Parsed {
        filter: whole.map_err(|error| LevelError::new(directives, error))?,
        shows_clients_doing: foreign::shows_clients_doing(parts.iter().map(AsRef::as_ref)),
    })
}

/// Our lines say `WARNING`, tracing says `warn`: both are understood, in any case, alone and behind
/// a target.
fn in_words_of_tracing(part: &str) -> Cow<'_, str> {
    let at = part.rfind('=').map_or(0, |at| at + 1);
    match part.split_at_checked(at) {
        Some((target, level)) if level.trim().eq_ignore_ascii_case("warning") => {
            Cow::Owned(format!("{target}warn"))
        }
        _ => Cow::Borrowed(part),
    }
}

impl LevelError {
    fn new(directive: &str, reason: impl fmt::Display) -> Self {
        Self {
            directive: directive.to_owned(),
            reason: reason.to_string(),
        }
    }
}

/// What the log layer is to see: what is verbose enough, and beyond it
/// - WARNING and above, for `error.log`;
/// - access and database lines of INFO and above, for their files;
/// - spans of INFO and above, so that no line loses its request.
///
/// What a client's bytes make the HTTP parser say, what the verifier says of a peer's certificate, and
/// what a library that prints values says above its ceiling, is not among it: see `foreign`.
pub struct LogFilter {
    level: LogLevel,
}

impl LogFilter {
    pub(super) fn new(level: LogLevel) -> Self {
        Self { level }
    }
}

fn is_kept(metadata: &Metadata<'_>) -> bool {
    let level = *metadata.level();
    if is_clients_doing(metadata) || is_of_peers_certificate(metadata) {
        return false;
    }
    level <= tracing::Level::WARN
        || (level <= tracing::Level::INFO
            && (metadata.is_span() || matches!(metadata.target(), ACCESS_TARGET | DB_TARGET)))
}

impl<S: Subscriber> Filter<S> for LogFilter {
    fn enabled(&self, metadata: &Metadata<'_>, context: &Context<'_, S>) -> bool {
        is_kept(metadata) || self.level.enables(metadata, context)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        // Always asked, for it prepares what spans are to be matched with.
        let parsed = self.level.read();
        let interest = Filter::<S>::callsite_enabled(&parsed.filter, metadata);
        if is_kept(metadata) {
            return Interest::always();
        }
        if is_clients_doing(metadata) && parsed.shows_clients_doing {
            return Interest::always();
        }
        if is_clients_doing(metadata)
            || is_of_peers_certificate(metadata)
            || is_above_ceiling(metadata)
        {
            return Interest::never();
        }
        interest
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let hint = Filter::<S>::max_level_hint(&self.level.read().filter)?;
        Some(hint.max(LevelFilter::INFO))
    }

    fn on_new_span(&self, attrs: &span::Attributes<'_>, id: &span::Id, ctx: Context<'_, S>) {
        Filter::<S>::on_new_span(&self.level.read().filter, attrs, id, ctx);
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, ctx: Context<'_, S>) {
        Filter::<S>::on_record(&self.level.read().filter, id, values, ctx);
    }

    fn on_enter(&self, id: &span::Id, ctx: Context<'_, S>) {
        Filter::<S>::on_enter(&self.level.read().filter, id, ctx);
    }

    fn on_exit(&self, id: &span::Id, ctx: Context<'_, S>) {
        Filter::<S>::on_exit(&self.level.read().filter, id, ctx);
    }

    fn on_close(&self, id: span::Id, ctx: Context<'_, S>) {
        Filter::<S>::on_close(&self.level.read().filter, id, ctx);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn levels_and_directives_are_understood() {
        for text in [
            "info",
            "WARN",
            "off",
            "info,tokio=warn, server::db=trace",
            "[request{method=GET}]=debug",
            "a=off,,",
            "warning",
            "Warning,tokio=WARNING",
            "ERROR,server=Debug",
        ] {
            LogLevel::parse(text).unwrap();
        }
    }

    #[test]
    fn what_is_misspelt_is_named() {
        for (text, named) in [
            ("vrebose", "vrebose"),
            ("info,tokio", "tokio"),
            ("info,tokio=loud", "tokio=loud"),
        ] {
            let error = LogLevel::parse(text).unwrap_err();
            assert_eq!(error.directive, named);
            assert!(error.to_string().contains(named));
        }
    }

    #[test]
    fn warning_means_warn_alone_and_behind_a_target() {
        let level = LogLevel::parse("WARNING,server=Warning").unwrap();
        assert_eq!(level.directives(), "server=warn,warn");
    }

    #[test]
    fn a_refused_change_changes_nothing() {
        let level = LogLevel::parse("info").unwrap();
        assert!(level.set("nonsense").is_err());
        assert_eq!(level.directives(), "info");
        level.set("debug").unwrap();
        assert_eq!(level.directives(), "debug");
    }
}
