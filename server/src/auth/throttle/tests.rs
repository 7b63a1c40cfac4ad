#![allow(clippy::unwrap_used, reason = "tests")]

use std::thread;

use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);
const HERE: &str = "192.0.2.1";
const THERE: &str = "198.51.100.1";

fn fails(throttle: &Throttle, name: &str, address: &str, now: Instant) -> Result<(), RetryAfter> {
    let attempt = throttle.begin(name, Some(address.parse().unwrap()), now)?;
    attempt.failed();
    Ok(())
}

fn succeeds(
    throttle: &Throttle,
    name: &str,
    address: &str,
    now: Instant,
) -> Result<(), RetryAfter> {
    let attempt = throttle.begin(name, Some(address.parse().unwrap()), now)?;
    attempt.succeeded();
    Ok(())
}

#[test]
fn the_sixth_try_is_refused_until_the_first_failure_is_five_minutes_old() {
    let (throttle, start) = (Throttle::default(), Instant::now());
    for n in 0..5 {
        fails(&throttle, "admin", HERE, start + n * SECOND).unwrap();
    }
    let refused = fails(&throttle, "admin", HERE, start + 10 * SECOND).unwrap_err();
    assert_eq!(refused.seconds(), 290);
    let last_moment = start + WINDOW - Duration::from_millis(1);
    let refused = fails(&throttle, "admin", HERE, last_moment).unwrap_err();
    assert_eq!(refused.seconds(), 1);
    assert_eq!(fails(&throttle, "admin", HERE, start + WINDOW), Ok(()));
    assert!(fails(&throttle, "admin", HERE, start + WINDOW).is_err());
}

#[test]
fn refused_tries_do_not_prolong_the_wait() {
    let (throttle, start) = (Throttle::default(), Instant::now());
    for _ in 0..100 {
        let _ = fails(&throttle, "admin", HERE, start);
    }
    assert_eq!(fails(&throttle, "admin", HERE, start + WINDOW), Ok(()));
}

#[test]
fn nobody_is_locked_out_by_a_stranger_elsewhere() {
    let (throttle, now) = (Throttle::default(), Instant::now());
    while fails(&throttle, "admin", HERE, now).is_ok() {}
    assert_eq!(succeeds(&throttle, "admin", THERE, now), Ok(()));
}

#[test]
fn an_address_has_twenty_failures_for_any_names() {
    let (throttle, now) = (Throttle::default(), Instant::now());
    for n in 0..20 {
        fails(&throttle, &n.to_string(), HERE, now).unwrap();
    }
    assert!(fails(&throttle, "another", HERE, now).is_err());
    assert_eq!(fails(&throttle, "another", THERE, now), Ok(()));
}

#[test]
fn success_resets_the_pair_but_not_the_address() {
    let (throttle, now) = (Throttle::default(), Instant::now());
    for _ in 0..5 {
        for _ in 0..4 {
            fails(&throttle, "admin", HERE, now).unwrap();
        }
        let _ = succeeds(&throttle, "admin", HERE, now);
    }
    assert!(fails(&throttle, "another", HERE, now).is_err());
}

#[test]
fn signing_in_again_and_again_is_never_refused() {
    let (throttle, now) = (Throttle::default(), Instant::now());
    for _ in 0..100 {
        assert_eq!(succeeds(&throttle, "admin", HERE, now), Ok(()));
    }
}

#[test]
fn an_undecided_attempt_leaves_no_trace() {
    let (throttle, now) = (Throttle::default(), Instant::now());
    for _ in 0..100 {
        throttle.begin("admin", None, now).unwrap().undecided();
    }
    assert!(
        throttle
            .counts()
            .iter()
            .all(|counts| counts.pairs.is_empty() && counts.networks.is_empty())
    );
}

#[test]
fn a_client_that_hangs_up_has_failed() {
    let (throttle, now) = (Throttle::default(), Instant::now());
    for _ in 0..5 {
        drop(throttle.begin("admin", None, now).unwrap());
    }
    assert!(throttle.begin("admin", None, now).is_err());
}

#[test]
fn a_hundred_tries_at_once_get_five_answers() {
    let (throttle, now) = (Throttle::default(), Instant::now());
    let admitted = thread::scope(|scope| {
        let begin = || {
            throttle
                .begin("admin", Some(HERE.parse().unwrap()), now)
                .ok()
        };
        let tries: Vec<_> = (0..100).map(|_| scope.spawn(begin)).collect();
        // All of them are under way until the last has begun.
        let attempts: Vec<_> = tries
            .into_iter()
            .filter_map(|it| it.join().unwrap())
            .collect();
        attempts.len()
    });
    assert_eq!(admitted, 5);
}

#[test]
fn an_ipv6_customer_is_one_address_and_an_ipv4_one_has_one_form() {
    let (throttle, now) = (Throttle::default(), Instant::now());
    for n in 0..5 {
        fails(&throttle, "admin", &format!("2001:db8::{n}"), now).unwrap();
        fails(&throttle, "admin", &format!("::ffff:{HERE}"), now).unwrap();
    }
    assert!(fails(&throttle, "admin", "2001:db8:0:0:ffff::1", now).is_err());
    assert!(fails(&throttle, "admin", HERE, now).is_err());
    assert_eq!(fails(&throttle, "admin", "2001:db8:0:1::1", now), Ok(()));
}

