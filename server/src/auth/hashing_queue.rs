//! Who waits for a password hash: few compute at once, a bounded number wait, and the networks that
//! they come from take turns, so that a flood from one does not hold up the others.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::password::HashingMemory;
use super::throttle::Network;

/// One hash takes 19 MiB and tens of milliseconds of a core: more at once would only be slower.
const HASHES_AT_ONCE: usize = 2;
/// About two seconds of hashing on two cores.
const MAX_WAITING: usize = 128;
/// What one network may hold of a queue that is full.
const SHARE: usize = MAX_WAITING / 4;

#[derive(Clone, Default)]
pub struct HashingQueue(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Permits that are out.
    running: usize,
    /// Of permits that are not out.
    idle: Vec<HashingMemory>,
    /// In the order in which the networks are served next; none of them is empty.
    lines: VecDeque<Line>,
}

struct Line {
    network: Network,
    waiting: VecDeque<oneshot::Sender<Permit>>,
}

/// The right to compute one hash, and the memory to do it in.
pub struct Permit {
    /// Taken only when dropped.
    memory: Option<HashingMemory>,
    queue: HashingQueue,
}

/// The queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// With others, too.
    Everywhere,
    /// And a good part of it comes from this network.
    ByThisNetwork,
}

impl HashingQueue {
    /// Waits for a permit. Dropped while it waits, it gives its place up.
    ///
    /// # Errors
    /// If too many wait: the newcomer, or the last one of the network that has the most waiting.
    pub async fn enter(&self, network: Network) -> Result<Permit, Busy> {
        let waits = {
            let mut state = self.state();
            if state.running < HASHES_AT_ONCE {
                state.running += 1;
                let memory = state.idle.pop();
                drop(state);
                return Ok(self.permit(memory.unwrap_or_default()));
            }
            state.admit(network)?
        };
        // Whoever is pushed out of the line hears nothing but the end of the channel.
        waits.await.map_err(|_| Busy::ByThisNetwork)
    }

    fn permit(&self, memory: HashingMemory) -> Permit {
        Permit {
            memory: Some(memory),
            queue: self.clone(),
        }
    }

