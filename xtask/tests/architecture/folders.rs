//! Inside `app`: `pages -> cards -> components -> chart`, and all of them `-> dto`. Inside `ops`: the
//! folders do not know each other. By reading the code, since modules of one crate may name anything.

use std::collections::BTreeSet;

use crate::source;

/// The modules right below the crate that the code names: `crate::a::b`, `crate::{a::b, c}`.
fn named_modules(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let code: String = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    for (at, _) in code.match_indices("crate::") {
        let rest = code.get(at + "crate::".len()..).unwrap();
        match rest.strip_prefix('{') {
            Some(group) => names.extend(heads(group)),
            None => names.extend(first_word(rest)),
        }
    }
    names
}

/// The first word of each item of a `use` group, up to the brace that closes it.
fn heads(group: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut items = vec![String::new()];
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(String::new()),
            _ if depth == 0 => items.last_mut().unwrap().push(character),
            _ => {}
        }
    }
    items
        .iter()
        .filter_map(|item| first_word(item.trim()))
        .collect()
}

fn first_word(code: &str) -> Option<String> {
    let word: String = code
        .chars()
        .take_while(|character| character.is_alphanumeric() || *character == '_')
        .collect();
    (!word.is_empty()).then_some(word)
}

/// `file -> module` for each module that the code in `folder` names and `may_name` refuses.
fn trespasses(folder: &str, may_name: impl Fn(&str) -> bool) -> Vec<String> {
    let root = source::root();
    let mut found = Vec::new();
    for file in source::rust_files(folder) {
        for module in named_modules(&source::read(&file)) {
            if !may_name(&module) {
                let file = file.strip_prefix(&root).unwrap_or(&file);
                found.push(format!("{} -> {module}", file.display()));
            }
        }
    }
    found
}

const NOTHING: [&str; 0] = [];

#[test]
fn names_are_found_however_they_are_written() {
    let code =
        "use crate::{cards::{a, b}, dto,\n    pages::c};\nfn f() { crate::api::g() }\n// crate::x";
    assert_eq!(
        named_modules(code).into_iter().collect::<Vec<_>>(),
        ["api", "cards", "dto", "pages"]
    );
}

#[test]
fn the_apps_layers_point_one_way() {
    let never: [(&str, &[&str]); 5] = [
        ("cards", &["pages", "backend"]),
        ("components", &["pages", "cards", "backend"]),
        ("chart", &["pages", "cards", "components", "backend"]),
        ("dto", &["pages", "cards", "components", "chart", "backend"]),
        (
            "locales",
            &["pages", "cards", "components", "chart", "backend"],
        ),
    ];
    for (folder, never) in never {
        let found = trespasses(&format!("app/src/{folder}"), |module| {
            !never.contains(&module)
        });
        assert_eq!(found, NOTHING, "{folder} points up");
    }
}

#[test]
fn the_engines_folders_do_not_know_each_other() {
    // They may know what lies beneath them, which knows none of them.
    let engine = source::root().join("ops/src");
    for entry in engine.read_dir().unwrap() {
        let entry = entry.unwrap();
        if !entry.path().is_dir() {
            continue;
        }
        let folder = entry.file_name().into_string().unwrap();
        let shared = match folder.as_str() {
            "clock" => vec!["clock"],
            "series" => vec!["clock", "series"],
            // No secret leaves in a notice that is hidden in the log.
            "alerts" => vec!["alerts", "clock", "log"],
            _ => vec![
                "clock",
                "events",
                "procfs",
                "series",
                "task",
                folder.as_str(),
            ],
        };
        let found = trespasses(&format!("ops/src/{folder}"), |module| {
            shared.contains(&module)
        });
        assert_eq!(found, NOTHING);
    }
}
