//! What the audit tells of people: who came in, who failed, and what was done by command.

use reqwest::Method;
use serde_json::json;

use crate::support::wait::SOON;
use crate::support::{Database, Home, PASSWORD, Service, USERNAME, eventually};

on_both_databases![
    signing_in_and_out_and_the_log_level_are_audited,
    commands_on_users_are_audited,
    failed_sign_ins_are_told_and_can_not_fill_the_audit,
];

const WRONG: &str = "Wr0ng-password";

/// Each entry as `actor|action|object|object_id|detail|ip`.
async fn entries(home: &Home) -> Vec<String> {
    home.sql()
        .lines(
            "SELECT actor || '|' || action || '|' || object || '|' || object_id || '|' || detail \
             || '|' || COALESCE(ip, '-') AS line FROM audit_log ORDER BY id",
        )
        .await
}

async fn until_there(home: &Home, is_it: impl Fn(&str) -> bool) -> String {
    eventually("the entry", SOON, async || {
        entries(home).await.into_iter().find(|entry| is_it(entry))
    })
    .await
}

async fn signing_in_and_out_and_the_log_level_are_audited(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    assert_eq!(
        entries(&home).await,
        ["admin|sign_in|user|admin||127.0.0.1"]
    );
    let writer = session.same_origin();
    let body = json!({"directives": "debug", "duration_seconds": 60});
    let changed = writer
        .send_json(Method::PUT, "/api/ops/log-level/", &body)
        .await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let form = [("directives", ""), ("minutes", "0")];
    assert_eq!(writer.post("/admin/log-level/", &form).await.status, 303);
    let page = session.get("/admin/audit/").await.body;
    assert!(page.contains("sign in user admin"), "{page}");
    assert!(page.contains("update log level"), "{page}");
    let chinese = session.with("accept-language", "zh-CN");
    let page = chinese.get("/admin/audit/").await.body;
    assert!(page.contains("登录 用户 admin"), "{page}");
    assert!(page.contains("修改 日志级别"), "{page}");

    assert_eq!(writer.post("/admin/logout/", &[]).await.status, 303);
    let all = entries(&home).await;
    let actions: Vec<&str> = all.iter().map(|it| it.split('|').nth(1).unwrap()).collect();
    assert_eq!(
        actions,
        ["sign_in", "update", "update", "sign_out"],
        "{all:?}"
    );
    assert!(all[1].contains("debug for 60 s"), "{all:?}");
    assert!(
        all.iter().all(|entry| entry.starts_with("admin|")),
        "{all:?}"
    );
}

async fn commands_on_users_are_audited(database: Database) {
    let home = Home::new(database).await;
    for command in ["createsuperuser", "changepassword"] {
        let finished = home.run(&[command, "--username", "eve"], &[]).await;
        assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    }
    let me = whoami::username().unwrap();
    assert_eq!(
        entries(&home).await,
        [
            format!("command:{me}|create|user|eve|staff|-"),
            format!("command:{me}|change_password|user|eve|sessions ended: 0|-"),
        ]
    );
}

async fn failed_sign_ins_are_told_and_can_not_fill_the_audit(database: Database) {
    let home = Home::new(database).await;
    let service = behind_a_proxy(&home).await;
    let attacker = service.http.with("x-forwarded-for", "203.0.113.1");
    for _ in 0..5 {
        assert_eq!(attacker.sign_in(USERNAME, WRONG).await.status, 401);
    }
    for _ in 0..5 {
        assert_eq!(attacker.sign_in(USERNAME, PASSWORD).await.status, 429);
    }
    until_there(&home, |entry| {
        entry == "anonymous|sign_in_failed|user|admin||203.0.113.1"
    })
    .await;
    until_there(&home, |entry| {
        entry.starts_with("anonymous|sign_in_throttled|user|ad…#")
            && entry.ends_with("|5 failures in 300 s|203.0.113.1")
    })
    .await;
    let is_it = |line: &serde_json::Value| line["failures"] == 5;
    let line = service.logs.line("error.log", is_it).await;
    assert_eq!(line["level"], "WARNING");
    assert_eq!(line["ip"], "203.0.113.1");
    let lines = service.logs.lines("error.log");
    assert_eq!(lines.iter().filter(|line| is_it(line)).count(), 1);
    assert_eq!(entries(&home).await.len(), 2);

    // A password in the wrong field stays untold.
    let confused = service.http.with("x-forwarded-for", "203.0.113.2");
    assert_eq!(confused.sign_in(PASSWORD, "").await.status, 401);
    let told = until_there(&home, |entry| entry.ends_with("|203.0.113.2")).await;
    assert!(told.contains("|Cor…#") && !told.contains("Corr"), "{told}");

    // However many come, the entries are few.
    for address in 0..60 {
        let ip = format!("198.51.100.{address}");
        let http = service.http.with("x-forwarded-for", &ip);
        assert_eq!(http.sign_in("nobody", WRONG).await.status, 401);
    }
    service.stop().await;
    let count = entries(&home).await.len();
    assert!((20..=35).contains(&count), "{count}");
}

async fn behind_a_proxy(home: &Home) -> Service {
    let service = home
        .serve_with(&[("TRUSTED_PROXIES", "127.0.0.1/32")])
        .await;
    service.until_ready().await;
    service
}
