//! [`Recent`]: the requests since a look some seconds ago.
//!
//! A running minute says little in its first seconds, and in its last ones much of what is over.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::finding::Subject;
use super::snapshot::{Snapshot, Window};
use super::thresholds::LATEST;

/// Viewers may have the service looked at as often as they like.
const LOOKS_APART: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Figures {
    pub requests: u64,
    pub errors: u64,
}

#[derive(Debug, Default)]
pub(super) struct Recent(VecDeque<Look>);

#[derive(Debug)]
struct Look {
    uptime: Duration,
    /// The number of the minute that ran then.
    minute: i64,
    /// What that minute had by then.
    figures: HashMap<Subject, Figures>,
}

impl Recent {
    pub fn note(&mut self, snapshot: &Snapshot) {
        let uptime = snapshot.uptime;
        let is_old = |look: &Look| uptime.saturating_sub(look.uptime) > LATEST;
        while self.0.front().is_some_and(is_old) {
            self.0.pop_front();
        }
        let is_new = |look: &Look| uptime.saturating_sub(look.uptime) < LOOKS_APART;
        if self.0.back().is_some_and(is_new) {
            return;
        }
        let traffic = &snapshot.traffic;
        let routes = traffic.routes.iter();
        let routes = routes.map(|route| (route.subject(), route.window.of_minute(0)));
        let all = (Subject::Traffic, traffic.all.of_minute(0));
        self.0.push_back(Look {
            uptime,
            minute: traffic.all.newest,
            figures: routes.chain([all]).collect(),
        });
    }

    /// Since the oldest look that is not too old; `None` if that did not see it.
    pub fn since(&self, subject: &Subject, window: &Window) -> Option<Figures> {
        let look = self.0.front()?;
        let then = look.figures.get(subject)?;
        let now = match window.newest - look.minute {
            0 => window.of_minute(0),
            1 => window.of_minute(0).plus(window.of_minute(1)),
            _ => return None,
        };
        Some(Figures {
            requests: now.requests.saturating_sub(then.requests),
            errors: now.errors.saturating_sub(then.errors),
        })
    }
}

impl Figures {
    pub fn share(self) -> f64 {
        self.errors as f64 / self.requests.max(1) as f64
    }

    fn plus(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            errors: self.errors + other.errors,
        }
    }
}

impl Window {
    fn of_minute(&self, ago: u32) -> Figures {
        self.sum(|minute| minute == ago)
    }

    pub(super) fn figures(&self, last_minutes: u32) -> Figures {
        self.sum(|minute| minute < last_minutes)
    }

    fn sum(&self, of: impl Fn(u32) -> bool) -> Figures {
        let minutes = self.minutes.iter().filter(|minute| of(minute.ago));
        minutes.fold(Figures::default(), |sum, minute| {
            sum.plus(Figures {
                requests: minute.requests,
                errors: minute.errors,
            })
        })
    }
}
