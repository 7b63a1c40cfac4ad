//! Shows new lines as they are written: one stream from the server (SSE), that ends with the page.
//!
//! Each line has a position, and the stream begins after one. So pausing simply hangs up, and
//! resuming asks for what came meanwhile: nothing is kept aside, and nothing is lost.

use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::prelude::Closure;
use std::time::Duration;
use web_sys::{Event, EventSource, MessageEvent};

use crate::dto::{FoundLine, SkippedLines};
use crate::live::tail_lines::{KEPT_LINES, put_on_top};

/// Lines come onto the page together, or a flood of them would leave no time to read.
const GATHER: Duration = Duration::from_millis(200);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Following {
    Off,
    Connecting,
    Live,
    Paused,
    /// The browser tries again by itself.
    Lost,
    /// The browser has given up: the session has ended, or the server says no.
    Refused,
}

#[derive(Clone, Copy)]
pub struct Follow {
    pub state: RwSignal<Following>,
    /// Newest first.
    pub lines: RwSignal<Vec<FoundLine>>,
    /// How many came in, those that are no longer on the page included.
    pub count: RwSignal<usize>,
    /// What never came, because it was rotated away first.
    pub skipped: RwSignal<Option<SkippedLines>>,
    newest: StoredValue<Option<String>>,
    gathered: StoredValue<Vec<FoundLine>>,
    flush: StoredValue<Option<TimeoutHandle>>,
    stream: StoredValue<Option<Stream>, LocalStorage>,
}

impl Follow {
    /// `newest` is the position after which new lines begin.
    pub fn new(newest: Option<String>) -> Self {
        let follow = Self {
            state: RwSignal::new(Following::Off),
            lines: RwSignal::new(Vec::new()),
            count: RwSignal::new(0),
            skipped: RwSignal::new(None),
            newest: StoredValue::new(newest),
            gathered: StoredValue::new(Vec::new()),
            flush: StoredValue::new(None),
            stream: StoredValue::new_local(None),
        };
        on_cleanup(move || follow.hang_up());
        follow
    }

    /// `address` makes the stream's address from the position after which it begins.
    pub fn start(self, address: impl Fn(Option<&str>) -> String) {
        self.hang_up();
        let address = self.newest.with_value(|newest| address(newest.as_deref()));
        match Stream::open(&address, self) {
            Some(stream) => {
                self.stream.set_value(Some(stream));
                self.state.set(Following::Connecting);
            }
            None => self.state.set(Following::Refused),
        }
    }

    pub fn pause(self) {
        self.hang_up();
        self.flush();
        self.state.set(Following::Paused);
    }

    fn hang_up(self) {
        // Fails only where the page is gone, and the stream with it.
        let _ = self.stream.try_update_value(Option::take);
    }

    /// `behind` is the event's id, the position behind its line: where following goes on.
    fn receive(self, text: &str, behind: String) {
        let Ok(line) = serde_json::from_str::<FoundLine>(text) else {
            return;
        };
        self.go_on_from(behind);
        self.gathered.update_value(|gathered| {
            gathered.push(line);
            let surplus = gathered.len().saturating_sub(KEPT_LINES);
            gathered.drain(..surplus);
        });
        self.count.update_untracked(|count| *count += 1);
        if self.flush.with_value(Option::is_none) {
            let handle = set_timeout_with_handle(move || self.flush(), GATHER);
            self.flush.set_value(handle.ok());
        }
    }

    fn go_on_from(self, behind: String) {
        if !behind.is_empty() {
            self.newest.set_value(Some(behind));
        }
    }

    /// Once their number is unknown, it stays so.
    fn miss(self, text: &str, behind: String) {
        let Ok(new) = serde_json::from_str::<SkippedLines>(text) else {
            return;
        };
        self.go_on_from(behind);
        self.skipped.update(|skipped| {
            let before = skipped.map_or(Some(0), |skipped| skipped.lines);
            let lines = before.zip(new.lines).map(|(before, new)| before + new);
            *skipped = Some(SkippedLines { lines });
        });
    }

    fn flush(self) {
        if let Some(handle) = self.flush.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        let gathered = self.gathered.try_update_value(std::mem::take);
        let gathered = gathered.unwrap_or_default();
        if !gathered.is_empty() {
            self.lines.update(|lines| put_on_top(lines, gathered));
            self.count.notify();
        }
    }

    fn stumble(self, has_given_up: bool) {
        self.flush();
        self.state.set(if has_given_up {
            Following::Refused
        } else {
            Following::Lost
        });
    }
}

/// An open `EventSource`, with what listens to it; closed when dropped.
struct Stream {
    source: EventSource,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _skipped: Closure<dyn FnMut(MessageEvent)>,
    _open: Closure<dyn FnMut(Event)>,
    _error: Closure<dyn FnMut(Event)>,
}

impl Stream {
    fn open(address: &str, follow: Follow) -> Option<Self> {
        let source = EventSource::new(address).ok()?;
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                follow.receive(&text, event.last_event_id());
            }
        });
        let skipped = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                follow.miss(&text, event.last_event_id());
            }
        });
        let open = Closure::<dyn FnMut(Event)>::new(move |_| follow.state.set(Following::Live));
        let error = {
            let source = source.clone();
            Closure::<dyn FnMut(Event)>::new(move |_| {
                follow.stumble(source.ready_state() == EventSource::CLOSED);
            })
        };
        let listener = skipped.as_ref().unchecked_ref();
        source
            .add_event_listener_with_callback("skipped", listener)
            .ok()?;
        source.set_onmessage(Some(message.as_ref().unchecked_ref()));
        source.set_onopen(Some(open.as_ref().unchecked_ref()));
        source.set_onerror(Some(error.as_ref().unchecked_ref()));
        Some(Self {
            source,
            _message: message,
            _skipped: skipped,
            _open: open,
            _error: error,
        })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onopen(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}
