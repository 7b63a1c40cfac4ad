//! [`Recipients`]: who of a mail's recipients has it, from one try to the next.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use ops::alerts::notify::Verdict;

/// Of mails that are not yet settled. What is forgotten costs some a second copy, by the same
/// Message-ID.
const MAX_MAILS: usize = 256;

/// What a server said for one recipient.
#[derive(Clone, Debug)]
pub(super) struct Fate {
    pub code: u16,
    pub verdict: Verdict,
}

impl Fate {
    pub(super) fn new(code: u16, verdict: Verdict) -> Self {
        Self { code, verdict }
    }

    pub(super) fn reason(&self) -> &str {
        match &self.verdict {
            Verdict::Delivered => "",
            Verdict::Retry { reason, .. } | Verdict::Refused { reason } => reason,
        }
    }
}

struct Served {
    id: String,
    /// By the place among the recipients.
    fates: BTreeMap<usize, Fate>,
}

#[derive(Default)]
pub(super) struct Recipients {
    /// The oldest first.
    mails: Mutex<VecDeque<Served>>,
}

impl Recipients {
    /// Whether another try could change nothing.
    pub(super) fn is_settled(&self, id: &str, index: usize) -> bool {
        self.with(|mails| {
            let served = mails.iter().find(|served| served.id == id);
            let fate = served.and_then(|served| served.fates.get(&index));
            fate.is_some_and(|fate| !matches!(fate.verdict, Verdict::Retry { .. }))
        })
    }

    pub(super) fn note(&self, id: &str, index: usize, fate: Fate) {
        self.with(|mails| {
            if let Some(served) = mails.iter_mut().find(|served| served.id == id) {
                served.fates.insert(index, fate);
                return;
            }
            if mails.len() >= MAX_MAILS {
                mails.pop_front();
            }
            mails.push_back(Served {
                id: id.to_owned(),
                fates: BTreeMap::from([(index, fate)]),
            });
        });
    }

    pub(super) fn fates(&self, id: &str) -> Vec<(usize, Fate)> {
        self.with(|mails| {
            let served = mails.iter().find(|served| served.id == id);
            let fates = served.map(|served| served.fates.clone());
            fates.unwrap_or_default().into_iter().collect()
        })
    }

    pub(super) fn forget(&self, id: &str) {
        self.with(|mails| mails.retain(|served| served.id != id));
    }

    fn with<T>(&self, work: impl FnOnce(&mut VecDeque<Served>) -> T) -> T {
        work(&mut self.mails.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken() -> Fate {
        Fate::new(250, Verdict::Delivered)
    }

    #[test]
    fn who_has_a_mail_is_settled_and_who_may_get_it_is_not() {
        let recipients = Recipients::default();
        recipients.note("a", 0, taken());
        let busy = Verdict::Retry {
            after: None,
            reason: "SMTP 451".to_owned(),
        };
        recipients.note("a", 1, Fate::new(451, busy));
        let settled = |id, index| recipients.is_settled(id, index);
        assert!(settled("a", 0) && !settled("a", 1) && !settled("a", 2) && !settled("b", 0));
        recipients.note("a", 1, taken());
        assert!(settled("a", 1));
        recipients.forget("a");
        assert!(!settled("a", 0));
    }

    #[test]
    fn it_remembers_so_many_and_no_more() {
        let recipients = Recipients::default();
        for number in 0..=MAX_MAILS {
            recipients.note(&number.to_string(), 0, taken());
        }
        assert!(!recipients.is_settled("0", 0));
        assert!(recipients.is_settled("1", 0));
        assert_eq!(recipients.with(|mails| mails.len()), MAX_MAILS);
    }
}
