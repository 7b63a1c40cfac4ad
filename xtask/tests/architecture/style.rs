//! Views and style sheets speak of the same classes: none is used without a style, none is styled
//! without a use.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::source;

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// The classes of all selectors: a comment or a value has none, since both are left out.
fn styled() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(source::root().join("style")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "css") {
            let mut text = source::read(&path);
            while let Some((before, rest)) = text.split_once("/*") {
                let after = rest.split_once("*/").map_or("", |(_, after)| after);
                text = format!("{before} {after}");
            }
            let selectors = text.split(['{', '}', ';']).filter(|it| !it.contains(": "));
            for class in selectors.flat_map(|selector| selector.split('.').skip(1)) {
                let class: String = class.chars().take_while(|c| is_name(*c)).collect();
                if class.starts_with(|c: char| c.is_ascii_alphabetic()) {
                    found.insert(class);
                }
            }
        }
    }
    found
}

fn is_test(path: &Path) -> bool {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    name.ends_with("tests") || name.contains("fixtures")
}

/// The views' text, without that of their tests.
fn views() -> Vec<String> {
    let files = source::rust_files("app/src").into_iter();
    let texts = files.filter(|path| !is_test(path)).map(|path| {
        let text = source::read(&path);
        text.split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap()
            .to_owned()
    });
    texts.collect()
}

/// Written out in a `class` attribute; those with a `{` are made up at run time.
fn written_out(text: &str) -> Vec<String> {
    let attributes = text.split("class=\"").skip(1);
    let values = attributes.filter_map(|rest| rest.split('"').next());
    let names = values.flat_map(|value| value.split_whitespace());
    names
        .map(|name| name.trim_end_matches('\\'))
        .filter(|name| name.chars().all(is_name))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_class_that_a_view_uses_is_styled() {
    let styled = styled();
    assert!(styled.len() > 100, "{styled:?}");
    let used: BTreeSet<String> = views().iter().flat_map(|text| written_out(text)).collect();
    assert!(used.len() > 50, "{used:?}");
    let unstyled: Vec<&String> = used.difference(&styled).collect();
    // Words that go with what is made up at run time: `series series-{tone}`.
    assert_eq!(unstyled, [""; 0], "give them a style, or leave them out");
}

#[test]
fn every_class_that_is_styled_is_used_by_a_view() {
    let views = views().join("\n");
    let words: BTreeSet<&str> = views.split(|c| !is_name(c)).collect();
    // `card-{kind}`, `series-{tone}`: the other half is a word somewhere else.
    let is_made_up = |class: &str| {
        class.match_indices('-').any(|(at, _)| {
            let (first, second) = class.split_at(at + 1);
            views.contains(&format!("{first}{{")) && words.contains(second)
        })
    };
    let unused: Vec<String> = styled()
        .into_iter()
        .filter(|class| !words.contains(class.as_str()) && !is_made_up(class))
        .collect();
    assert_eq!(unused, [""; 0], "no view uses them");
}
