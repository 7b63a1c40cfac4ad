//! Too many wrong passwords.

use crate::support::{Answer, Database, Home, Http, PASSWORD, Service, USERNAME};

const WRONG: &str = "Wr0ng-password";

async fn behind_a_proxy(home: &Home) -> Service {
    let service = home
        .serve_with(&[("TRUSTED_PROXIES", "127.0.0.1/32")])
        .await;
    service.until_ready().await;
    service
}

fn from(service: &Service, address: &str) -> Http {
    service.http.with("x-forwarded-for", address)
}

async fn fail(http: &Http, username: &str, times: usize) {
    for time in 0..times {
        assert_eq!(
            http.sign_in(username, WRONG).await.status,
            401,
            "try {time}"
        );
    }
}

fn assert_throttled(answer: &Answer) {
    assert_eq!(answer.status, 429, "{}", answer.body);
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=300).contains(&seconds), "{seconds}");
    assert!(
        answer.body.contains("name=\"password\""),
        "no form: {}",
        answer.body
    );
    assert_eq!(answer.set_session_cookie(), None);
}

#[tokio::test]
async fn five_failures_hold_up_that_name_from_that_address_only() {
    let home = Home::new(Database::Sqlite).await;
    let service = behind_a_proxy(&home).await;
    let attacker = from(&service, "203.0.113.1");
    fail(&attacker, USERNAME, 5).await;
    // Whatever the password, and for as long as it is tried.
    assert_throttled(&attacker.sign_in(USERNAME, WRONG).await);
    assert_throttled(&attacker.sign_in(USERNAME, PASSWORD).await);
    // Nobody can lock an admin out from elsewhere.
    let admin = from(&service, "203.0.113.2");
    assert_eq!(admin.sign_in(USERNAME, PASSWORD).await.status, 303);
    // Other names from that address are another pair, and one that does not exist counts alike.
    fail(&attacker, "nobody", 5).await;
    assert_throttled(&attacker.sign_in("nobody", WRONG).await);
}

#[tokio::test]
async fn success_forgives_the_pair() {
    let home = Home::new(Database::Sqlite).await;
    let service = behind_a_proxy(&home).await;
    let http = from(&service, "203.0.113.1");
    for _ in 0..3 {
        fail(&http, USERNAME, 4).await;
        assert_eq!(http.sign_in(USERNAME, PASSWORD).await.status, 303);
    }
}

#[tokio::test]
async fn twenty_failures_hold_up_an_address_for_any_name() {
    let home = Home::new(Database::Sqlite).await;
    let service = behind_a_proxy(&home).await;
    let attacker = from(&service, "203.0.113.1");
    for name in 0..20 {
        fail(&attacker, &format!("name{name}"), 1).await;
    }
    assert_throttled(&attacker.sign_in("another", WRONG).await);
    assert_throttled(&attacker.sign_in(USERNAME, PASSWORD).await);
    let other = from(&service, "203.0.113.2");
    assert_eq!(other.sign_in(USERNAME, PASSWORD).await.status, 303);
}

#[tokio::test]
async fn who_changes_ipv6_networks_gets_little_further() {
    let home = Home::new(Database::Sqlite).await;
    let service = behind_a_proxy(&home).await;
    let mut answered = Vec::new();
    for subnet in 0..40 {
        let http = from(&service, &format!("2001:db8:0:{:x}::1", subnet << 8));
        answered.push(http.sign_in(USERNAME, WRONG).await.status);
    }
    assert_eq!(answered.iter().filter(|status| **status == 401).count(), 20);
    assert_throttled(
        &from(&service, "2001:db8:0:ff00::1")
            .sign_in(USERNAME, PASSWORD)
            .await,
    );
    let elsewhere = from(&service, "2001:db8:1::1");
    assert_eq!(elsewhere.sign_in(USERNAME, PASSWORD).await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_from_one_network_does_not_hold_up_another() {
    let home = Home::new(Database::Sqlite).await;
    let service = behind_a_proxy(&home).await;
    let flood: Vec<_> = (0..240)
        .map(|number| {
            let http = from(&service, &format!("2001:db8:0:{number:x}::1"));
            tokio::spawn(async move { http.sign_in(&format!("name{number}"), WRONG).await })
        })
        .collect();
    let admin = from(&service, "203.0.113.2");
    assert_eq!(admin.sign_in(USERNAME, PASSWORD).await.status, 303);
    for one in flood {
        let answer = one.await.unwrap();
        assert!(
            matches!(answer.status, 401 | 429 | 503),
            "{}",
            answer.status
        );
        if answer.status != 401 {
            assert!(!answer.header("retry-after").is_empty());
        }
    }
}

#[tokio::test]
async fn who_is_no_trusted_proxy_can_not_change_addresses() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    for number in 0..5 {
        let http = service
            .http
            .with("x-forwarded-for", &format!("203.0.113.{number}"));
        fail(&http, USERNAME, 1).await;
    }
    let http = service.http.with("x-forwarded-for", "203.0.113.200");
    assert_throttled(&http.sign_in(USERNAME, PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tries_at_the_same_time_do_not_slip_through() {
    let home = Home::new(Database::Sqlite).await;
    let service = behind_a_proxy(&home).await;
    let attacker = from(&service, "203.0.113.1");
    let tries: Vec<_> = (0..12)
        .map(|_| {
            let attacker = attacker.clone();
            tokio::spawn(async move { attacker.sign_in(USERNAME, WRONG).await.status })
        })
        .collect();
    let mut answered = Vec::new();
    for one in tries {
        answered.push(one.await.unwrap());
    }
    let wrong = answered.iter().filter(|status| **status == 401).count();
    let throttled = answered.iter().filter(|status| **status == 429).count();
    assert_eq!((wrong, throttled), (5, 7), "{answered:?}");
}
