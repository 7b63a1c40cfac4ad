#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Errors, this long one after the other.
    Fails {
        for_ms: i64,
    },
    Says(Change),
    /// Nothing happens.
    Passes,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        Just(Change::Resolve),
        Just(Change::Reopen),
        Just(Change::Mute { until_ms: None }),
        (0_i64..20 * DAY_MS).prop_map(|until| Change::Mute {
            until_ms: Some(until)
        }),
        Just(Change::Unmute),
    ]
}

/// What happens, each so long after the one before.
fn history() -> impl Strategy<Value = Vec<(i64, Step)>> {
    let step = prop_oneof![
        (0_i64..5000).prop_map(|for_ms| Step::Fails { for_ms }),
        change().prop_map(Step::Says),
        Just(Step::Passes),
    ];
    let pause = prop_oneof![1_i64..60_000, 1_i64..9 * DAY_MS];
    vec((pause, step), 1..20)
}

/// A group that lives through a history, and the times of what happened to it.
#[derive(Default)]
struct Life {
    state: GroupState,
    now_ms: i64,
    /// First and last of each burst.
    seen: Vec<(i64, i64)>,
    said: Vec<(i64, Change)>,
}

impl Life {
    fn of(history: &[(i64, Step)]) -> Self {
        let mut life = Self::default();
        life.fails(0);
        for (pause_ms, step) in history {
            life.now_ms += pause_ms;
            match *step {
                Step::Fails { for_ms } => life.fails(for_ms),
                Step::Says(change) => {
                    life.state = life.state.changed(change, "ada", life.now_ms, "because");
                    life.said.push((life.now_ms, change));
                }
                Step::Passes => {}
            }
        }
        life
    }

    fn fails(&mut self, for_ms: i64) {
        let known_ms = self.seen.last().map(|(_, last)| *last);
        let first_ms = self.now_ms;
        self.now_ms += for_ms;
        let sight = Sight {
            first_ms,
            last_ms: self.now_ms,
            version: Some("2"),
        };
        self.state.saw(sight, known_ms);
        self.seen.push((first_ms, self.now_ms));
    }

    fn last_ms(&self) -> i64 {
        self.seen.last().unwrap().1
    }

    /// Told from the whole history: what was said last and not taken back.
    fn last_word(&self) -> Option<(i64, Change)> {
        self.said.iter().fold(None, |word, (at, change)| {
            match (change, word.map(|(_, said)| said)) {
                (Change::Resolve | Change::Mute { .. }, _) => Some((*at, *change)),
                (Change::Reopen, Some(Change::Resolve))
                | (Change::Unmute, Some(Change::Mute { .. })) => None,
                _ => word,
            }
        })
    }

    fn expected_care(&self) -> Care {
        match self.last_word() {
            Some((at, Change::Resolve)) if !self.seen.iter().any(|(_, last)| *last > at) => {
                Care::Resolved
            }
            Some((_, Change::Mute { until_ms })) if until_ms.is_none_or(|at| at > self.now_ms) => {
                Care::Muted
            }
            _ => Care::Open,
        }
    }
}

proptest! {
    #[test]
    fn the_last_word_counts_and_an_error_reopens(history in history()) {
        let life = Life::of(&history);
        let standing = life.state.standing(0, life.last_ms(), life.now_ms);
        prop_assert_eq!(standing.care, life.expected_care());
        let is_ongoing = life.now_ms - life.last_ms() < ENDED_AFTER_MS;
        prop_assert_eq!(standing.activity == Activity::Ongoing, is_ongoing);
    }

    #[test]
    fn a_resolved_group_is_back_with_the_first_error_after_it(history in history()) {
        let life = Life::of(&history);
        let Some((at, Change::Resolve)) = life.last_word() else {
            return Ok(());
        };
        let after = life.seen.iter().find(|(_, last)| *last > at);
        prop_assert_eq!(life.state.back_ms(life.last_ms()), after.map(|(first, _)| *first));
        if after.is_some() {
            let standing = life.state.standing(0, life.last_ms(), life.now_ms);
            prop_assert_eq!(standing.novelty, Novelty::Back);
            let version = life.state.back.as_ref().and_then(|back| back.version.as_deref());
            prop_assert_eq!(version, Some("2"));
        }
    }

    #[test]
    fn a_group_tells_nothing_while_it_is_muted_or_resolved_and_all_that_came_otherwise(
        history in history(),
        ago_ms in 0_i64..3 * DAY_MS,
    ) {
        let life = Life::of(&history);
        let since_ms = life.now_ms - ago_ms;
        let news = life.state.news(0, life.last_ms(), since_ms, life.now_ms);
        if life.expected_care() != Care::Open {
            prop_assert_eq!(news, None);
        } else if since_ms <= 0 {
            prop_assert!(news.is_some());
        }
        if let Some(news) = news {
            prop_assert!(news.at_ms >= since_ms);
            prop_assert!(life.seen.iter().any(|(first, last)| [*first, *last].contains(&news.at_ms)));
        }
    }

    #[test]
    fn quiet_for_a_week_and_seen_again_is_back(quiet_ms in 0_i64..30 * DAY_MS) {
        let mut life = Life::default();
        life.fails(0);
        life.now_ms += quiet_ms;
        life.fails(1000);
        let standing = life.state.standing(0, life.last_ms(), life.now_ms);
        prop_assert_eq!(standing.novelty == Novelty::Back, quiet_ms >= GONE_MS);
        // Nobody has to say that it is known.
        let later = life.now_ms + NEWS_MS;
        let standing = life.state.standing(0, life.last_ms(), later);
        prop_assert_eq!(standing.novelty, Novelty::Known);
    }
}

#[test]
fn what_others_have_changed_meanwhile_is_not_taken_back_by_a_stale_page() {
    let muted = GroupState::default().changed(Change::Mute { until_ms: None }, "ada", 5, "known");
    assert_eq!(muted.changed(Change::Reopen, "bob", 6, ""), muted);
    let resolved = muted.changed(Change::Resolve, "bob", 6, "");
    assert_eq!(resolved.changed(Change::Unmute, "ada", 7, ""), resolved);
    assert_eq!(resolved.said.as_ref().unwrap().by, "bob");
}

#[test]
fn errors_that_were_under_way_when_it_was_resolved_are_no_return() {
    let mut state = GroupState::default().changed(Change::Resolve, "ada", 1000, "");
    let sight = |first_ms, last_ms| Sight {
        first_ms,
        last_ms,
        version: None,
    };
    assert!(!state.saw(sight(900, 1000), Some(800)));
    assert_eq!(state.care(1000, 1100), Care::Resolved);
    // Before and after in one write: the last is known to have come after.
    assert!(state.saw(sight(950, 1200), Some(1000)));
    assert_eq!(state.back_ms(1200), Some(1200));
    assert!(!state.saw(sight(1300, 1300), Some(1200)), "once");
}
