//! [`Silence`]: somebody does not want to hear of some alerts for a while. And [`Quiet`]: nobody is to
//! hear of any, during a deployment.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::alerts::severity::Severity;
use crate::alerts::subject::Subject;

/// No silence lasts longer, so that none is forgotten.
pub const LONGEST_SILENCE: Duration = Duration::from_secs(7 * 86_400);
/// A silence "until it ends" that matches nothing for so long is over.
const UNUSED_MS: i64 = 3_600_000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    pub id: String,
    pub matchers: Matchers,
    pub by: String,
    pub reason: String,
    /// In milliseconds since the Unix epoch, as all times here.
    pub from_ms: i64,
    pub until: Until,
    /// When it ended, by itself or by a person.
    pub ended_ms: Option<i64>,
    /// When it last matched an alert that fires.
    pub matched_ms: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    At(i64),
    /// Until no alert that it matches fires any more.
    End,
}

/// All that are given must agree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matchers {
    pub rule: Option<String>,
    /// As it is shown.
    pub subject: Option<String>,
    pub severity: Option<Severity>,
}

impl Matchers {
    pub fn matches(&self, rule: &str, subject: &Subject, severity: Severity) -> bool {
        let is_rule = self.rule.as_ref().is_none_or(|wanted| wanted == rule);
        let wanted = self.subject.as_ref();
        let is_subject = wanted.is_none_or(|wanted| *wanted == subject.to_string());
        is_rule && is_subject && self.severity.is_none_or(|wanted| wanted == severity)
    }
}

/// As people read it, such as `disk web-1/log critical`.
impl fmt::Display for Matchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.rule.as_deref(),
            self.subject.as_deref(),
            self.severity.map(Severity::name),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(" "))
    }
}

/// Why a silence is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SilenceError {
    NoReason,
    /// It would silence everything: that is what quiet is for.
    NoMatcher,
    /// It would end before it begins.
    Over,
    TooLong,
}

impl fmt::Display for SilenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoReason => "a silence has a reason",
            Self::NoMatcher => "a silence names a rule, a subject or a severity",
            Self::Over => "a silence ends after it begins",
            Self::TooLong => "a silence lasts seven days at most",
        })
    }
}

impl std::error::Error for SilenceError {}

impl Silence {
    pub fn new(
        id: String,
        matchers: Matchers,
        by: String,
        reason: String,
        from_ms: i64,
        until: Until,
    ) -> Result<Self, SilenceError> {
        if reason.trim().is_empty() {
            return Err(SilenceError::NoReason);
        }
        if matchers == Matchers::default() {
            return Err(SilenceError::NoMatcher);
        }
        if let Until::At(until_ms) = until {
            if until_ms <= from_ms {
                return Err(SilenceError::Over);
            }
            if until_ms.saturating_sub(from_ms) > longest_ms() {
                return Err(SilenceError::TooLong);
            }
        }
        Ok(Self {
            id,
            matchers,
            by,
            reason,
            from_ms,
            until,
            ended_ms: None,
            matched_ms: None,
        })
    }

    pub fn is_active(&self, at_ms: i64) -> bool {
        let is_over = match self.until {
            Until::At(until_ms) => at_ms >= until_ms,
            Until::End => false,
        };
        self.ended_ms.is_none() && at_ms >= self.from_ms && !is_over
    }

    /// To be asked after each round, with what fires now. Whether it has ended by it.
    pub fn settle<'a>(
        &mut self,
        firing: impl IntoIterator<Item = (&'a str, &'a Subject, Severity)>,
        at_ms: i64,
    ) -> bool {
        if !self.is_active(at_ms) {
            let is_new = self.ended_ms.is_none() && at_ms >= self.from_ms;
            if is_new {
                self.ended_ms = Some(at_ms);
            }
            return is_new;
        }
        let mut firing = firing.into_iter();
        if firing.any(|(rule, subject, severity)| self.matchers.matches(rule, subject, severity)) {
            self.matched_ms = Some(at_ms);
            return false;
        }
        let is_over = match (self.until, self.matched_ms) {
            (Until::At(_), _) => false,
            (Until::End, Some(_)) => true,
            (Until::End, None) => at_ms.saturating_sub(self.from_ms) >= UNUSED_MS,
        };
        let is_too_long = at_ms.saturating_sub(self.from_ms) >= longest_ms();
        if is_over || is_too_long {
            self.ended_ms = Some(at_ms);
        }
        is_over || is_too_long
    }
}

fn longest_ms() -> i64 {
    i64::try_from(LONGEST_SILENCE.as_millis()).unwrap_or(i64::MAX)
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    pub by: String,
    pub reason: String,
    pub from_ms: i64,
    pub until_ms: i64,
}

impl Quiet {
    pub fn is_active(&self, at_ms: i64) -> bool {
        (self.from_ms..self.until_ms).contains(&at_ms)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    const HOUR: i64 = 3_600_000;

    fn silence(until: Until) -> Result<Silence, SilenceError> {
        let matchers = Matchers {
            rule: Some("disk".into()),
            ..Matchers::default()
        };
        Silence::new("s".into(), matchers, "ada".into(), "known".into(), 0, until)
    }

    fn disk() -> Subject {
        Subject {
            instance: Some("web-1".into()),
            part: Some("log".into()),
        }
    }

    #[test]
    fn all_matchers_must_agree() {
        let all = Matchers {
            rule: Some("disk".into()),
            subject: Some("log".into()),
            severity: Some(Severity::Warning),
        };
        assert!(all.matches("disk", &disk(), Severity::Warning));
        assert!(!all.matches("disk", &disk(), Severity::Critical));
        assert!(!all.matches("memory", &disk(), Severity::Warning));
        assert!(!all.matches("disk", &Subject::default(), Severity::Warning));
    }

    #[test]
    fn a_silence_is_refused_that_would_be_forgotten_or_says_nothing() {
        assert_eq!(silence(Until::At(0)), Err(SilenceError::Over));
        assert_eq!(
            silence(Until::At(8 * 24 * HOUR)),
            Err(SilenceError::TooLong)
        );
        assert!(silence(Until::At(7 * 24 * HOUR)).is_ok());
        let new = |matchers, reason: &str| {
            Silence::new(
                "s".into(),
                matchers,
                "ada".into(),
                reason.into(),
                0,
                Until::End,
            )
        };
        assert_eq!(
            new(Matchers::default(), "known"),
            Err(SilenceError::NoMatcher)
        );
        let matchers = silence(Until::End).unwrap().matchers;
        assert_eq!(new(matchers, " "), Err(SilenceError::NoReason));
    }

    #[test]
    fn a_silence_ends_at_its_time_and_says_so_once() {
        let mut silence = silence(Until::At(HOUR)).unwrap();
        assert!(silence.is_active(HOUR - 1) && !silence.settle([], HOUR - 1));
        assert!(!silence.is_active(HOUR) && silence.settle([], HOUR));
        assert!(!silence.settle([], HOUR + 1));
    }

    #[test]
    fn a_silence_until_it_ends_ends_with_what_it_silenced() {
        let subject = disk();
        let firing = [("disk", &subject, Severity::Warning)];
        let mut silence = silence(Until::End).unwrap();
        assert!(!silence.settle(firing, 1));
        assert!(silence.settle([], 2) && !silence.is_active(2));
    }

    #[test]
    fn a_silence_that_matches_nothing_for_an_hour_is_over() {
        let mut silence = silence(Until::End).unwrap();
        let (subject, other) = (disk(), "memory");
        assert!(!silence.settle([(other, &subject, Severity::Warning)], HOUR - 1));
        assert!(silence.settle([], HOUR));
    }
}
