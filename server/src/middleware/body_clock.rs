//! Bodies have to come in time: within [`DEADLINE`], and a second later for each [`BYTES_A_SECOND`] that
//! did come. A client that drips holds a connection and a handler, and is to hold them for no longer.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage as _;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

pub const DEADLINE: Duration = Duration::from_secs(10);

/// Slower than any line on which the desk could be used.
const BYTES_A_SECOND: u32 = 16 * 1024;

/// However large it is.
const LONGEST: Duration = Duration::from_secs(75);

/// Whether a request's body came too late.
#[derive(Clone, Default)]
pub struct Late(Rc<Cell<bool>>);

impl Late {
    pub fn is_late(&self) -> bool {
        self.0.get()
    }
}

/// From now on the body is read against the clock, whoever reads it.
pub fn set(request: &mut ServiceRequest) -> Late {
    let late = Late::default();
    let payload = request.take_payload();
    if matches!(payload, Payload::None) {
        return late;
    }
    let timed = Timed {
        payload,
        clock: None,
        late: late.clone(),
    };
    let payload = Box::pin(timed);
    request.set_payload(Payload::Stream { payload });
    late
}

struct Timed {
    payload: Payload,
    /// Starts when the body is first waited for: what a handler does before is not the client's fault.
    clock: Option<Clock>,
    late: Late,
}

struct Clock {
    end: Instant,
    latest: Instant,
    sleep: Pin<Box<Sleep>>,
}

impl Clock {
    fn start() -> Self {
        let now = Instant::now();
        let end = now + DEADLINE;
        Self {
            end,
            latest: now + LONGEST,
            sleep: Box::pin(sleep_until(end)),
        }
    }

    fn received(&mut self, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let earned = Duration::from_secs_f64(f64::from(bytes) / f64::from(BYTES_A_SECOND));
        self.end = (self.end + earned).min(self.latest);
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.sleep.deadline() != self.end {
            self.sleep.as_mut().reset(self.end);
        }
        self.sleep.as_mut().poll(context)
    }
}

impl Stream for Timed {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let clock = this.clock.get_or_insert_with(Clock::start);
        let polled = Pin::new(&mut this.payload).poll_next(context);
        if let Poll::Ready(item) = polled {
            if let Some(Ok(chunk)) = &item {
                clock.received(chunk.len());
            }
            return Poll::Ready(item);
        }
        if clock.poll(context).is_pending() {
            return Poll::Pending;
        }
        this.late.0.set(true);
        let error = io::Error::from(io::ErrorKind::TimedOut);
        Poll::Ready(Some(Err(PayloadError::Io(error))))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use actix_web::test::TestRequest;
    use futures_util::{StreamExt as _, stream};

    use super::*;

    /// A body of `count` pieces of so many bytes, one after each pause; how long it was read, and whether
    /// it was late.
    async fn read(count: usize, bytes: usize, pause: Duration) -> (Duration, bool) {
        let pieces = stream::unfold(0, move |number| async move {
            tokio::time::sleep(pause).await;
            (number < count).then(|| (Ok(Bytes::from(vec![0; bytes])), number + 1))
        });
        let mut request = TestRequest::default().to_srv_request();
        request.set_payload(Payload::Stream {
            payload: Box::pin(pieces),
        });
        let late = set(&mut request);
        let mut payload = request.take_payload();
        let started = Instant::now();
        while let Some(Ok(_)) = payload.next().await {}
        (started.elapsed(), late.is_late())
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_is_given_up_and_one_that_flows_is_not() {
        let second = Duration::from_secs(1);
        let (took, is_late) = read(1000, 1, second).await;
        assert!(
            is_late && took >= DEADLINE && took < DEADLINE + second,
            "{took:?}"
        );
        // 1 MiB within 65 s.
        let (took, is_late) = read(64, 16 * 1024, second).await;
        assert!(!is_late && took > DEADLINE, "{took:?}");
        let (took, is_late) = read(1000, 64 * 1024, second).await;
        assert!(is_late && took >= LONGEST, "{took:?}");
    }
}
