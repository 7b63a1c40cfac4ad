//! Keeps what a page shows fresh: one loop a page that asks the server again and again, never two
//! questions at once, and rests while nobody is looking.

use std::future::Future;
use std::pin::pin;

use futures_util::future::{AbortHandle, Abortable, Either, select};
use gloo_timers::future::TimeoutFuture;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::FetchError;
use crate::dto::{DatabaseReport, Overview, Status};
use crate::instant::Instant;
use crate::visit::Refresh;

/// An answer that takes longer is none: better to say so than to show old numbers as new.
const TIMEOUT_MS: u32 = 5_000;
/// While the server is silent it is asked at least this often, so that recovery shows soon.
const RETRY_SECONDS: u32 = 5;

/// What a page shows, and whether that still comes from a living server.
pub struct Live<T: 'static> {
    pub data: RwSignal<T>,
    pub link: RwSignal<Link>,
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Live<T> {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Live,
    /// No answer, or an old one.
    Stale,
    SignedOut,
    Forbidden,
}

/// Something that says when it was measured.
pub trait Measured {
    /// RFC 3339.
    fn generated_at(&self) -> &str;
}

impl Measured for Status {
    fn generated_at(&self) -> &str {
        &self.generated_at
    }
}

impl Measured for DatabaseReport {
    fn generated_at(&self) -> &str {
        &self.generated_at
    }
}

impl Measured for Overview {
    fn generated_at(&self) -> &str {
        &self.status.generated_at
    }
}

impl<T: Measured + Send + Sync> Live<T> {
    pub fn new(first: T) -> Self {
        Self {
            data: RwSignal::new(first),
            link: RwSignal::new(Link::Live),
        }
    }

    pub fn measured_at(self) -> Signal<Option<Instant>> {
        Signal::derive(move || self.data.with(|data| Instant::parse(data.generated_at())))
    }

    /// Asks again at `refresh`'s pace, and at once when the reader comes back to the tab or changes
    /// the pace. Effects run in the browser only: on the server this does nothing.
    pub fn keep_fresh<F>(self, refresh: Signal<Refresh>, fetch: impl Fn() -> F + Copy + 'static)
    where
        F: Future<Output = Result<T, FetchError>> + 'static,
    {
        let visible = visibility();
        Effect::new(move |earlier: Option<()>| {
            if refresh.get() == Refresh::Paused || !visible.get() {
                return;
            }
            let (handle, registration) = AbortHandle::new_pair();
            on_cleanup(move || handle.abort());
            let pace = refresh.get_untracked();
            let first_wait = match earlier {
                None => wait_ms(pace, self.link.get_untracked()),
                Some(()) => 0,
            };
            let polling = Abortable::new(self.poll(pace, first_wait, fetch), registration);
            spawn_local(async move {
                // An error only says that it was aborted: the next run of this effect took over.
                let _ = polling.await;
            });
        });
    }

    async fn poll<F>(self, pace: Refresh, first_wait_ms: u32, fetch: impl Fn() -> F)
    where
        F: Future<Output = Result<T, FetchError>>,
    {
        let mut wait = first_wait_ms;
        loop {
            TimeoutFuture::new(wait).await;
            let answer = match select(pin!(fetch()), TimeoutFuture::new(TIMEOUT_MS)).await {
                Either::Left((answer, _)) => answer,
                Either::Right(((), _)) => Err(FetchError::Unreachable),
            };
            self.accept(answer);
            wait = wait_ms(pace, self.link.get_untracked());
        }
    }

    /// Old numbers stay when no new ones came.
    fn accept(self, answer: Result<T, FetchError>) {
        let link = match &answer {
            Ok(new) => self.data.with_untracked(|old| judge(old, new)),
            Err(FetchError::SignedOut) => Link::SignedOut,
            Err(FetchError::Forbidden) => Link::Forbidden,
            Err(FetchError::Unreachable) => Link::Stale,
        };
        if let (Ok(new), Link::Live) = (answer, link) {
            self.data.set(new);
        }
        if self.link.get_untracked() != link {
            self.link.set(link);
        }
    }
}

/// Each answer is measured anew, so one with the time of the last came out of some cache.
fn judge<T: Measured>(old: &T, new: &T) -> Link {
    if old.generated_at() == new.generated_at() {
        Link::Stale
    } else {
        Link::Live
    }
}

fn wait_ms(pace: Refresh, link: Link) -> u32 {
    let seconds = pace.seconds().unwrap_or(RETRY_SECONDS);
    let seconds = match link {
        Link::Live | Link::SignedOut | Link::Forbidden => seconds,
        Link::Stale => seconds.min(RETRY_SECONDS),
    };
    seconds * 1000
}

/// Whether the reader can see the tab. Always true on the server, and in the first render.
fn visibility() -> ReadSignal<bool> {
    let (visible, set_visible) = signal(true);
    Effect::new(move |_: Option<()>| {
        let look = move || {
            let now = !document().hidden();
            // Setting a signal wakes its readers even if nothing changed.
            if visible.get_untracked() != now {
                set_visible.set(now);
            }
        };
        look();
        let listener = window_event_listener(ev::visibilitychange, move |_| look());
        on_cleanup(move || listener.remove());
    });
    visible
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn after(answer: Result<Status, FetchError>) -> (Status, Link) {
        Owner::new().with(|| {
            let live = Live::new(fixtures::healthy());
            live.accept(answer);
            (live.data.get_untracked(), live.link.get_untracked())
        })
    }

    fn later() -> Status {
        let generated_at = "2026-11-24T03:22:52.100Z".to_owned();
        Status {
            generated_at,
            ..fixtures::broken()
        }
    }

    #[test]
    fn a_new_answer_is_shown() {
        assert_eq!(after(Ok(later())), (later(), Link::Live));
    }

    #[test]
    fn without_an_answer_the_old_numbers_stay_and_say_so() {
        for (error, link) in [
            (FetchError::Unreachable, Link::Stale),
            (FetchError::SignedOut, Link::SignedOut),
            (FetchError::Forbidden, Link::Forbidden),
        ] {
            assert_eq!(after(Err(error)), (fixtures::healthy(), link));
        }
    }

    #[test]
    fn a_cached_answer_is_an_old_one() {
        assert_eq!(after(Ok(fixtures::healthy())).1, Link::Stale);
    }

    #[test]
    fn one_answer_is_enough_to_recover() {
        Owner::new().with(|| {
            let live = Live::new(fixtures::healthy());
            live.accept(Err(FetchError::Unreachable));
            live.accept(Ok(later()));
            assert_eq!(live.link.get_untracked(), Link::Live);
        });
    }

    #[test]
    fn a_silent_server_is_asked_at_least_every_five_seconds() {
        let waits = |link| Refresh::ALL.map(|pace| wait_ms(pace, link));
        assert_eq!(
            waits(Link::Live),
            [1_000, 5_000, 15_000, 30_000, 60_000, 5_000]
        );
        assert_eq!(
            waits(Link::Stale),
            [1_000, 5_000, 5_000, 5_000, 5_000, 5_000]
        );
    }
}
