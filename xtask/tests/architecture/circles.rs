//! No circle of files, but a parent with its own children.

use std::collections::{BTreeMap, BTreeSet};

use crate::modules::{Module, Modules};

pub type Graph = BTreeMap<Module, BTreeSet<Module>>;

pub fn graph(modules: &Modules, name: &str) -> Graph {
    let all = modules.of_crate(name);
    all.map(|module| (module.clone(), modules.used_by(module)))
        .collect()
}

/// Sets of files each of which leads to all the others.
pub fn circles(graph: &Graph) -> Vec<BTreeSet<Module>> {
    let reach: BTreeMap<&Module, BTreeSet<&Module>> = graph
        .keys()
        .map(|module| (module, reached(graph, module)))
        .collect();
    let mut found = Vec::new();
    let mut left: BTreeSet<&Module> = graph.keys().collect();
    while let Some(first) = left.pop_first() {
        let there = reach[first].iter().copied();
        let circle: BTreeSet<Module> = there
            .filter(|other| reach[other].contains(first))
            .chain([first])
            .cloned()
            .collect();
        left.retain(|module| !circle.contains(*module));
        if circle.len() > 1 {
            found.extend(unexcused(graph, circle));
        }
    }
    found
}

/// A parent may use its children, and they it; without it there must be no circle among them.
fn unexcused(graph: &Graph, mut circle: BTreeSet<Module>) -> Vec<BTreeSet<Module>> {
    let top = circle.iter().min_by_key(|module| module.len()).cloned();
    let Some(top) = top.filter(|top| circle.iter().all(|module| module.starts_with(top))) else {
        return vec![circle];
    };
    circle.remove(&top);
    let rest = graph
        .iter()
        .filter(|(module, _)| circle.contains(*module))
        .map(|(module, used)| (module.clone(), used & &circle))
        .collect();
    circles(&rest)
}

fn reached<'g>(graph: &'g Graph, from: &'g Module) -> BTreeSet<&'g Module> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(module) = open.pop() {
        for next in graph.get(module).into_iter().flatten() {
            if graph.contains_key(next) && found.insert(next) {
                open.push(next);
            }
        }
    }
    found
}
