//! What no log may ever hold.

use std::fs;

use crate::support::logs::FILES;
use crate::support::{Database, Home, PASSWORD, USERNAME};

on_both_databases![no_log_holds_a_secret];

async fn no_log_holds_a_secret(database: Database) {
    let home = Home::new(database).await;
    // The most that there can be.
    let verbose = [
        ("LOG_LEVEL", "trace"),
        ("SLOW_QUERY_MS", "0"),
        (
            "SECRET_KEY",
            "K3y-in-no-log-K3y-in-no-log-K3y-in-no-log-K3y-in-no-log-K3y-in-no-log",
        ),
    ];
    let service = home.serve_with(&verbose).await;
    service.until_ready().await;
    let bearer = service.http.with("authorization", "Bearer T0ken-in-no-log");
    bearer.get("/api/ops/status/").await;
    service
        .http
        .get("/nowhere/?api_key=Qu3ry-in-no-log&token=Qu3ry-in-no-log")
        .await;
    service
        .http
        .get("/admin/login/?next=/admin/%3Fpassword=Qu3ry-in-no-log")
        .await;
    service.http.sign_in(USERNAME, "Wr0ng-in-no-log").await;
    let answer = service.http.sign_in(USERNAME, PASSWORD).await;
    let cookie = answer.session_cookie().unwrap();
    let (_, token) = cookie.split_once('=').unwrap();
    assert!(token.len() > 20, "{cookie}");
    let session = service
        .http
        .with("cookie", &format!("{cookie}; other=C00kie-in-no-log"));
    assert_eq!(session.get("/admin/system-status/").await.status, 200);
    assert_eq!(
        session
            .same_origin()
            .post("/admin/logout/", &[])
            .await
            .status,
        303
    );
    let last = service.http.with("x-request-id", "the-last-one");
    last.get("/nowhere/").await;
    service.logs.access("the-last-one").await;

    let made = home
        .run(&["token", "create", "--name", "ci", "--scope", "read"], &[])
        .await;
    let api_token = made.stdout[0].trim().to_owned();
    // As it is on the way, in a path, where it does not belong.
    service.http.get(&format!("/api/x/{api_token}")).await;
    let last = service.http.with("x-request-id", "the-very-last");
    let bearer = last.with("authorization", &format!("bearer  {api_token}"));
    bearer.get("/api/namespaces/").await;
    service.logs.access("the-very-last").await;
    let mut stored = home
        .sql()
        .lines(
            "SELECT password_hash AS line FROM users UNION ALL SELECT token_hash FROM api_tokens",
        )
        .await;
    assert!(stored.len() >= 2);
    stored.extend(home.sql().lines("SELECT id AS line FROM sessions").await);
    // As a list of numbers, which is how drivers print what they bind.
    let decimal = |text: &String| {
        let bytes: Vec<String> = text.bytes().take(16).map(|b| b.to_string()).collect();
        bytes.join(", ")
    };
    let stored: Vec<String> = stored
        .iter()
        .flat_map(|text| [text.clone(), decimal(text)])
        .collect();

    let finished = service.stop().await;
    let console = [finished.stdout, finished.stderr].concat().join("\n");
    let mut texts = vec![("the console".to_owned(), console)];
    for file in FILES {
        texts.push((
            file.to_owned(),
            fs::read_to_string(home.path("logs").join(file)).unwrap(),
        ));
    }
    // What a session's row and a cookie share, would be as good as the cookie.
    let signature = token.rsplit('.').next().unwrap();
    for (place, text) in texts {
        let known = [
            "in-no-log",
            PASSWORD,
            token,
            signature,
            "$argon2id$",
            &api_token,
        ];
        for secret in known.into_iter().chain(stored.iter().map(String::as_str)) {
            let found = text.lines().find(|line| line.contains(secret));
            assert_eq!(found, None, "{place} holds {secret}");
        }
    }
}
