//! `import` and `export`.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::registry::card;
use crate::support::{Database, Home};

on_both_databases![
    the_sample_cards_come_in_once_and_the_same_again_is_skipped,
    a_file_comes_in_whole_or_not_at_all,
    what_is_exported_comes_in_elsewhere_as_it_was,
];

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
