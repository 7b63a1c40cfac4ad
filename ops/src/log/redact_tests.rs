//! What is hidden, in which shapes; and what only looks similar.
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;

/// Of each shape one example; what must not be left of it is `hunter2`, plain or as Basic has it.
const SHAPES: &[&str] = &[
    r#"password=hunter2"#,
    r#"password = hunter2"#,
    r#"password => hunter2"#,
    r#""password" => "hunter2""#,
    r#"'password'=>'hunter2'"#,
    r#"password: hunter2"#,
    r#"password : hunter2"#,
    r#""password":"hunter2""#,
    r#""password" : "hunter2""#,
    "\"password\"\t:\t\"hunter2\"",
    r#"{"user":"a","password":"hunter2","b":1}"#,
    r#"{"password": hunter2}"#,
    r#"{\"password\":\"hunter2\"}"#,
    r#"{\"password\" : \"hunter2\"}"#,
    r#"Login { password: "hunter2" }"#,
    r#"Login { password: Some("hunter2") }"#,
    r#"Login { password: Secret("hunter2") }"#,
    r#"Login { secret: Secret { value: "hunter2" } }"#,
    r#"{"secret":{"value":"hunter2"}}"#,
    r#"{"secret": {"deep": {"value": "hunter2"}}}"#,
    r#""tokens":["hunter2"]"#,
    r#""tokens": ["a", "hunter2"]"#,
    r#"{"passwords":["hunter2","b"]}"#,
    r#"{\"tokens\":[\"hunter2\"]}"#,
    r#"tokens: ["hunter2", "b"]"#,
    r#"tokens=[hunter2]"#,
    r#"/x?token=hunter2"#,
    r#"/x?a=1&token=hunter2&b=2"#,
    r#"/x?TOKEN=hunter2"#,
    r#"/x?access_token=hunter2"#,
    r#"/x?id_token=hunter2"#,
    r#"/x?refresh_token=hunter2"#,
    r#"/x?api_key=hunter2"#,
    r#"/x?apikey=hunter2"#,
    r#"/x?api-key=hunter2"#,
    r#"/x?key=hunter2"#,
    r#"/x?client_secret=hunter2"#,
    r#"/x?sig=hunter2"#,
    r#"/x?signature=hunter2"#,
    r#"/x?X-Amz-Signature=hunter2"#,
    r#"/x?X-Amz-Credential=hunter2"#,
    r#"/x?X-Amz-Security-Token=hunter2"#,
    r#"/x?X-Goog-Signature=hunter2"#,
    r#"/x?p%61ssword=hunter2"#,
    r#"/x?password%3Dhunter2"#,
    r#"/x?password%3dhunter2"#,
    r#"/x%3Fpassword%3Dhunter2"#,
    r#"/x?a=1%26token%3Dhunter2"#,
    r#"/x?next=%2Fy%3Ftoken%3Dhunter2%26b%3D1"#,
    r#"/x?next=%252Fy%253Ftoken%253Dhunter2"#,
    r#"/x?q=%7B%22password%22%3A%22hunter2%22%7D"#,
    r#"/x?q=%7B%22tokens%22%3A%5B%22a%22%2C%22hunter2%22%5D%7D"#,
    r#"/x?url=postgres%3A%2F%2Fu%3Ahunter2%40h%2Fdb"#,
    r#"/pathtoken=hunter2/x"#,
    r#"PHPSESSID=hunter2"#,
    r#"JSESSIONID=hunter2"#,
    r#"sessionid=hunter2; theme=dark"#,
    r#"connect.sid=hunter2"#,
    r#"access_code=hunter2"#,
    r#"access_code: hunter2"#,
    r#"api_key: hunter2"#,
    r#"apikey: hunter2"#,
    r#"api-key: hunter2"#,
    r#"token: hunter2"#,
    r#"the token: hunter2"#,
    r#"secret: hunter2"#,
    r#"pwd: hunter2"#,
    r#"pwd=hunter2"#,
    r#"passwd=hunter2"#,
    r#"passphrase: hunter2"#,
    r#"private_key: hunter2"#,
    r#"secret_key=hunter2"#,
    r#"SECRET_KEY=hunter2"#,
    r#"AWS_SECRET_ACCESS_KEY=hunter2"#,
    r#"aws_secret_access_key = hunter2"#,
    r#"PGPASSWORD=hunter2"#,
    r#"csrf_token=hunter2"#,
    r#"X-CSRF-Token: hunter2"#,
    r#"X-Api-Key: hunter2"#,
    r#"X-Auth-Token: hunter2"#,
    r#"Authorization: hunter2"#,
    r#"Authorization: Bearer hunter2"#,
    r#"authorization:Bearer hunter2"#,
    r#"AUTHORIZATION: BEARER hunter2"#,
    r#"Authorization=Bearer hunter2"#,
    r#"Authorization=Basic aHVudGVyMjpodW50ZXIy"#,
    r#"Authorization: Basic aHVudGVyMjpodW50ZXIy"#,
    r#"Proxy-Authorization: Basic aHVudGVyMjpodW50ZXIy"#,
    r#"Authorization: Digest username="a", response="hunter2""#,
    r#""authorization": "Basic aHVudGVyMjpodW50ZXIy""#,
    r#"sent Bearer hunter2"#,
    r#"sent bearer hunter2"#,
    r#"sent BEARER hunter2"#,
    r#"sent BeArEr hunter2"#,
    r#"sent Bearer  hunter2"#,
    "sent Bearer\thunter2",
    r#"sent Basic aHVudGVyMjpodW50ZXIy"#,
    r#"sent basic aHVudGVyMjpodW50ZXIy"#,
    r#"sent BASIC aHVudGVyMjpodW50ZXIy"#,
    r#"sent Basic  aHVudGVyMjpodW50ZXIy"#,
    r#"Cookie: a=b; session=hunter2"#,
    r#"Set-Cookie: session=hunter2; HttpOnly"#,
    r#"postgres://u:hunter2@h/db"#,
    r#"postgres://u:a/hunter2@h/db"#,
    r#"postgres://u:a?hunter2@h/db"#,
    r#"postgres://u:a#hunter2@h/db"#,
    r#"postgres://u:a@hunter2@h/db"#,
    r#"redis://:hunter2@h:6379/0"#,
    r#"smtp://user:hunter2@mail:587"#,
    r#"https://user:hunter2@h/x"#,
    r#"https://user:a/hunter2@h/x"#,
    r#"amqp://u:hunter2@h"#,
    r#"<password>hunter2</password>"#,
    r#"<ns:password type="text">hunter2</ns:password>"#,
    r#"<ApiKey>hunter2</ApiKey>"#,
    r#"--password hunter2"#,
    r#"--token hunter2"#,
    r#"--api-key hunter2"#,
    r#"--password=hunter2"#,
    "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----",
    r#"-----BEGIN RSA PRIVATE KEY----- hunter2"#,
];

