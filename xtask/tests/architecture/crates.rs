//! `server -> app, ops`, and neither of these to anything of ours; what each keeps out.

use std::collections::BTreeSet;
use std::process::Command;

use crate::source;

/// The names of all packages that `cargo tree` finds with these arguments.
fn packages(arguments: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(source::root())
        .args(["tree", "--prefix=none", "--format={p}"])
        .args(arguments)
        .output()
        .expect("cargo starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .expect("names are UTF-8")
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// Those of the packages that are one of `names` or belong to its family (`diesel`, `diesel_…`).
fn of(packages: &BTreeSet<String>, names: &[&str]) -> Vec<String> {
    let is_one = |package: &str| {
        names.iter().any(|name| {
            package
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
        })
    };
    packages
        .iter()
        .filter(|package| is_one(package))
        .cloned()
        .collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn the_browser_gets_no_database_no_web_server_and_nothing_else_of_ours() {
    let packages = packages(&[
        "--package=app",
        "--target=wasm32-unknown-unknown",
        "--no-default-features",
        "--features=hydrate",
        "--edges=normal",
    ]);
    assert_eq!(of(&packages, &["leptos"]).first().unwrap(), "leptos");
    let banned = ["diesel", "libsqlite3", "actix", "tokio", "ops", "server"];
    let found: Vec<String> = of(&packages, &banned)
        .into_iter()
        .filter(|name| !name.starts_with("server_fn"))
        .collect();
    assert_eq!(found, NOTHING);
}

#[test]
fn the_pages_know_neither_the_engine_nor_the_service_nor_a_database() {
    let packages = packages(&["--package=app", "--features=ssr", "--edges=all"]);
    assert!(packages.contains("leptos"));
    assert_eq!(of(&packages, &["diesel", "ops"]), NOTHING);
    assert!(!packages.contains("server"));
}

#[test]
fn the_engine_knows_no_web_framework_no_database_and_nothing_else_of_ours() {
    let packages = packages(&["--package=ops", "--edges=all"]);
    assert!(packages.contains("tracing"));
    assert_eq!(
        of(&packages, &["actix", "diesel", "leptos", "app", "server"]),
        NOTHING
    );
}
