//! Random histories: incidents, a peer that comes and goes, senders that die, clocks that jump.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::plan_tests::notice;
use super::*;
use crate::alerts::message::{Kind, Timestamp};
use crate::alerts::notify::{Verdict, dingtalk};

#[derive(Clone, Copy, Debug)]
enum Event {
    /// The next notice of one of three incidents: it opens, changes or ends.
    Notice {
        incident: u8,
        choice: u8,
    },
    /// The peer answers so from now on.
    Peer(Peer),
    /// The sender dies after sending and before it writes that down.
    DieAfterSending,
    Wait {
        ms: i64,
    },
    ClockBack {
        ms: i64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Peer {
    Takes,
    Busy,
    RefusesOne,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let peer = prop_oneof![Just(Peer::Takes), Just(Peer::Busy), Just(Peer::RefusesOne)];
    let event = prop_oneof![
        4 => (0..3_u8, 0..4_u8).prop_map(|(incident, choice)| Event::Notice { incident, choice }),
        1 => peer.prop_map(Event::Peer),
        1 => Just(Event::DieAfterSending),
        4 => (0..120_000_i64).prop_map(|ms| Event::Wait { ms }),
        1 => (0..100_000_i64).prop_map(|ms| Event::ClockBack { ms }),
    ];
    proptest::collection::vec(event, 1..80)
}

struct World {
    now: Timestamp,
    notices: Vec<Notice>,
    channel: Channel<'static>,
    peer: Peer,
    dies: bool,
    open: [bool; 3],
    /// What the peer took, in this order.
    taken: Vec<String>,
    posts: Vec<i64>,
}

impl World {
    fn new(readers: Readers) -> Self {
        let now = Timestamp(1_000_000_000);
        Self {
            now,
            notices: Vec::new(),
            channel: Channel {
                name: "default",
                readers,
                bucket: Some(Bucket::full(dingtalk::RATE, now)),
            },
            peer: Peer::Takes,
            dies: false,
            open: [false; 3],
            taken: Vec::new(),
            posts: Vec::new(),
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Notice { incident, choice } => self.write(incident, choice),
            Event::Peer(peer) => self.peer = peer,
            Event::DieAfterSending => self.dies = true,
            Event::Wait { ms } => self.now = self.now.plus_millis(ms),
            Event::ClockBack { ms } => self.now = self.now.plus_millis(-ms),
        }
        self.send();
    }

    fn write(&mut self, incident: u8, choice: u8) {
        let open = &mut self.open[usize::from(incident)];
        let kind = match (*open, choice) {
            (false, _) => Kind::Opened,
            (true, 0) => Kind::Updated,
            (true, 1) => Kind::Reminder,
            (true, _) => Kind::Resolved,
        };
        *open = kind != Kind::Resolved;
        let number = u32::try_from(self.notices.len()).unwrap();
        // Order is that of writing, also if the clock went back.
        let last = self
            .notices
            .last()
            .map_or(Timestamp(0), |last| last.created);
        let created = self.now.max(last).0;
        self.notices.push(notice(
            number,
            &format!("incident-{incident}"),
            kind,
            created,
        ));
    }

    fn send(&mut self) {
        let plan = plan(&mut self.channel, &self.notices, self.now);
        for one in plan.superseded {
            self.find(&one.id).state = State::Superseded;
        }
        for batch in plan.batches {
            let ids = match batch {
                Batch::One(id) => vec![id],
                Batch::Digest(ids) => ids,
            };
            self.posts.push(self.now.0);
            let now = self.now;
            ids.iter().for_each(|id| self.find(id).claim(now));
            let reason = "peer".to_owned();
            let verdict = match self.peer {
                Peer::Takes => Verdict::Delivered,
                Peer::Busy => Verdict::Retry {
                    after: None,
                    reason,
                },
                Peer::RefusesOne => Verdict::Refused { reason },
            };
            if verdict == Verdict::Delivered {
                self.taken.extend(ids.iter().cloned());
            }
            if self.peer == Peer::RefusesOne {
                self.peer = Peer::Takes;
            }
            if std::mem::take(&mut self.dies) {
                continue;
            }
            for id in &ids {
                self.find(id).settle(&verdict, now, 0.5);
            }
        }
    }

    fn find(&mut self, id: &str) -> &mut Notice {
        self.notices
            .iter_mut()
            .find(|notice| notice.id == id)
            .unwrap()
    }

    fn is_done(&self) -> bool {
        self.notices
            .iter()
            .all(|notice| notice.state != State::Queued)
    }
}

proptest! {
    #[test]
    fn everything_is_told_once_and_in_order_whatever_happens(
        events in events(),
        is_for_people in any::<bool>(),
    ) {
        let readers = if is_for_people { Readers::People } else { Readers::Programs };
        let deaths = events.iter().filter(|event| matches!(event, Event::DieAfterSending)).count();
        let mut world = World::new(readers);
        for event in events {
            world.happen(event);
        }
        // The peer comes back, and nobody dies any more.
        world.peer = Peer::Takes;
        world.dies = false;
        for _ in 0..600 {
            if world.is_done() {
                break;
            }
            world.happen(Event::Wait { ms: 30_000 });
        }
        prop_assert!(world.is_done(), "nothing stays behind: {:?}", world.notices);

        // A digest whose sender died may come again in parts: what is new comes in order all the same, and
        // the newest comes last.
        let mut newest: BTreeMap<&str, usize> = BTreeMap::new();
        let mut last: BTreeMap<&str, usize> = BTreeMap::new();
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for id in &world.taken {
            let place = world.notices.iter().position(|notice| notice.id == *id).unwrap();
            let incident = world.notices[place].incident.as_deref().unwrap();
            let times = times.entry(id).or_default();
            *times += 1;
            if *times == 1 {
                let before = newest.insert(incident, place);
                prop_assert!(before.is_none_or(|before| before < place), "in order");
            }
            last.insert(incident, place);
        }
        prop_assert_eq!(newest, last);
        let again = times.values().map(|times| times - 1).max().unwrap_or(0);
        prop_assert!(again <= deaths, "sent again only after a death");

        for (place, notice) in world.notices.iter().enumerate() {
            let is_taken = times.contains_key(notice.id.as_str());
            match notice.state {
                State::Sent => prop_assert!(is_taken && notice.sent.is_some()),
                State::Superseded => {
                    let mut later = world.notices.iter().skip(place + 1);
                    let tells = later.find(|later| {
                        later.incident == notice.incident && later.state != State::Superseded
                    });
                    prop_assert!(tells.is_some(), "something later tells it");
                    prop_assert!(notice.kind != Kind::Resolved);
                }
                State::Failed => prop_assert!(notice.last_error.is_some()),
                State::Queued => prop_assert!(false),
            }
        }
    }

    #[test]
    fn no_minute_has_more_messages_than_the_service_takes(
        events in events().prop_map(|events| {
            let is_clock_back = |event: &Event| matches!(event, Event::ClockBack { .. });
            events.into_iter().filter(|event| !is_clock_back(event)).collect::<Vec<_>>()
        }),
    ) {
        let mut world = World::new(Readers::Programs);
        for event in events {
            world.happen(event);
        }
        for (index, from) in world.posts.iter().enumerate() {
            let within = world.posts.iter().skip(index).take_while(|at| **at < from + 60_000);
            prop_assert!(within.count() <= 20);
        }
    }
}