fn failures_until_refused(addresses: impl Iterator<Item = String>, name: &str) -> usize {
    let (throttle, now) = (Throttle::default(), Instant::now());
    addresses
        .take_while(|address| fails(&throttle, name, address, now).is_ok())
        .count()
}

#[test]
fn whoever_has_many_ipv6_networks_gets_little_further() {
    let of_56 = || (0..256).map(|n| format!("2001:db8:0:{n:x}::1"));
    let of_48 = || (0..256).map(|n| format!("2001:db8:0:{:x}::1", n << 8));
    assert_eq!(failures_until_refused(of_56(), "admin"), 10);
    assert_eq!(failures_until_refused(of_48(), "admin"), 20);
    // For any names.
    let (throttle, now) = (Throttle::default(), Instant::now());
    let failed = of_48()
        .enumerate()
        .take_while(|(n, address)| fails(&throttle, &n.to_string(), address, now).is_ok());
    assert_eq!(failed.count(), 80);
    assert_eq!(fails(&throttle, "admin", "2001:db8:1::1", now), Ok(()));
}

#[test]
fn success_forgives_the_pair_in_its_wider_networks_too() {
    let (throttle, now) = (Throttle::default(), Instant::now());
    for n in 0..50 {
        let address = format!("2001:db8:0:{n:x}::1");
        assert_eq!(succeeds(&throttle, "admin", &address, now), Ok(()));
    }
    for _ in 0..4 {
        for _ in 0..4 {
            fails(&throttle, "admin", "2001:db8::1", now).unwrap();
        }
        succeeds(&throttle, "admin", "2001:db8::1", now).unwrap();
    }
}

#[test]
fn to_look_is_not_to_try() {
    let (throttle, now) = (Throttle::default(), Instant::now());
    let address = Some(HERE.parse().unwrap());
    for _ in 0..100 {
        assert_eq!(throttle.check("admin", address, now), Ok(()));
    }
    for _ in 0..5 {
        fails(&throttle, "admin", HERE, now).unwrap();
    }
    assert!(throttle.check("admin", address, now).is_err());
    let pair = throttle.pair("admin", address);
    assert_eq!(throttle.failures(&pair, address, now), (5, 5));
}

#[test]
fn the_longer_of_two_waits_counts() {
    let (throttle, start) = (Throttle::default(), Instant::now());
    for n in 0..15 {
        fails(&throttle, &n.to_string(), HERE, start).unwrap();
    }
    let later = start + 100 * SECOND;
    for _ in 0..5 {
        fails(&throttle, "admin", HERE, later).unwrap();
    }
    let refused = |name| fails(&throttle, name, HERE, later).unwrap_err().seconds();
    assert_eq!(refused("another"), 200);
    assert_eq!(refused("admin"), 300);
}

proptest! {
    /// Against the rule in its plainest form: look at all failures there ever were.
    #[test]
    fn it_refuses_exactly_when_the_rule_says_so(
        tries in prop::collection::vec((0..3_usize, 0..2_usize, any::<bool>(), 0..90_u32), 0..200),
    ) {
        let throttle = Throttle::default();
        let mut now = Instant::now();
        let mut failures: Vec<(usize, usize, Instant)> = Vec::new();
        let mut forgiven: Vec<(usize, usize, Instant)> = Vec::new();
        for (name, address, is_right, pause_seconds) in tries {
            now += pause_seconds * SECOND;
            let recent = |since: Instant| now - since < WINDOW;
            let of_address = failures.iter().chain(&forgiven)
                .filter(|(_, a, at)| *a == address && recent(*at)).count();
            let of_pair = failures.iter()
                .filter(|(n, a, at)| *n == name && *a == address && recent(*at)).count();
            let ip = IpAddr::from([192, 0, 2, u8::try_from(address).unwrap()]);
            let attempt = throttle.begin(&name.to_string(), Some(ip), now);
            prop_assert_eq!(attempt.is_err(), of_pair >= 5 || of_address >= 20);
            match attempt {
                Err(RetryAfter(wait)) => {
                    prop_assert!(wait > Duration::ZERO && wait <= WINDOW);
                    let later = throttle.begin(&name.to_string(), Some(ip), now + wait);
                    prop_assert!(later.is_ok());
                    // Going back in time is not part of the model: leave no trace of it.
                    later.ok().unwrap().undecided();
                    break;
                }
                Ok(attempt) if is_right => {
                    attempt.succeeded();
                    let (reset, kept) = failures.into_iter()
                        .partition(|(n, a, _)| *n == name && *a == address);
                    failures = kept;
                    let reset: Vec<_> = reset;
                    forgiven.extend(reset);
                }
                Ok(attempt) => {
                    attempt.failed();
                    failures.push((name, address, now));
                }
            }
        }
    }
}
