//! From an event to the bytes in the files' queues and on the console.
//!
//! An event is formatted once, into a buffer of its thread. Spans' fields are rendered when the
//! span is made or recorded to, and copied into every line within.

use std::cell::Cell;
use std::sync::Arc;

use tracing::field::Visit;
use tracing::{Event, Level, Subscriber, span};
use tracing_log::NormalizeEvent;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::console::{Console, ConsoleFormat};
use super::fields::{Fields, Origin, Recorder, line_key};
use super::file_kind::{ACCESS_TARGET, LogFile};
use super::foreign::is_clients_doing;
use super::level::LogLevel;
use super::line::{Line, MAX_LINE_BYTES, Timestamp};
use super::queue::Queues;
use crate::clock::Clock;

/// Writes events to the log files and the console. Made by
/// [`LogHandle::layer`](super::LogHandle::layer).
pub struct LogLayer {
    pub(super) level: LogLevel,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) queues: Arc<Queues>,
    pub(super) console: Option<Arc<Console>>,
}

/// Fields of a span that only its WARNING and ERROR lines repeat: the others have the request's id.
const ONLY_IN_TROUBLE: [&str; 2] = ["method", "path"];

/// What a request's WARNING and ERROR lines always say, `null` as long as it is not known.
const UNKNOWN_AT_FIRST: [&str; 2] = ["user", "status"];

/// A thread's buffers. Taken while in use, so that printing a value may itself log.
#[derive(Default)]
struct Buffers {
    own: Fields,
    inherited: Fields,
    message: String,
    scratch: String,
    line: Vec<u8>,
    timestamp: Timestamp,
}

thread_local! {
    static BUFFERS: Cell<Option<Box<Buffers>>> = const { Cell::new(None) };
}

/// Runs `act` with this thread's buffers, or with new ones where there are none: within another
/// event, and while the thread ends.
fn with_buffers<T>(act: impl FnOnce(&mut Buffers) -> T) -> T {
    let kept = BUFFERS.try_with(Cell::take).ok().flatten();
    let mut buffers = kept.unwrap_or_default();
    let result = act(&mut buffers);
    // One huge line must not hold its memory for ever.
    if buffers.line.capacity().max(buffers.own.capacity_bytes()) <= MAX_LINE_BYTES {
        let _ = BUFFERS.try_with(|slot| slot.set(Some(buffers)));
    }
    result
}

/// A span's fields, among its extensions.
struct SpanFields(Fields);

impl Buffers {
    fn record(&mut self, origin: Origin, record: impl FnOnce(&mut dyn Visit)) {
        self.own.clear();
        self.message.clear();
        record(&mut Recorder {
            origin,
            fields: &mut self.own,
            message: &mut self.message,
            scratch: &mut self.scratch,
        });
    }
}

impl<S> Layer<S> for LogLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attrs: &span::Attributes<'_>, id: &span::Id, ctx: Context<'_, S>) {
        let Some(span) = ctx.span(id) else { return };
        with_buffers(|buffers| {
            // Before the extensions are locked: printing a value may panic or log.
            buffers.record(Origin::Span, |visitor| attrs.record(visitor));
            let mut fields = Fields::default();
            fields.update(&buffers.own);
            span.extensions_mut().replace(SpanFields(fields));
        });
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, ctx: Context<'_, S>) {
        let Some(span) = ctx.span(id) else { return };
        with_buffers(|buffers| {
            buffers.record(Origin::Span, |visitor| values.record(visitor));
            if let Some(SpanFields(fields)) = span.extensions_mut().get_mut() {
                fields.update(&buffers.own);
            }
        });
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        // A record of the `log` crate has its real target only in its fields.
        let normalized = event.normalized_metadata();
        let metadata = normalized.as_ref().unwrap_or_else(|| event.metadata());
        let target = metadata.target();
        let level = if is_clients_doing(metadata) {
            Level::DEBUG
        } else {
            *metadata.level()
        };
        let verbose_enough = self.level.enables(metadata, &ctx);

        with_buffers(|buffers| {
            buffers.record(Origin::Event, |visitor| event.record(visitor));
            buffers.inherited.clear();
            let is_trouble = level <= Level::WARN;
            inherit(
                event,
                &ctx,
                &buffers.own,
                &mut buffers.inherited,
                is_trouble,
            );
            if target == ACCESS_TARGET {
                fill_gaps(event, &mut buffers.own, &buffers.inherited);
            }
            if is_trouble && buffers.inherited.contains("method") {
                for key in UNKNOWN_AT_FIRST {
                    if !buffers.own.contains(key) && !buffers.inherited.contains(key) {
                        buffers
                            .inherited
                            .set(key, |out| out.extend_from_slice(b"null"));
                    }
                }
            }
            let request_id = buffers.inherited.get("request_id");
            let line = Line {
                timestamp: buffers.timestamp.at(self.clock.now()),
                level,
                logger: target,
                message: &buffers.message,
                request_id: request_id.or_else(|| buffers.own.get("request_id")),
                own: &buffers.own,
                inherited: &buffers.inherited,
            };
            self.write(&line, level, target, verbose_enough, &mut buffers.line);
        });
    }
}

impl LogLayer {
    fn write(
        &self,
        line: &Line<'_>,
        level: Level,
        target: &str,
        verbose_enough: bool,
        out: &mut Vec<u8>,
    ) {
        let console = self.console.as_deref().filter(|_| verbose_enough);
        let json_console = console.filter(|console| console.format == ConsoleFormat::Json);
        out.clear();
        line.write_json(out, self.queues.max_line_bytes());
        for file in LogFile::of_event(level, target, verbose_enough) {
            if self.queues.admits(file, level, target, out.len()) {
                self.queues.push(file, level, out);
            }
        }
        match (console, json_console) {
            (_, Some(console)) => console.write(out),
            (Some(console), None) => {
                out.clear();
                line.write_text(out);
                console.write(out);
            }
            (None, None) => {}
        }
    }
}

/// Collects the fields of the spans around an event: an inner span's over an outer's, and none
/// that the event has itself. The request's id is the exception: the outermost one is the line's.
fn inherit<S>(
    event: &Event<'_>,
    ctx: &Context<'_, S>,
    own: &Fields,
    inherited: &mut Fields,
    is_trouble: bool,
) where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    for span in ctx.event_scope(event).into_iter().flatten() {
        let extensions = span.extensions();
        let Some(SpanFields(fields)) = extensions.get() else {
            continue;
        };
        if let Some(id) = fields.get("request_id") {
            inherited.set("request_id", |out| out.extend_from_slice(id));
        }
        inherited.inherit(fields, |key| {
            key == "request_id"
                || (!is_trouble && ONLY_IN_TROUBLE.contains(&key))
                || own.contains(key)
        });
    }
}

/// Access lines have one shape: a field that is declared but empty (`user` of an anonymous
/// request) is null, unless a span knows it.
fn fill_gaps(event: &Event<'_>, own: &mut Fields, inherited: &Fields) {
    for key in event
        .fields()
        .filter_map(|field| line_key(Origin::Event, field.name()))
    {
        if !own.contains(key) && !inherited.contains(key) {
            own.set(key, |out| out.extend_from_slice(b"null"));
        }
    }
}

#[cfg(test)]
#[path = "layer_tests.rs"]
mod tests;
