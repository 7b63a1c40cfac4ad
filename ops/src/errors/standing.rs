//! How a group stands: what people said of it last, and what has happened since.
//!
//! The last word counts: who mutes what was resolved takes the resolution back. Nobody has to come back
//! to a resolved group: the next error opens it again.

/// A group that was quiet for so long and is seen again has come back.
pub const GONE_MS: i64 = 7 * DAY_MS;

/// One that was not seen for so long has ended: as long as an incident waits for what follows it.
const ENDED_AFTER_MS: i64 = 10 * 60_000;

/// For so long what came, or came back by itself, is news.
const NEWS_MS: i64 = DAY_MS;

const DAY_MS: i64 = 24 * 3_600_000;

/// What is kept of a group beside its errors. Times are in milliseconds since the Unix epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupState {
    /// `None`: nothing, or it was taken back.
    pub said: Option<Said>,
    /// When it came back last, if nobody has said anything since.
    pub back: Option<Back>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub word: Word,
    pub by: String,
    pub at_ms: i64,
    /// May be empty, but for a mute's.
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Until it is seen again.
    Resolved,
    /// Seen or not, until then; `None`: until somebody says otherwise.
    Muted { until_ms: Option<i64> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    pub at_ms: i64,
    /// Of the process that saw it.
    pub version: Option<String>,
}

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Resolve,
    /// Takes a resolution back; of one that came back: it is known now.
    Reopen,
    Mute {
        until_ms: Option<i64>,
    },
    Unmute,
}

/// What a process saw and the store does not know yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight<'a> {
    pub first_ms: i64,
    pub last_ms: i64,
    pub version: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub activity: Activity,
    pub novelty: Novelty,
    pub care: Care,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    Ongoing,
    Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Novelty {
    New,
    Back,
    Known,
}

/// Whether anybody has to do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    Open,
    Resolved,
    Muted,
}

/// What rules of alerts are told of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News {
    /// When it was first seen, or came back.
    pub at_ms: i64,
    pub is_back: bool,
}

impl GroupState {
    #[must_use]
    pub fn changed(&self, change: Change, by: &str, at_ms: i64, reason: &str) -> Self {
        let word = match (change, self.said.as_ref().map(|said| said.word)) {
            (Change::Resolve, _) => Word::Resolved,
            (Change::Mute { until_ms }, _) => Word::Muted { until_ms },
            (Change::Reopen, Some(Word::Resolved)) | (Change::Unmute, Some(Word::Muted { .. })) => {
                return Self::default();
            }
            // By then somebody else has said something else.
            (Change::Reopen | Change::Unmute, _) => return self.clone(),
        };
        let said = Said {
            word,
            by: by.to_owned(),
            at_ms,
            reason: reason.to_owned(),
        };
        Self {
            said: Some(said),
            back: None,
        }
    }

    /// It was seen again; `known_ms` is when the store had it seen last. Whether it came back by that.
    pub fn saw(&mut self, sight: Sight<'_>, known_ms: Option<i64>) -> bool {
        let at_ms = match &self.said {
            Some(said) if said.word == Word::Resolved => {
                if self.came_back().is_some() || sight.last_ms <= said.at_ms {
                    return false;
                }
                // Of what came before and after only the last is known to have come after.
                let is_after = sight.first_ms > said.at_ms;
                if is_after {
                    sight.first_ms
                } else {
                    sight.last_ms
                }
            }
            _ => {
                let quiet_ms = known_ms.map(|known| sight.first_ms.saturating_sub(known));
                if quiet_ms.is_none_or(|quiet| quiet < GONE_MS) {
                    return false;
                }
                sight.first_ms
            }
        };
        self.back = Some(Back {
            at_ms,
            version: sight.version.map(str::to_owned),
        });
        true
    }

    pub fn standing(&self, first_ms: i64, last_ms: i64, now_ms: i64) -> Standing {
        let is_within = |at_ms: i64, limit| now_ms.saturating_sub(at_ms) < limit;
        let activity = if is_within(last_ms, ENDED_AFTER_MS) {
            Activity::Ongoing
        } else {
            Activity::Ended
        };
        let is_news = |back: &Back| is_within(back.at_ms, NEWS_MS);
        let novelty = match self.resolved_ms() {
            // Until somebody has seen that it was not.
            Some(_) if self.care(last_ms, now_ms) == Care::Open => Novelty::Back,
            _ if self.came_back().is_some_and(is_news) => Novelty::Back,
            _ if is_within(first_ms, NEWS_MS) => Novelty::New,
            _ => Novelty::Known,
        };
        Standing {
            activity,
            novelty,
            care: self.care(last_ms, now_ms),
        }
    }

    pub fn care(&self, last_ms: i64, now_ms: i64) -> Care {
        match self.said.as_ref().map(|said| (said.word, said.at_ms)) {
            Some((Word::Resolved, at_ms)) if self.came_back().is_none() && last_ms <= at_ms => {
                Care::Resolved
            }
            Some((Word::Muted { until_ms }, _)) if until_ms.is_none_or(|until| now_ms < until) => {
                Care::Muted
            }
            _ => Care::Open,
        }
    }

    /// When it came back, as far as that was noticed.
    pub fn back_ms(&self, last_ms: i64) -> Option<i64> {
        let unnoticed = self.resolved_ms().filter(|at_ms| last_ms > *at_ms);
        let noticed = self.came_back().map(|back| back.at_ms);
        noticed.or(unnoticed.map(|_| last_ms))
    }

    /// What has come since then, and is to be told.
    pub fn news(&self, first_ms: i64, last_ms: i64, since_ms: i64, now_ms: i64) -> Option<News> {
        if self.care(last_ms, now_ms) != Care::Open {
            return None;
        }
        let told = |at_ms, is_back| (at_ms >= since_ms).then_some(News { at_ms, is_back });
        let back = self.came_back().and_then(|back| told(back.at_ms, true));
        back.or_else(|| told(first_ms, false))
    }

    /// Not by an error from before it was resolved, which may be told of later.
    pub fn came_back(&self) -> Option<&Back> {
        let resolved_ms = self.resolved_ms();
        let back = self.back.as_ref();
        back.filter(|back| resolved_ms.is_none_or(|at_ms| back.at_ms > at_ms))
    }

    fn resolved_ms(&self) -> Option<i64> {
        let said = self.said.as_ref();
        let resolved = said.filter(|said| said.word == Word::Resolved);
        resolved.map(|said| said.at_ms)
    }
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
