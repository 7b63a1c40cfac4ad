//! [`Letter`]: what is to be sent; and [`Delivery`]: what became of it.

use ops::alerts::message::{Outgoing, Timestamp};
use ops::alerts::notify::Verdict;

/// What is to be sent, in one try.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// Of the notice, or of the digest: the same on each try.
    pub id: &'a str,
    /// When the notice was made.
    pub created: Timestamp,
    /// The first notice of the incident on this channel, unless this is it.
    pub first: Option<&'a str>,
    /// More than one are told as a digest, which only people can read.
    pub messages: &'a [Outgoing],
    pub now: Timestamp,
}

/// What became of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub verdict: Verdict,
    /// Of HTTP or of SMTP, if there was an answer.
    pub status: Option<u16>,
    /// For people: what the peer said, or why there is nothing; without any address or secret, and with
    /// at most 200 characters of the peer's.
    pub answer: String,
}

impl Delivery {
    pub(super) fn new(verdict: Verdict, status: Option<u16>, delivered: String) -> Self {
        let answer = match &verdict {
            Verdict::Delivered => delivered,
            Verdict::Retry { reason, .. } | Verdict::Refused { reason } => reason.clone(),
        };
        Self {
            verdict,
            status,
            answer,
        }
    }

    /// There was no answer, and another time there may be one.
    pub(super) fn without_answer(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self::new(
            Verdict::Retry {
                after: None,
                reason,
            },
            None,
            String::new(),
        )
    }
}
