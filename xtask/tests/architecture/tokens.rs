//! As much of Rust's grammar as it takes to see what a file imports, defines and names.

use std::collections::BTreeSet;

/// One name of a `use` declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    pub path: Vec<String>,
    /// As the file calls it.
    pub name: String,
    pub is_glob: bool,
}

/// Words, `::`, and every other character on its own; without comments, and with nothing in strings.
pub fn of(code: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = if let Some(length) = skipped(rest) {
            length
        } else if is_word(first) {
            let length = rest.find(|it| !is_word(it)).unwrap_or(rest.len());
            tokens.push(rest[..length].to_owned());
            length
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The length of the comment, string or character that the code begins with.
fn skipped(code: &str) -> Option<usize> {
    if code.starts_with("//") {
        return Some(code.find('\n').unwrap_or(code.len()));
    }
    let raw = code.strip_prefix('b').unwrap_or(code);
    if let Some(raw) = raw.strip_prefix('r')
        && let Some(quote) = raw.find(|it| it != '#')
        && raw[quote..].starts_with('"')
    {
        let end = format!("\"{}", "#".repeat(quote));
        let begin = code.len() - raw.len() + quote + 1;
        let length = code[begin..].find(&end).map(|at| begin + at + end.len());
        return Some(length.unwrap_or(code.len()));
    }
    if code.starts_with('"') {
        let mut is_escaped = false;
        for (at, character) in code.char_indices().skip(1) {
            match character {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '"' => return Some(at + 1),
                _ => {}
            }
        }
        return Some(code.len());
    }
    let character = code.strip_prefix('\'')?;
    if character.starts_with('\\') {
        let end = character[2..].find('\'')?;
        return Some(end + 4);
    }
    // Else a lifetime.
    let mut characters = character.char_indices();
    characters.next()?;
    let (at, end) = characters.next()?;
    (end == '\'').then_some(at + 2)
}

/// What is left of the code without items that only tests have, and the names of the modules among
/// those that lie in files of their own.
pub fn without_tests(tokens: Vec<String>) -> (Vec<String>, BTreeSet<String>) {
    let (mut kept, mut modules) = (Vec::new(), BTreeSet::new());
    let mut at = 0;
    while at < tokens.len() {
        let Some(end) = attribute(&tokens, at) else {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        };
        let text = tokens[at..end].concat();
        let is_test = text == "#[test]"
            || text.starts_with("#[cfg(test)")
            || text.starts_with("#[cfg(all(test");
        at = end;
        if !is_test {
            continue;
        }
        while let Some(end) = attribute(&tokens, at) {
            at = end;
        }
        let end = item(&tokens, at);
        let module = tokens[at..end].iter().position(|token| token == "mod");
        if let Some(module) = module.filter(|at| *at < 4) {
            modules.extend(tokens.get(at + module + 1).cloned());
        }
        at = end;
    }
    (kept, modules)
}

/// Where the attribute ends that begins here.
fn attribute(tokens: &[String], at: usize) -> Option<usize> {
    if tokens.get(at)? != "#" || tokens.get(at + 1)? != "[" {
        return None;
    }
    Some(closing(tokens, at + 1))
}

/// Behind the bracket that closes the one at `at`.
fn closing(tokens: &[String], at: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth -= 1;
                if depth == 0 {
                    return index + 1;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}

/// Behind the item that begins at `at`.
fn item(tokens: &[String], mut at: usize) -> usize {
    while let Some(token) = tokens.get(at) {
        match token.as_str() {
            ";" | "," => return at + 1,
            "{" => return closing(tokens, at),
            "(" | "[" => at = closing(tokens, at),
            "}" | ")" | "]" => return at,
            _ => at += 1,
        }
    }
    at
}

/// All that is imported, and the code without it.
pub fn imports(tokens: &[String]) -> (Vec<Import>, Vec<String>) {
    let (mut imports, mut rest) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        // `impl use<'a> Trait` imports nothing.
        if tokens[at] == "use" && tokens.get(at + 1).is_some_and(|next| next != "<") {
            at = tree(tokens, at + 1, &[], &mut imports);
        } else {
            rest.push(tokens[at].clone());
            at += 1;
        }
    }
    (imports, rest)
}

fn tree(tokens: &[String], mut at: usize, prefix: &[String], found: &mut Vec<Import>) -> usize {
    let mut path = prefix.to_vec();
    while let Some(token) = tokens.get(at) {
        match token.as_str() {
            "::" => at += 1,
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token != "}") {
                    at = tree(tokens, at, &path, found);
                    if tokens.get(at).is_some_and(|token| token == ",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "*" => {
                found.push(Import {
                    path,
                    name: String::new(),
                    is_glob: true,
                });
                return at + 1;
            }
            "as" => {
                let name = tokens.get(at + 1).cloned().unwrap_or_default();
                found.push(Import {
                    path,
                    name,
                    is_glob: false,
                });
                return at + 2;
            }
            word if word.starts_with(is_word) => {
                if word != "self" || path.is_empty() {
                    path.push(word.to_owned());
                }
                at += 1;
                let goes_on = tokens.get(at).is_some_and(|it| it == "::" || it == "as");
                if !goes_on {
                    found.push(Import {
                        name: path.last().cloned().unwrap_or_default(),
                        path,
                        is_glob: false,
                    });
                    return at;
                }
            }
            _ => return at,
        }
    }
    at
}

pub fn definitions(tokens: &[String]) -> BTreeSet<String> {
    const KEYWORDS: [&str; 9] = [
        "struct", "enum", "fn", "trait", "type", "const", "static", "union", "mod",
    ];
    let pairs = tokens.windows(2);
    let mut found: BTreeSet<String> = pairs
        .filter(|pair| KEYWORDS.contains(&pair[0].as_str()))
        .map(|pair| pair[1].clone())
        .collect();
    let macros = tokens.windows(3).filter(|it| it[0] == "macro_rules");
    found.extend(macros.map(|it| it[2].clone()));
    found
}

/// Every path of two words and more.
pub fn paths(tokens: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut at = 0;
    let word_at = |at: usize| tokens.get(at).filter(|token| token.starts_with(is_word));
    let is_separator = |at: usize| tokens.get(at).is_some_and(|token| token == "::");
    while at < tokens.len() {
        let begins = word_at(at).is_some() && is_separator(at + 1);
        let goes_on = at > 0 && ["::", "."].contains(&tokens[at - 1].as_str());
        if !begins || goes_on {
            at += 1;
            continue;
        }
        let mut path = vec![tokens[at].clone()];
        at += 1;
        while is_separator(at)
            && let Some(word) = word_at(at + 1)
        {
            path.push(word.clone());
            at += 2;
        }
        found.push(path);
    }
    found
}
