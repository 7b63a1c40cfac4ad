//! Keeps what a page shows fresh: one loop a page that asks the server again and again, never two
//! questions at once, and rests while nobody is looking.

use std::future::Future;
use std::time::Duration;

use futures_util::future::{AbortHandle, Abortable};
use gloo_timers::future::TimeoutFuture;
use js_sys::Date;
use leptos::ev;
use leptos::leptos_dom::helpers::set_interval_with_handle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::view::viewer::Refresh;

/// While the server is silent it is asked at least this often, so that recovery shows soon.
const RETRY_SECONDS: u32 = 5;

/// Whether what a page shows still comes from a living server.
#[derive(Clone, Copy)]
pub struct Live {
    /// When that was measured, RFC 3339.
    pub generated_at: RwSignal<String>,
    pub link: RwSignal<Link>,
    /// How many seconds ago the last answer came, while there is none.
    pub silent_for: RwSignal<u64>,
    /// A question is under way.
    pub is_asking: RwSignal<bool>,
    /// Changes whenever the reader wants an answer now.
    asked_now: RwSignal<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Live,
    /// No answer, or an old one.
    Stale,
    SignedOut,
    Forbidden,
}

/// Why there is no answer, as far as the page treats the cases differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// The session has ended.
    SignedOut,
    /// Signed in, but not as staff (any more).
    Forbidden,
    /// None, or none that this page understands.
    Unreachable,
}

/// What a server answered, newly measured.
pub trait Measured {
    /// RFC 3339.
    fn generated_at(&self) -> &str;
}

impl Live {
    pub fn new(generated_at: String) -> Self {
        Self {
            generated_at: RwSignal::new(generated_at),
            link: RwSignal::new(Link::Live),
            silent_for: RwSignal::new(0),
            is_asking: RwSignal::new(false),
            asked_now: RwSignal::new(0),
        }
    }

    /// Asks at once, whatever the pace.
    pub fn ask_now(self) {
        self.asked_now
            .update(|times| *times = times.wrapping_add(1));
    }

    /// Asks again at `refresh`'s pace, and at once when the reader comes back to the tab or changes
    /// the pace. Effects run in the browser only: on the server this does nothing.
    pub fn keep_fresh<T, F>(
        self,
        refresh: Signal<Refresh>,
        fetch: impl Fn() -> F + Copy + 'static,
        show: impl Fn(&T) + Copy + 'static,
    ) where
        T: Measured + 'static,
        F: Future<Output = Result<T, NoAnswer>> + 'static,
    {
        let visible = visibility();
        self.count_silence();
        Effect::new(move |earlier: Option<u32>| {
            let asked_now = self.asked_now.get();
            let is_asked_now = earlier.is_some_and(|earlier| earlier != asked_now);
            let rests = refresh.get() == Refresh::Paused || !visible.get();
            if rests && !is_asked_now {
                return asked_now;
            }
            let (handle, registration) = AbortHandle::new_pair();
            on_cleanup(move || {
                handle.abort();
                self.is_asking.set(false);
            });
            let pace = refresh.get_untracked();
            let first_wait = match earlier {
                None => wait_ms(pace, self.link.get_untracked()),
                Some(_) => 0,
            };
            let polling = Abortable::new(self.poll(pace, first_wait, fetch, show), registration);
            spawn_local(async move {
                // An error only says that it was aborted: the next run of this effect took over.
                let _ = polling.await;
            });
            asked_now
        });
    }

    /// Counts the seconds since the last answer, while there is none.
    fn count_silence(self) {
        let answered_at = StoredValue::new(0.0);
        Effect::new(move |_: Option<()>| {
            self.generated_at.track();
            answered_at.set_value(Date::now());
        });
        Effect::new(move |_: Option<()>| {
            if self.link.get() != Link::Stale {
                return;
            }
            let count = move || {
                let silent_ms = Date::now() - answered_at.get_value();
                self.silent_for.set((silent_ms / 1000.0) as u64);
            };
            count();
            let interval = set_interval_with_handle(count, Duration::from_secs(1));
            on_cleanup(move || {
                if let Ok(interval) = interval {
                    interval.clear();
                }
            });
        });
    }

    async fn poll<T, F>(
        self,
        pace: Refresh,
        first_wait_ms: u32,
        fetch: impl Fn() -> F,
        show: impl Fn(&T),
    ) where
        T: Measured,
        F: Future<Output = Result<T, NoAnswer>>,
    {
        let mut wait = first_wait_ms;
        loop {
            TimeoutFuture::new(wait).await;
            self.is_asking.set(true);
            let answer = fetch().await;
            self.is_asking.set(false);
            self.accept(answer, &show);
            if pace == Refresh::Paused {
                return;
            }
            wait = wait_ms(pace, self.link.get_untracked());
        }
    }

    /// Old numbers stay when no new ones came.
    pub fn accept<T: Measured>(self, answer: Result<T, NoAnswer>, show: impl Fn(&T)) {
        let link = match answer {
            // Each answer is measured anew: one with the time of the last came out of some cache.
            Ok(new) if self.generated_at.get_untracked() == new.generated_at() => Link::Stale,
            Ok(new) => {
                self.generated_at.set(new.generated_at().to_owned());
                show(&new);
                Link::Live
            }
            Err(NoAnswer::SignedOut) => Link::SignedOut,
            Err(NoAnswer::Forbidden) => Link::Forbidden,
            Err(NoAnswer::Unreachable) => Link::Stale,
        };
        if self.link.get_untracked() != link {
            self.link.set(link);
        }
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

    struct At(&'static str);

    impl Measured for At {
        fn generated_at(&self) -> &str {
            self.0
        }
    }

    const FIRST: &str = "2026-11-24T03:22:37.100Z";
    const LATER: &str = "2026-11-24T03:22:52.100Z";

    /// What is on the page after these answers, and how it says that it came there.
    fn after(answers: Vec<Result<At, NoAnswer>>) -> (String, Link, Vec<&'static str>) {
        Owner::new().with(|| {
            let live = Live::new(FIRST.to_owned());
            let shown = StoredValue::new(Vec::new());
            for answer in answers {
                live.accept(answer, |at: &At| {
                    shown.update_value(|shown| shown.push(at.0))
                });
            }
            (
                live.generated_at.get_untracked(),
                live.link.get_untracked(),
                shown.get_value(),
            )
        })
    }

    #[test]
    fn a_new_answer_is_shown() {
        let expected = (LATER.to_owned(), Link::Live, vec![LATER]);
        assert_eq!(after(vec![Ok(At(LATER))]), expected);
    }

    #[test]
    fn without_an_answer_the_old_numbers_stay_and_say_so() {
        for (error, link) in [
            (NoAnswer::Unreachable, Link::Stale),
            (NoAnswer::SignedOut, Link::SignedOut),
            (NoAnswer::Forbidden, Link::Forbidden),
        ] {
            assert_eq!(after(vec![Err(error)]), (FIRST.to_owned(), link, vec![]));
        }
    }

    #[test]
    fn a_cached_answer_is_an_old_one() {
        assert_eq!(after(vec![Ok(At(FIRST))]).1, Link::Stale);
    }

    #[test]
    fn one_answer_is_enough_to_recover() {
        let answers = vec![Err(NoAnswer::Unreachable), Ok(At(LATER))];
        assert_eq!(after(answers).1, Link::Live);
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
