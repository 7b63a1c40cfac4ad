//! Inside `server` a room uses those below it and no other: `traces` -> `http`, `db` -> `auth` -> `registry` |
//! `desk` -> the wiring, where an arrow means that the right may use the left. No file in any crate
//! is part of a circle.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::circles::{circles, graph};
use crate::modules::{Module, Modules};
use crate::source;

/// A room, and those that it may use beside itself. Whatever is not listed is wiring: it may use
/// everything, and no room may use it.
const ROOMS: [(&str, &[&str]); 8] = [
    ("process", &[]),
    ("traces", &[]),
    ("http", &["traces"]),
    // An error of a database knows how it is answered.
    ("db", &["http", "traces"]),
    ("listener", &["db"]),
    ("auth", &["http", "db", "process"]),
    ("registry", &["http", "db", "auth"]),
    ("desk", &["http", "db", "auth", "process", "traces"]),
];

/// Parts of the desk that lie beside its folder.
const OF_THE_DESK: [&str; 6] = [
    "ops_store",
    "traffic",
    "host",
    "error_groups",
    "instances",
    "alerting",
];

fn house() -> Modules {
    let root = source::root();
    let directories = ["server", "app", "ops"].map(|name| (name, root.join(name).join("src")));
    Modules::read(
        &directories
            .each_ref()
            .map(|(name, path)| (*name, path.as_path())),
    )
}

/// Without the crate's name.
fn shown(module: &Module) -> String {
    module.get(1..).unwrap_or_default().join("::")
}

fn room(module: &Module) -> &str {
    match module.get(1) {
        Some(name) if OF_THE_DESK.contains(&name.as_str()) => "desk",
        Some(name) => name,
        None => "",
    }
}

fn trespasses(modules: &Modules) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for module in modules.of_crate("server") {
        let Some((_, below)) = ROOMS.iter().find(|(name, _)| *name == room(module)) else {
            continue;
        };
        for used in modules.used_by(module) {
            let is_own = used.len() == 1 || room(&used) == room(module);
            if used[0] == "server" && !is_own && !below.contains(&room(&used)) {
                found.insert(format!("{} -> {}", shown(module), shown(&used)));
            }
        }
    }
    found
}

fn circles_of(modules: &Modules, name: &str) -> Vec<Vec<String>> {
    let found = circles(&graph(modules, name));
    let found = found
        .iter()
        .map(|circle| circle.iter().map(shown).collect());
    found.collect()
}

#[test]
fn the_servers_rooms_point_one_way() {
    assert_eq!(trespasses(&house()), BTreeSet::new());
}

#[test]
fn no_file_is_part_of_a_circle() {
    let modules = house();
    for name in ["server", "app", "ops"] {
        assert_eq!(circles_of(&modules, name), [[""; 0]; 0], "{name}");
    }
}

/// A tiny house: files by their path.
fn tiny(files: &[(&str, &str)]) -> Modules {
    let directory = tempfile::tempdir().unwrap();
    for (path, code) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
        fs::write(path, code).unwrap();
    }
    Modules::read(&[("server", directory.path())])
}

const LIB: (&str, &str) = ("lib.rs", "pub mod db; pub mod http; mod wiring;");
const HTTP: (&str, &str) = ("http/mod.rs", "mod error; pub use error::Failure;");
const ERROR: (&str, &str) = ("http/error.rs", "pub struct Failure;");
/// A child of its parent, which is no circle.
const POOL: (&str, &str) = (
    "db/pool.rs",
    "use super::Db; pub struct Pool(Option<Box<Db>>);",
);

#[test]
fn a_house_whose_arrows_point_one_way_passes() {
    let modules = tiny(&[
        LIB,
        HTTP,
        ERROR,
        POOL,
        (
            "db/mod.rs",
            "mod pool; use crate::http; fn f() -> http::Failure { g() } pub struct Db(pool::Pool);",
        ),
        (
            "wiring.rs",
            "use crate::{db::Db, http::*}; #[cfg(test)] mod tests { use crate::none; }",
        ),
    ]);
    assert_eq!(trespasses(&modules), BTreeSet::new());
    assert_eq!(circles_of(&modules, "server"), [[""; 0]; 0]);
}

#[test]
fn an_arrow_that_is_turned_is_found_through_a_re_export() {
    let modules = tiny(&[
        LIB,
        HTTP,
        (
            "http/error.rs",
            "pub struct Failure; impl From<crate::wiring::Error> for Failure {}",
        ),
        (
            "db/mod.rs",
            "pub enum Error {} pub struct Db(crate::http::Failure);",
        ),
        ("wiring.rs", "pub use crate::db::Error;"),
    ]);
    let found: Vec<String> = trespasses(&modules).into_iter().collect();
    assert_eq!(found, ["http::error -> db"]);
    assert_eq!(circles_of(&modules, "server"), [["db", "http::error"]]);
}
