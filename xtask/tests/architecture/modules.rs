//! The modules of the crates, and which file uses which: every name followed to the file that
//! defines it, through re-exports. Code for tests does not count.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::source;
use crate::tokens::{self, Import};

/// A crate's name, and the names of its modules down to this one.
pub type Module = Vec<String>;

struct Source {
    imports: Vec<Import>,
    definitions: BTreeSet<String>,
    children: BTreeSet<String>,
    paths: Vec<Vec<String>>,
    test_modules: BTreeSet<String>,
}

pub struct Modules(BTreeMap<Module, Source>);

/// Where a path leads.
enum Target {
    /// To a module as a whole.
    Whole(Module),
    /// To something that it defines.
    Item(Module),
}

impl Modules {
    /// Of crates by name, each with the directory of its sources.
    pub fn read(crates: &[(&str, &Path)]) -> Self {
        let mut found = BTreeMap::new();
        for (name, directory) in crates {
            for file in source::files_below(directory) {
                let relative = file.strip_prefix(directory).expect("it lies below");
                if let Some(module) = module_of(name, relative) {
                    found.insert(module, parse(&source::read(&file)));
                }
            }
        }
        let tests: Vec<Module> = found
            .keys()
            .filter(|module| is_for_tests(module, &found))
            .cloned()
            .collect();
        found.retain(|module, _| !tests.contains(module));
        let all: Vec<Module> = found.keys().cloned().collect();
        for module in all {
            if let Some((name, parent)) = module.split_last()
                && let Some(parent) = found.get_mut(parent)
            {
                parent.definitions.remove(name);
                parent.children.insert(name.clone());
            }
        }
        Self(found)
    }

    pub fn of_crate<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Module> {
        self.0
            .keys()
            .filter(move |module| module.first().is_some_and(|first| first == name))
    }

    /// The modules whose files this one uses.
    pub fn used_by(&self, module: &Module) -> BTreeSet<Module> {
        let Some(source) = self.0.get(module) else {
            return BTreeSet::new();
        };
        let imported = source.imports.iter().filter_map(|import| {
            match self.absolute(module, &import.path, 0)? {
                // What is used of an imported module, the code says by its paths.
                Target::Whole(whole) => import.is_glob.then_some(whole),
                Target::Item(owner) => Some(owner),
            }
        });
        let named =
            source
                .paths
                .iter()
                .filter_map(|path| match self.absolute(module, path, 0)? {
                    Target::Whole(owner) | Target::Item(owner) => Some(owner),
                });
        let mut used: BTreeSet<Module> = imported.chain(named).collect();
        used.remove(module);
        used
    }

    /// Follows a path as the code of a module has it.
    fn absolute(&self, module: &Module, path: &[String], depth: usize) -> Option<Target> {
        let (first, rest) = path.split_first()?;
        let source = self.0.get(module)?;
        match first.as_str() {
            "crate" => self.resolve(module.get(..1)?, rest, depth),
            "self" => self.resolve(module, rest, depth),
            "super" => {
                let (_, parent) = module.split_last()?;
                let parent = parent.to_vec();
                match rest.first().map(String::as_str) {
                    Some("super") => self.absolute(&parent, rest, depth),
                    _ => self.resolve(&parent, rest, depth),
                }
            }
            _ if source.knows(first) => self.resolve(module, path, depth),
            _ if self.0.contains_key(&path[..1]) => self.resolve(path.get(..1)?, rest, depth),
            _ => self.by_glob(module, path, depth),
        }
    }

    /// Follows a path from a module on.
    fn resolve(&self, module: &[String], path: &[String], depth: usize) -> Option<Target> {
        // Two modules that re-export each other's names lead nowhere.
        if depth > 20 {
            return None;
        }
        let module = module.to_vec();
        let source = self.0.get(&module)?;
        let Some((first, rest)) = path.split_first() else {
            return Some(Target::Whole(module));
        };
        if source.children.contains(first) {
            let mut child = module;
            child.push(first.clone());
            return self.resolve(&child, rest, depth + 1);
        }
        if source.definitions.contains(first) {
            return Some(Target::Item(module));
        }
        let import = source.imports.iter().find(|import| import.name == *first);
        if let Some(import) = import {
            let mut target = import.path.clone();
            if target.first() == Some(first) && !source.children.contains(first) {
                // Another crate's.
                let is_ours = self.0.contains_key(std::slice::from_ref(first));
                if !is_ours || target.len() == 1 {
                    return None;
                }
            }
            target.extend(rest.iter().cloned());
            return self.absolute(&module, &target, depth + 1);
        }
        self.by_glob(&module, path, depth + 1)
            .or(Some(Target::Item(module)))
    }

    fn by_glob(&self, module: &Module, path: &[String], depth: usize) -> Option<Target> {
        if depth > 20 {
            return None;
        }
        let source = self.0.get(module)?;
        let globs = source.imports.iter().filter(|import| import.is_glob);
        globs
            .filter_map(|glob| match self.absolute(module, &glob.path, depth + 1)? {
                Target::Whole(from) => {
                    let known = self.0.get(&from)?;
                    known.knows(path.first()?).then_some(())?;
                    self.resolve(&from, path, depth + 1)
                }
                Target::Item(_) => None,
            })
            .next()
    }
}

impl Source {
    fn knows(&self, name: &str) -> bool {
        self.children.contains(name)
            || self.definitions.contains(name)
            || self.imports.iter().any(|import| import.name == name)
    }
}

fn module_of(name: &str, relative: &Path) -> Option<Module> {
    let mut parts: Module = vec![name.to_owned()];
    let path = relative.with_extension("");
    parts.extend(path.iter().map(|part| part.to_string_lossy().into_owned()));
    match parts.last().map(String::as_str) {
        Some("main") if parts.len() == 2 => None,
        Some("mod" | "lib") => {
            parts.pop();
            Some(parts)
        }
        _ => Some(parts),
    }
}

fn is_for_tests(module: &Module, all: &BTreeMap<Module, Source>) -> bool {
    let Some((name, parent)) = module.split_last() else {
        return false;
    };
    let is_declared_so = all
        .get(parent)
        .is_some_and(|parent| parent.test_modules.contains(name));
    // Those that a sibling includes by their path.
    is_declared_so || name == "tests" || name.ends_with("_tests") || name.ends_with("_properties")
}

fn parse(code: &str) -> Source {
    let (tokens, test_modules) = tokens::without_tests(tokens::of(code));
    let (imports, rest) = tokens::imports(&tokens);
    Source {
        definitions: tokens::definitions(&rest),
        paths: tokens::paths(&rest),
        imports,
        children: BTreeSet::new(),
        test_modules,
    }
}
