use proptest::collection::vec;
use proptest::prelude::*;

use super::normalised;

#[test]
fn what_differs_from_time_to_time_is_taken_out() {
    for (text, expected) in [
        ("no answer within 2500 ms", "no answer within <n> ms"),
        (
            "took 1.5s, then 12ms, then -3",
            "took <n>, then <n>, then <n>",
        ),
        ("of -10000000.25 and 0.5", "of <n> and <n>"),
        (
            "all 20 connections are in use",
            "all <n> connections are in use",
        ),
        (
            "card 0191f3a0-7c1e-7bbb-8c1e-0123456789ab is gone",
            "card <uuid> is gone",
        ),
        ("at 0x7ffd1c2b3a40 and 3f2a9c1e77", "at <n> and <n>"),
        (
            "column \"password_hash\" of 'users' and `x`",
            "column \"<value>\" of '<value>' and `<value>`",
        ),
        (r#"a "quote \" within" one"#, r#"a "<value>" one"#),
        ("can't open the user's file", "can't open the user's file"),
        (
            "connect to 10.0.0.7:5432, [2001:db8::1]:80 or ::1.",
            "connect to <address>, <address> or <address>.",
        ),
        (
            "mail to jo.doe@example.com failed",
            "mail to <address> failed",
        ),
        (
            "GET /api/agentcards/42/parts/7f3a9c1e?page=2&name=x failed",
            "GET /api/agentcards/<part>/parts/<part>?<value> failed",
        ),
        (
            "open /data/run-42a/ops.sqlite3: full",
            "open /data/<part>/ops.sqlite3: full",
        ),
        (
            "POST http://10.1.2.3:8080/v1/x",
            "POST http://<address>/v1/x",
        ),
        (
            "since 2026-11-24T03:22:40.120Z and 2026-11-24",
            "since <time> and <time>",
        ),
        ("utf8 in sqlite3 of db::pool", "utf8 in sqlite3 of db::pool"),
        (
            "src/main.rs:12:5  in\tworker-3\n",
            "src/main.rs:<n>:<n> in worker-<n>",
        ),
        ("an open \" quote 5", "an open \" quote <n>"),
        ("", ""),
    ] {
        assert_eq!(normalised(text), expected, "{text}");
    }
}

#[test]
fn different_errors_stay_apart() {
    let texts = [
        "column \"a\" does not exist",
        "relation \"a\" does not exist",
        "can't open /data/ops.sqlite3",
        "can't open /data/registry.sqlite3",
        "can't read utf8",
        "can't read utf16",
        "timed out after 3 s",
        "timed out",
        "GET /api/agentcards/3/ failed",
        "GET /api/namespaces/3/ failed",
        "GET /api/agentcards/ failed",
    ];
    let mut normal: Vec<String> = texts.iter().map(|text| normalised(text)).collect();
    normal.sort();
    normal.dedup();
    assert_eq!(normal.len(), texts.len(), "{normal:#?}");
}

/// A value that is another one each time, by its kind.
fn variable(kind: usize) -> BoxedStrategy<String> {
    match kind {
        0 => any::<i64>().prop_map(|n| n.to_string()).boxed(),
        1 => (any::<i32>(), 0_u8..100)
            .prop_map(|(n, cents)| format!("{n}.{cents:02}"))
            .boxed(),
        2 => "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}".boxed(),
        3 => "([0-9a-f]{4}[0-9][0-9a-f]{3,40}|0x[0-9a-f]{1,16})".boxed(),
        4 => "\"([a-z 0-9/?=]|\\\\\"){0,20}\"".boxed(),
        5 => "'[a-z 0-9/:]{0,20}'".boxed(),
        6 => any::<[u8; 4]>()
            .prop_map(|ip| std::net::Ipv4Addr::from(ip).to_string())
            .boxed(),
        7 => (any::<[u16; 8]>(), any::<u16>())
            .prop_map(|(ip, port)| format!("[{}]:{port}", std::net::Ipv6Addr::from(ip)))
            .boxed(),
        8 => "/api/[0-9]{1,9}[a-z]{0,9}/parts".boxed(),
        9 => "(0|[1-9][0-9]{0,5})(ns|us|µs|ms|s)".boxed(),
        _ => "20[0-9]{2}-1[0-2]-0[1-9]T1[0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?Z".boxed(),
    }
}

/// Words, and between them values of the same kinds twice.
fn twins() -> impl Strategy<Value = (String, String)> {
    let part = ("[a-z]{1,7}", 0_usize..=10)
        .prop_flat_map(|(word, kind)| (Just(word), variable(kind), variable(kind)));
    vec(part, 1..6).prop_map(|parts| {
        let (mut one, mut other) = (String::new(), String::new());
        for (word, a, b) in parts {
            one.push_str(&format!("{word} {a} "));
            other.push_str(&format!("{word} {b} "));
        }
        (one, other)
    })
}

proptest! {
    #[test]
    fn a_normalised_text_is_left_as_it_is(text in any::<String>()) {
        let once = normalised(&text);
        prop_assert_eq!(normalised(&once), once);
    }

    #[test]
    fn so_is_one_full_of_what_is_looked_for(text in "([0-9a-f'\"`/?=:.\\[\\]<>n@ +-]|<n>|<value>|::1|0x|e-|\\\\){0,40}") {
        let once = normalised(&text);
        prop_assert_eq!(normalised(&once), once);
    }

    #[test]
    fn texts_that_differ_only_in_such_parts_fall_together((one, other) in twins()) {
        prop_assert_eq!(normalised(&one), normalised(&other));
    }

    #[test]
    fn texts_that_differ_in_a_word_do_not((one, _) in twins(), a in "[a-z]{1,7}", b in "[a-z]{1,7}") {
        prop_assume!(a != b);
        let (one, other) = (format!("{a} {one}"), format!("{b} {one}"));
        prop_assert_ne!(normalised(&one), normalised(&other));
    }
}
