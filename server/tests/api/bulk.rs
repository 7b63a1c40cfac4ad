//! `import` and `export`.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::http::Http;
use crate::support::registry::{add_card, card};
use crate::support::service::Service;
use crate::support::{Database, Home};

on_both_databases![
    the_sample_cards_come_in_once_and_the_same_again_is_skipped,
    a_file_comes_in_whole_or_not_at_all,
    what_is_exported_comes_in_elsewhere_as_it_was,
    namespaces_and_schemas_come_back_and_nothing_hidden_is_published,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_into_a_pipe_that_is_closed_ends_without_a_word() {
    let home = Home::new(Database::Sqlite).await;
    // More than a pipe holds.
    let cards: Vec<String> = (0..50)
        .map(|it| {
            let mut card = card(&format!("A{it}"), "1");
            card["description"] = json!("x".repeat(8000));
            card.to_string()
        })
        .collect();
    let file = home.path("cards.ndjson");
    fs::write(&file, cards.join("\n")).unwrap();
    assert_eq!(
        home.run(&["import", file.to_str().unwrap()], &[])
            .await
            .code(),
        0
    );
    let mut export = home
        .command(&["export"], &[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(export.stdout.take());
    let ended = export.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
    assert_eq!(ended.status.code(), Some(0));
}

fn samples() -> String {
    format!("{}/../samples/agentcards", env!("CARGO_MANIFEST_DIR"))
}

async fn the_sample_cards_come_in_once_and_the_same_again_is_skipped(database: Database) {
    let home = Home::new(database).await;
    let samples = samples();
    // Two of them have the same name and version, so they need two namespaces.
    let all = ["import", &samples, "--namespace", "a"];
    let first = home.run(&all, &[]).await;
    assert_eq!(first.code(), 1, "{:?}", first.stderr);
    assert_eq!(
        first.stdout,
        ["4 added, 0 skipped because they are there already"]
    );
    assert_eq!(first.stderr.len(), 2, "{:?}", first.stderr);
    assert!(
        first.stderr[0].contains("skills_agent_v1.json:1: "),
        "{:?}",
        first.stderr
    );
    let other = format!("{samples}/skills_agent_v1.json");
    let second = home.run(&["import", &other], &[]).await;
    assert_eq!(second.code(), 0, "{:?}", second.stderr);
    let again = home.run(&all, &[]).await;
    assert_eq!(
        again.stdout,
        ["0 added, 4 skipped because they are there already"]
    );
    assert_eq!(again.code(), 1);

    let service = home.serve().await;
    let list = service
        .http
        .get("/api/agentcards/?ordering=namespace,name")
        .await
        .json();
    assert_eq!(list["count"], 5);
    let row = |card: &Value| {
        let text = |key: &str| card[key].as_str().unwrap().to_owned();
        (
            text("namespace"),
            text("name"),
            text("protocol"),
            card["validity"]["valid"] == true,
        )
    };
    let rows: Vec<_> = list["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(row)
        .collect();
    let own = |namespace: &str, name: &str, protocol: &str, is_valid| {
        (
            namespace.to_owned(),
            name.to_owned(),
            protocol.to_owned(),
            is_valid,
        )
    };
    assert_eq!(
        rows,
        [
            own("a", "Air Ticketing Agent", "0.3.0", false),
            own("a", "Currency Conversion Agent", "0.3.0", true),
            own("a", "Hotel Booking Agent", "0.3.0", false),
            own("a", "Langraph Planner Agent", "0.3.0", false),
            own("default", "Currency Conversion Agent", "1.0", true),
        ]
    );
    // The first version of a name is what A2A clients are given.
    let path = "/default/Currency%20Conversion%20Agent/.well-known/agent-card.json";
    let written = fs::read_to_string(&other).unwrap();
    assert_eq!(service.http.get(path).await.body, written.trim());
    let actors = home
        .sql()
        .lines("SELECT DISTINCT actor AS line FROM audit_log")
        .await;
    let me = whoami::username().unwrap();
    assert_eq!(actors, [format!("command:{me}")]);
}

async fn a_file_comes_in_whole_or_not_at_all(database: Database) {
    let home = Home::new(database).await;
    let directory = home.path("cards");
    fs::create_dir(&directory).unwrap();
    let file = |name: &str, cards: &[Value]| {
        let lines: Vec<String> = cards.iter().map(Value::to_string).collect();
        fs::write(directory.join(name), lines.join("\n")).unwrap();
    };
    let mut changed = card("A", "1");
    changed["description"] = json!("another");
    file("1.ndjson", &[card("A", "1"), card("A", "2")]);
    file("2.jsonl", &[card("B", "1"), changed, card("B", "2")]);
    file("3.json", &[json!([card("C", "1"), card("C", "2")])]);
    file(
        "4.ndjson",
        &[
            card("D", "1"),
            json!({"name": "D"}),
            json!(7),
            card("D", "1"),
        ],
    );
    file("notes.txt", &[json!("not ours")]);
    let path = directory.to_str().unwrap();
    let imported = home.run(&["import", path], &[]).await;
    assert_eq!(imported.code(), 1);
    assert_eq!(
        imported.stdout,
        ["4 added, 0 skipped because they are there already"]
    );
    let told: Vec<&str> = imported
        .stderr
        .iter()
        .filter_map(|line| line.strip_prefix(path))
        .filter_map(|line| line.split(':').nth(1))
        .collect();
    assert_eq!(told, ["2", "2", "3"], "{:?}", imported.stderr);
    assert!(
        imported
            .stderr
            .last()
            .unwrap()
            .starts_with("error: 2 of 4 files"),
        "{:?}",
        imported.stderr
    );
    let names = "SELECT name || ' ' || version AS line FROM agent_cards ORDER BY name, version";
    assert_eq!(home.sql().lines(names).await, ["A 1", "A 2", "C 1", "C 2"]);

    for arguments in [
        &["import", "nowhere.json"][..],
        &["import", path, "--namespace", "a b"],
        &["import", home.path("logs").to_str().unwrap()],
    ] {
        let failed = home.run(arguments, &[]).await;
        assert_eq!(
            (failed.code(), failed.stderr.len()),
            (1, 1),
            "{arguments:?}: {:?}",
            failed.stderr
        );
    }
}

async fn what_is_exported_comes_in_elsewhere_as_it_was(database: Database) {
    let home = Home::new(database).await;
    let samples = samples();
    home.run(&["import", &samples, "--namespace", "a"], &[])
        .await;
    home.run(&["import", &samples, "--namespace", "b"], &[])
        .await;
    home.sql()
        .execute(
            "UPDATE agent_cards SET is_active = FALSE WHERE id = 2; \
             UPDATE agent_cards SET is_default_version = FALSE WHERE id = 3",
        )
        .await;
    let exported = home.run(&["export"], &[]).await;
    assert_eq!(exported.code(), 0, "{:?}", exported.stderr);
    assert_eq!(exported.stdout.len(), 8);
    let part = home.run(&["export", "--namespace", "b"], &[]).await;
    assert_eq!(part.stdout.len(), 4);

    let elsewhere = Home::new(Database::Sqlite).await;
    let text = exported.stdout.join("\n");
    // By standard input, as a pipe does it.
    let mut import = elsewhere
        .command(&["import", "-"], &[])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    import
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let imported = import.wait_with_output().unwrap();
    assert!(imported.status.success());
    assert_eq!(
        String::from_utf8(imported.stdout).unwrap(),
        "8 added, 0 skipped because they are there already\n"
    );
    let again = elsewhere.run(&["export"], &[]).await;
    assert_eq!(again.stdout, exported.stdout);
    let line: Value = serde_json::from_str(&exported.stdout[1]).unwrap();
    assert_eq!(
        (&line["is_active"], &line["is_default_version"]),
        (&json!(false), &json!(true))
    );
}

async fn namespaces_and_schemas_come_back_and_nothing_hidden_is_published(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    for namespace in [
        json!({"id": "hidden", "name": "Hidden", "description": "two\nlines", "is_active": false}),
        json!({"id": "empty", "name": "empty"}),
        json!({"id": "named", "name": "A name"}),
        json!({"id": "plain", "name": "plain"}),
    ] {
        let made = writer
            .send_json(Method::POST, "/api/namespaces/", &namespace)
            .await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    for (uri, is_active) in [("urn:on", true), ("urn:off", false)] {
        let schema = json!({
            "schema_uri": uri, "schema_type": uri, "version": "1", "description": "d", "is_active": is_active,
            "schema": {"required": ["level"]}, "example": {"level": 1.50},
        });
        let made = writer
            .send_json(Method::POST, "/api/schemas/", &schema)
            .await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    for namespace in ["hidden", "named", "plain"] {
        let mut card = card("A", "1");
        card["capabilities"] = json!({"extensions": [{"uri": "urn:on"}, {"uri": "urn:off"}]});
        add_card(&writer, namespace, card).await;
    }
    let state = async |service: &Service, writer: &Http| {
        let part = async |path: &str| {
            let mut all = writer.get(path).await.json()["results"].clone();
            for row in all.as_array_mut().unwrap() {
                let row = row.as_object_mut().unwrap();
                for own in ["id", "created_at", "updated_at", "created_by"] {
                    if own != "id" || path != "/api/namespaces/" {
                        row.remove(own);
                    }
                }
            }
            all
        };
        let public = service.http.get("/api/agentcards/").await.json()["count"].clone();
        let rows = [
            part("/api/namespaces/").await,
            part("/api/schemas/").await,
            part("/api/agentcards/").await,
        ];
        (rows, public)
    };
    let before = state(&service, &writer).await;
    assert_eq!(before.1, 2);
    let exported = home.run(&["export"], &[]).await;
    assert_eq!(exported.code(), 0, "{:?}", exported.stderr);
    let file = home.path("all.ndjson");
    let text = exported.stdout.join("\n");
    fs::write(&file, &text).unwrap();

    let elsewhere = Home::new(Database::Sqlite).await;
    let path = file.to_str().unwrap();
    let imported = elsewhere.run(&["import", path], &[]).await;
    assert_eq!(imported.code(), 0, "{:?}", imported.stderr);
    let there = elsewhere.serve().await;
    let writer = there.writer().await;
    assert_eq!(state(&there, &writer).await, before);
    assert_eq!(
        elsewhere.run(&["export"], &[]).await.stdout,
        exported.stdout
    );
    let again = elsewhere.run(&["import", path], &[]).await;
    assert_eq!(
        (again.code(), again.stdout),
        (
            0,
            vec!["0 added, 3 skipped because they are there already".to_owned()]
        )
    );

    // Into one namespace, which is hidden then, too; and never into one that is not.
    let moved = Home::new(Database::Sqlite).await;
    // The same card three times: it comes in once.
    let all = moved
        .run(&["import", path, "--namespace", "hidden"], &[])
        .await;
    assert_eq!(all.code(), 0, "{:?}", all.stderr);
    let only = home.path("hidden.ndjson");
    let hidden: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("hidden"))
        .collect();
    fs::write(&only, hidden.join("\n")).unwrap();
    let only = only.to_str().unwrap();
    assert_eq!(
        moved
            .run(&["import", only, "--namespace", "new"], &[])
            .await
            .code(),
        0
    );
    let active = "SELECT id AS line FROM namespaces WHERE is_active";
    assert!(moved.sql().lines(active).await.is_empty());
    moved
        .sql()
        .execute("UPDATE namespaces SET is_active = TRUE")
        .await;
    let refused = moved
        .run(&["import", only, "--namespace", "new"], &[])
        .await;
    assert_eq!(refused.code(), 1);
    assert!(
        refused.stderr[0].contains("hidden.ndjson:1: ") && refused.stderr[0].contains("public"),
        "{:?}",
        refused.stderr
    );
}
