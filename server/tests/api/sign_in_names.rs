//! What may be a user's name, wherever one is given.

use reqwest::Method;

use crate::support::{Database, Home, PASSWORD, USERNAME};

on_both_databases![
    a_name_that_is_none_is_a_wrong_one,
    a_token_that_can_not_exist_is_not_looked_for,
];

const WRONG: &str = "Wr0ng-password";

async fn a_name_that_is_none_is_a_wrong_one(database: Database) {
    let home = Home::new(database).await;
    let service = home
        .serve_with(&[("TRUSTED_PROXIES", "127.0.0.1/32")])
        .await;
    service.until_ready().await;
    let long = "x".repeat(10_000);
    let names = ["a\0b", "\0", "", " admin", "a\u{1b}[2Jb", "token:x", &long];
    for (number, name) in names.into_iter().enumerate() {
        let address = format!("203.0.113.{number}");
        let http = service.http.with("x-forwarded-for", &address);
        for _ in 0..5 {
            let answer = http.sign_in(name, WRONG).await;
            assert_eq!(answer.status, 401, "{name:.20?}: {}", answer.body);
            assert_eq!(answer.header("x-error-id"), "");
        }
        // It counts like any other.
        assert_eq!(http.sign_in(name, WRONG).await.status, 429, "{name:.20?}");
    }
    let errors = service.logs.lines("error.log");
    let of_ours = errors.iter().find(|line| line["level"] == "ERROR");
    assert_eq!(of_ours, None);
}

async fn a_token_that_can_not_exist_is_not_looked_for(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    let revoked = writer
        .post("/admin/tokens/revoke/", &[("name", "a\0b")])
        .await;
    assert_eq!(revoked.status, 400, "{}", revoked.body);
    let answer = writer.send(Method::POST, "/admin/tokens/revoke/").await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
}

#[tokio::test]
async fn commands_and_configuration_refuse_names_that_are_none() {
    let home = Home::new(Database::Sqlite).await;
    let long = "x".repeat(151);
    for name in [
        "",
        " a",
        "a\u{1b}[2Jb",
        &long,
        "access-code",
        "token:x",
        "Command:root",
    ] {
        for command in ["createsuperuser", "changepassword"] {
            let finished = home.run(&[command, "--username", name], &[]).await;
            assert_eq!(finished.code(), 2, "{command} {name:.20?}");
            let [line] = &finished.stderr[..] else {
                panic!("{:?}", finished.stderr)
            };
            assert!(line.contains("--username"), "{line}");
            assert!(!line.contains('\u{1b}'), "{line:?}");
        }
        // White space around a variable's value is no part of it.
        if !name.trim().is_empty() && name.trim() == name {
            let finished = home.run(&["config"], &[("ADMIN_USERNAME", name)]).await;
            assert_eq!(finished.code(), 2, "{name:.20?}");
            let line = finished.stderr.join("\n");
            assert!(
                line.contains("ADMIN_USERNAME") && !line.contains('\n'),
                "{line}"
            );
            assert!(!line.contains('\u{1b}'), "{line:?}");
        }
    }
    let created = home
        .run(&["createsuperuser", "--username", "李 雷"], &[])
        .await;
    assert_eq!(created.code(), 0, "{:?}", created.stderr);
    let service = home.serve().await;
    assert_eq!(service.http.sign_in("李 雷", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn passwords_that_are_guessed_at_once_are_refused_everywhere() {
    let home = Home::new(Database::Sqlite).await;
    let key = "k".repeat(64);
    let production = [("APP_ENV", "production"), ("SECRET_KEY", &key)];
    for (password, environment) in [
        ("x", &[][..]),
        ("aaaaaaaaaaaa", &[]),
        ("abcdabcdabcd", &[]),
        ("elevenchars", &production),
    ] {
        let environment = [environment, &[("ADMIN_PASSWORD", password)]].concat();
        for arguments in [
            &["serve"][..],
            &["createsuperuser", "--username", "eve"],
            &["changepassword", "--username", USERNAME],
        ] {
            let finished = home.run(arguments, &environment).await;
            assert_eq!(finished.code(), 2, "{password} {arguments:?}");
            let [line] = &finished.stderr[..] else {
                panic!("{:?}", finished.stderr)
            };
            assert!(line.contains("ADMIN_PASSWORD"), "{line}");
            assert!(line.contains("at least"), "what would be right: {line}");
            assert!(!line.contains(password) || password == "x", "{line}");
        }
    }
    let eight = [("ADMIN_PASSWORD", "c0rrect!")];
    let created = home
        .run(&["createsuperuser", "--username", "eve"], &eight)
        .await;
    assert_eq!(created.code(), 0, "{:?}", created.stderr);
}