    fn hand_on(&self, mut memory: HashingMemory) {
        loop {
            let next = {
                let mut state = self.state();
                match state.next() {
                    Some(next) => next,
                    None => {
                        state.running = state.running.saturating_sub(1);
                        state.idle.push(memory);
                        return;
                    }
                }
            };
            let Err(mut returned) = next.send(self.permit(memory)) else {
                return;
            };
            let Some(returned) = returned.memory.take() else {
                return;
            };
            memory = returned;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn admit(&mut self, network: Network) -> Result<oneshot::Receiver<Permit>, Busy> {
        // Those whose clients have hung up wait no more.
        for line in &mut self.lines {
            line.waiting.retain(|waiting| !waiting.is_closed());
        }
        self.lines.retain(|line| !line.waiting.is_empty());
        let waiting: usize = self.lines.iter().map(|line| line.waiting.len()).sum();
        if waiting >= MAX_WAITING {
            self.make_room(network)?;
        }
        let (sender, receiver) = oneshot::channel();
        match self.lines.iter_mut().find(|line| line.network == network) {
            Some(line) => line.waiting.push_back(sender),
            None => self.lines.push_back(Line {
                network,
                waiting: VecDeque::from([sender]),
            }),
        }
        Ok(receiver)
    }

    /// The network with the most waiting loses its last place, unless the newcomer is of it.
    fn make_room(&mut self, newcomer: Network) -> Result<(), Busy> {
        let held = self.lines.iter().find(|line| line.network == newcomer);
        let held = held.map_or(0, |line| line.waiting.len());
        let most = self.lines.iter_mut().max_by_key(|line| line.waiting.len());
        match most {
            Some(most) if most.waiting.len() > held + 1 => {
                most.waiting.pop_back();
                Ok(())
            }
            _ if held >= SHARE => Err(Busy::ByThisNetwork),
            _ => Err(Busy::Everywhere),
        }
    }

    fn next(&mut self) -> Option<oneshot::Sender<Permit>> {
        let mut line = self.lines.pop_front()?;
        let next = line.waiting.pop_front();
        if !line.waiting.is_empty() {
            self.lines.push_back(line);
        }
        next
    }
}

impl Permit {
    /// Where to compute; back in its place once `compute` is done.
    pub fn memory(&mut self) -> &mut HashingMemory {
        self.memory.get_or_insert_default()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(memory) = self.memory.take() {
            self.queue.hand_on(memory);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::net::IpAddr;

    use futures_util::FutureExt as _;
    use futures_util::future::BoxFuture;

    use super::*;

    fn network(number: u8) -> Network {
        Network::widest(Some(IpAddr::from([192, 0, 2, number])))
    }

    /// Asks for a place at once.
    fn enter(queue: &HashingQueue, number: u8) -> BoxFuture<'static, Result<Permit, Busy>> {
        let queue = queue.clone();
        let mut entering = async move { queue.enter(network(number)).await }.boxed();
        match (&mut entering).now_or_never() {
            Some(answer) => std::future::ready(answer).boxed(),
            None => entering,
        }
    }

    fn is_served(entering: &mut BoxFuture<'static, Result<Permit, Busy>>) -> Option<Permit> {
        entering.now_or_never().map(Result::unwrap)
    }

    fn filled() -> (HashingQueue, Vec<Permit>) {
        let queue = HashingQueue::default();
        let running = (0..2).map(|_| is_served(&mut enter(&queue, 0)).unwrap());
        let running = running.collect();
        (queue, running)
    }

    #[test]
    fn two_compute_at_once_and_the_memory_is_used_again() {
        let (queue, mut running) = filled();
        let mut third = enter(&queue, 1);
        assert!(is_served(&mut third).is_none());
        running.pop();
        assert!(is_served(&mut third).is_some());
        assert_eq!(queue.state().idle.len(), 1);
        drop(running);
        let state = queue.state();
        assert_eq!((state.idle.len(), state.running), (2, 0));
    }

    #[test]
    fn networks_take_turns() {
        let (queue, mut running) = filled();
        let mut flood: Vec<_> = (0..20).map(|_| enter(&queue, 1)).collect();
        let mut other = enter(&queue, 2);
        running.pop();
        let first = is_served(flood.first_mut().unwrap());
        assert!(first.is_some() && is_served(&mut other).is_none());
        drop(first);
        assert!(is_served(&mut other).is_some());
    }

    #[test]
    fn a_full_queue_has_a_place_for_another_network() {
        let (queue, _running) = filled();
        let mut flood: Vec<_> = (0..MAX_WAITING).map(|_| enter(&queue, 1)).collect();
        let refused = enter(&queue, 1).now_or_never().unwrap();
        assert_eq!(refused.err(), Some(Busy::ByThisNetwork));
        let mut other = enter(&queue, 2);
        assert!((&mut other).now_or_never().is_none());
        let pushed_out = flood.last_mut().unwrap().now_or_never().unwrap();
        assert_eq!(pushed_out.err(), Some(Busy::ByThisNetwork));
    }

    #[test]
    fn a_queue_full_of_all_the_world_refuses() {
        let (queue, _running) = filled();
        let waiting: Vec<_> = (0..MAX_WAITING)
            .map(|number| enter(&queue, u8::try_from(number).unwrap()))
            .collect();
        let refused = enter(&queue, 200).now_or_never().unwrap();
        assert_eq!(refused.err(), Some(Busy::Everywhere));
        // Who hangs up gives the place to others.
        drop(waiting);
        assert!(enter(&queue, 200).now_or_never().is_none());
    }

    #[test]
    fn who_hangs_up_loses_no_permit() {
        let (queue, running) = filled();
        drop(enter(&queue, 1));
        let waiting = enter(&queue, 2);
        drop(running);
        // It was handed the permit and never took it.
        drop(waiting);
        let state = queue.state();
        assert_eq!((state.idle.len(), state.running), (2, 0));
    }
}
