//! Panics: logged once, with a backtrace, wherever they happen.
//!
//! One inside a request is kept for the edge, which logs it together with the id that the client
//! sees; any other is logged by the hook, and on disk before the process may die.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use ops::log::{LogHandle, PanicReport, install_panic_hook};

thread_local! {
    static IN_REQUEST: Cell<bool> = const { Cell::new(false) };
    static LATEST: RefCell<Option<PanicReport>> = const { RefCell::new(None) };
}

/// Replaces the process's panic hook.
pub fn install_hook(log: LogHandle) {
    install_panic_hook(log);
    let elsewhere = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if IN_REQUEST.get() {
            LATEST.with(|latest| latest.replace(Some(PanicReport::capture(info))));
        } else {
            elsewhere(info);
        }
    }));
}

/// A future that answers with its panic instead of unwinding through whoever polls it.
pub struct Caught<F>(Pin<Box<F>>);

impl<F: Future> Caught<F> {
    pub fn new(future: F) -> Self {
        Self(Box::pin(future))
    }
}

impl<F: Future> Future for Caught<F> {
    type Output = Result<F::Output, PanicReport>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let outer = IN_REQUEST.replace(true);
        // After a panic the future is never polled again, so no broken invariant of it is seen.
        let polled = catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(cx)));
        IN_REQUEST.set(outer);
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(payload) => Poll::Ready(Err(latest(payload.as_ref()))),
        }
    }
}

/// What the hook kept; without our hook (in a test) the payload has to do.
fn latest(payload: &(dyn Any + Send)) -> PanicReport {
    let kept = LATEST.with(|latest| latest.take());
    kept.unwrap_or_else(|| PanicReport {
        message: payload
            .downcast_ref::<&str>()
            .map_or_else(|| "a panic".to_owned(), |text| (*text).to_owned()),
        location: String::new(),
        thread: String::new(),
        backtrace: String::new(),
    })
}