/// Told by their own form, wherever they stand.
const TOKENS: &[&str] = &[
    "asd_Zk3Zk3Zk3Zk3Zk3Zk3Zk3Zk3Zk3Zk3Zk3Zk3Zk3Zk3Q",
    "v1.eWFtbGJhc2U2NHVybA.bWFjLW9mLWl0LWhlcmUtbG9uZw",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "gho_16C7e42F292c6912E7710c838347Ae178B4a",
    "github_pat_11AAAAAAA0abcdefghijkl_mnopqrstuvwxyz",
    "glpat-abcDEF123_456ghiJKL78",
    "xoxb-123456789012-abcdefGHIJKL",
    "xoxp-123456789012-abcdefGHIJKL",
    "xoxa-2-123456789012-abcdef",
    "AKIAIOSFODNN7EXAMPLE",
    "sk-proj-abc123DEF456ghi789",
    "sk-ant-api03-abc123DEF456",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
    "npm_abcdefGHIJKL0123456789abcdef",
    "ya29.a0AfH6SMBx1234567890abcdef",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo",
    "$2b$12$abcdefghijklmnopqrstuv",
];

#[test]
fn every_shape_of_a_secret_is_hidden() {
    assert!(SHAPES.len() + TOKENS.len() * 6 >= 105);
    let mut shown = Vec::new();
    for text in SHAPES {
        let hidden = redact(text);
        if hidden.contains("hunter2") || hidden.contains("aHVudGVyMj") || !hidden.contains(HIDDEN) {
            shown.push(format!("{text} -> {hidden}"));
        }
    }
    for token in TOKENS {
        for text in [
            format!("/api/x/{token}"),
            format!("/api/x/{token}/y"),
            format!("read {token} from it"),
            format!("\"{token}\""),
            format!("a={token}&b=1"),
            format!("next=%2Fx%3D{token}"),
        ] {
            let hidden = redact(&text);
            let tail = &token[token.len() - 8..];
            if hidden.contains(tail) || !hidden.contains(HIDDEN) {
                shown.push(format!("{text} -> {hidden}"));
            }
        }
    }
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

#[test]
fn what_is_harmless_stays_as_it_is() {
    for text in [
        "request 01932d5e-7a3b-7c11-9d2e-0123456789ab took 3 ms",
        "commit 0123456789abcdef0123456789abcdef01234567",
        "/static/app-3f9a1c0e.js",
        "/api/agentcards/42/standard-json/",
        "/api/v1.2/cards",
        "v1.2.3 of app.log.1",
        "task-force sk-8 disk-usage",
        "passwordless=true",
        "token_count=5",
        "\"token_count\":5, \"session_total\": 12",
        "max basic authentication failed",
        "Basic information about it",
        "WWW-Authenticate: Bearer realm",
        "the bearer token is missing",
        "Option<Token> is empty",
        "unexpected token: found `}`",
        "no such table: agent_cards",
        "listening on http://127.0.0.1:8000/a@b",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/1",
        "INSERT INTO t (token) VALUES ($1) ON CONFLICT DO UPDATE SET token = excluded.token",
        "SELECT * FROM sessions WHERE id = ? AND token_hash = $2, 1",
        "error code=timeout status=503 route=/api/agentcards/{id}/",
        "hf_model ghp_ asd_ xoxb- AKIA",
        "{\"password\":null}",
    ] {
        assert_eq!(redact(text), text);
    }
}

#[test]
fn secrets_within_a_text_are_hidden() {
    for (text, expected) in [
        ("GET /x?page=2&token=abc&y=1", "GET /x?page=2&token=***&y=1"),
        ("/x?p%61ssword=abc#top", "/x?p%61ssword=***#top"),
        ("/x?key=AIza&a=b", "/x?key=***&a=b"),
        ("postgres://me:pw@db:5432/x", "postgres://***@db:5432/x"),
        (
            "Authorization: Bearer abc\nHost: h",
            "Authorization: ***\nHost: h",
        ),
        ("sent Bearer eyJ.x.y to it", "sent Bearer *** to it"),
        (
            r#"Login { user: "a", password: "b\"c", next: None }"#,
            r#"Login { user: "a", password: "***", next: None }"#,
        ),
        (
            r#"{"user":"a","api_key":"b"}"#,
            r#"{"user":"a","api_key":"***"}"#,
        ),
        (
            r#""{\"token\":\"b\",\"c\":1}""#,
            r#""{\"token\":\"***\",\"c\":1}""#,
        ),
        ("token: Some(\"b\")", "token: Some(\"***\")"),
        ("secret = 'x y' rest", "secret = '***' rest"),
        ("session=abc; theme=dark", "session=*** theme=dark"),
        ("password=\"never closed", "password=\"***"),
    ] {
        assert_eq!(redact(text), expected);
    }
}

#[test]
fn what_only_looks_similar_is_left_alone() {
    for text in [
        "unexpected token: found `}`",
        "SELECT 1 FROM users WHERE token = $1 AND password=$2 AND secret=?",
        "https://host:80/path?a=b@c",
        "auth::password::verify failed in password::text",
        "a == b, x=y: z",
        "GET /api/agentcards/ 200",
        "token=",
        "",
    ] {
        assert_eq!(redact(text), text);
    }
}

#[test]
fn the_cost_does_not_explode() {
    let start = processor_time();
    for piece in [
        "token:",
        "a=",
        ":",
        "=",
        "Bearer ",
        "token=\"",
        "password:\\\"",
        "://@",
        "%",
        "token%3D%26",
        "a%3D",
        "%3A%2F%2F",
        "token==",
        "token=$1,",
        "token=[ ",
        "password:[]",
        "<password>",
        ">",
        "-eyJ",
        "-sk-",
        "-----BEGIN ",
        "Basic ",
    ] {
        redact(&piece.repeat(256 * 1024 / piece.len()));
    }
    // Some twenty seconds of a debug build if linear, hours if not.
    assert!(processor_time() - start < std::time::Duration::from_secs(120));
}

/// Of this thread, whatever else the machine does: the first figure of
/// [`schedstat`](https://docs.kernel.org/scheduler/sched-stats.html), in nanoseconds.
fn processor_time() -> std::time::Duration {
    let figures = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds = figures.split_whitespace().next().unwrap();
    std::time::Duration::from_nanos(nanoseconds.parse().unwrap())
}

proptest! {
    #[test]
    fn redaction_takes_any_text_its_own_results_included(text in "([a-z=:?&\" \\\\'/@]|token|password|Bearer |é)*") {
        let once = redact(&text).into_owned();
        let twice = redact(&once).into_owned();
        prop_assert!(once.is_empty() == text.is_empty() && twice.is_empty() == text.is_empty());
    }

    #[test]
    fn a_secret_in_a_query_or_a_structure_is_hidden(
        head in "\\PC{0,20}[ ?&\\PC]",
        key in "[a-z_]{0,4}(password|token|secret|session|API_KEY|apikey|cookie)[a-z]{0,3}",
        secret in "[A-Za-z0-9,;()'./+=:\\\\-]{8,40}",
        tail in "(&\\PC*)?",
    ) {
        prop_assume!(!head.contains(&secret) && !tail.contains(&secret));
        for text in [
            format!("{head}?{key}={secret}{tail}"),
            format!("{{ {key}: {secret:?} }}{tail}"),
        ] {
            let shown = redact(&text);
            prop_assert!(!shown.contains(&secret), "{}", shown);
        }
    }
}
