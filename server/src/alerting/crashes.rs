//! Whatever a process was doing when it died, or stood still while another one took over: what people are
//! told is what they would have been told anyway. Against a real store and a real peer.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod peer;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use peer::Received;
use world::{Fault, RULES, Step, World};

fn step() -> impl Strategy<Value = Step> {
    let rule = || prop::sample::select(RULES.to_vec());
    // A turn takes two, with something to send about ten.
    let polls = || prop_oneof![2 => 1_usize..4, 1 => 4_usize..12];
    let fault = prop_oneof![
        2 => Just(Fault::None),
        3 => polls().prop_map(Fault::Crash),
        1 => polls().prop_map(Fault::Freeze),
        2 => polls().prop_map(Fault::Overtake),
    ];
    (
        prop::collection::vec((rule(), any::<bool>()), 0..3),
        prop::sample::select(vec![10_u64, 10, 10, 40, 700]),
        prop::sample::select(vec![200_u16, 200, 200, 503]),
        fault,
    )
        .prop_map(|(seen, seconds, answer, fault)| Step {
            seen,
            seconds,
            answer,
            fault,
        })
}

/// By incident, in the order in which they were opened: what was written into the outbox.
type Told = Vec<Vec<(i64, String)>>;

fn run(steps: &[Step]) -> (Told, Vec<Received>) {
    let mut world = World::new();
    for step in steps {
        world.take(step);
    }
    world.settle();
    (world.told(), world.received())
}

fn without_faults(steps: &[Step]) -> Vec<Step> {
    let steps = steps.iter().map(|step| Step {
        fault: Fault::None,
        answer: 200,
        ..step.clone()
    });
    steps.collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10,
        max_shrink_iters: 60,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_a_process_was_doing_when_it_died_or_froze_the_same_is_told(
        steps in prop::collection::vec(step(), 1..14),
    ) {
        let (expected, _) = run(&without_faults(&steps));
        let (told, received) = run(&steps);
        prop_assert_eq!(told, expected);

        // What the peer took: a message that came twice is the same one.
        let mut known: BTreeMap<&str, &Received> = BTreeMap::new();
        let (mut open, mut ended) = (BTreeSet::new(), BTreeSet::new());
        for message in &received {
            if let Some(first) = known.insert(&message.id, message) {
                prop_assert_eq!((&first.kind, &first.incident), (&message.kind, &message.incident));
                continue;
            }
            let incident = message.incident.as_str();
            match message.kind.as_str() {
                "incident.resolved" => {
                    // Its beginning may be told in the same message.
                    open.remove(incident);
                    prop_assert!(ended.insert(incident), "ended twice: {:?}", message);
                }
                "incident.opened" => {
                    prop_assert!(open.insert(incident), "told twice: {:?}", message);
                    prop_assert_eq!(ended.remove(incident), message.is_reopened);
                }
                _ => prop_assert!(open.contains(incident), "{:?}", message),
            }
        }
        let all: BTreeSet<&str> = received.iter().map(|it| it.incident.as_str()).collect();
        prop_assert_eq!(all, ended, "the last one tells the end");
    }
}
