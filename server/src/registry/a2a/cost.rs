//! What a check may cost. A thread that checks can't be stopped, so that how long it takes has to be
//! known before: a schema is refused if it can explode, and a document is checked only if a walk over
//! it, which counts what the validator is going to do and ends at a limit, says that it may be.

use std::collections::HashMap;

use serde_json::Value;

use super::graph::{Graph, ROOT, Vertex};

const MAX_NODES: usize = 50_000;
const MAX_SUBSCHEMAS: usize = 2_000;
const MAX_PATTERNS: usize = 100;
/// Of subschemas that are applied to the same value, one by way of the other.
const MAX_CHAIN: usize = 64;
/// How often a value, or one inside of it, may be looked at.
const MAX_PATHS: u64 = 10_000;
/// How often a schema is followed into itself when these are counted. Deeper documents are counted
/// when they come.
const REENTRIES: u8 = 6;
/// For all checks of one card: a fraction of a second.
const MAX_STEPS: u64 = 1_000_000;

/// The graph of a schema that may be used; or why it may not.
///
/// # Errors
/// With the reason, in a sentence without its subject.
pub fn bounded(schema: &Value) -> Result<Graph, String> {
    let graph = Graph::of(schema, MAX_SUBSCHEMAS);
    if graph.nodes > MAX_NODES {
        return Err(format!("is too large: more than {MAX_NODES} values"));
    }
    if graph.vertices.len() > MAX_SUBSCHEMAS {
        return Err(format!(
            "is too large: more than {MAX_SUBSCHEMAS} subschemas"
        ));
    }
    if graph.patterns > MAX_PATTERNS {
        return Err(format!(
            "has {} patterns: at most {MAX_PATTERNS} are taken",
            graph.patterns
        ));
    }
    let mut chains = vec![Chain::Unknown; graph.vertices.len()];
    for vertex in 0..graph.vertices.len() {
        match chain(&graph, vertex, &mut chains) {
            None => {
                return Err(
                    "would never be done: a reference leads back to where it stands \
                     without going into a value"
                        .to_owned(),
                );
            }
            Some(length) if length > MAX_CHAIN => {
                return Err(format!(
                    "is too deep: more than {MAX_CHAIN} subschemas follow one another for the same value"
                ));
            }
            Some(_) => {}
        }
    }
    let mut paths = Paths {
        components: components(&graph),
        graph: &graph,
        known: HashMap::new(),
    };
    if paths.count(ROOT, REENTRIES) > MAX_PATHS {
        return Err(format!(
            "would take too long to check: its references and combinations multiply to more than \
             {MAX_PATHS} ways through it"
        ));
    }
    Ok(graph)
}

#[derive(Clone, Copy)]
enum Chain {
    Unknown,
    Open,
    Long(usize),
}

/// The longest chain of subschemas for the same value; `None` if there is a loop.
fn chain(graph: &Graph, index: usize, chains: &mut [Chain]) -> Option<usize> {
    match chains.get(index)? {
        Chain::Open => return None,
        Chain::Long(length) => return Some(*length),
        Chain::Unknown => {}
    }
    *chains.get_mut(index)? = Chain::Open;
    let mut longest = 0;
    for next in &graph.vertices.get(index)?.in_place {
        longest = longest.max(chain(graph, *next, chains)?);
    }
    *chains.get_mut(index)? = Chain::Long(longest + 1);
    Some(longest + 1)
}

fn neighbours(vertex: &Vertex) -> impl Iterator<Item = usize> {
    let lists = [
        &vertex.in_place,
        &vertex.any_member,
        &vertex.names,
        &vertex.prefix,
        &vertex.any_item,
    ];
    let listed = lists.into_iter().flatten();
    listed.chain(vertex.properties.values()).copied()
}

/// Numbers the strongly connected components (Tarjan): subschemas that lead to one another.
fn components(graph: &Graph) -> Vec<usize> {
    struct Search<'g> {
        graph: &'g Graph,
        next: usize,
        order: Vec<usize>,
        low: Vec<usize>,
        component: Vec<usize>,
        stack: Vec<usize>,
    }

    const NONE: usize = usize::MAX;

    impl Search<'_> {
        fn visit(&mut self, index: usize) -> Option<usize> {
            let own = self.next;
            self.next += 1;
            *self.order.get_mut(index)? = own;
            let mut low = own;
            self.stack.push(index);
            let graph = self.graph;
            for next in neighbours(graph.vertices.get(index)?) {
                if *self.order.get(next)? == NONE {
                    low = low.min(self.visit(next)?);
                } else if *self.component.get(next)? == NONE {
                    low = low.min(*self.order.get(next)?);
                }
            }
            *self.low.get_mut(index)? = low;
            if low == own {
                while let Some(member) = self.stack.pop() {
                    *self.component.get_mut(member)? = own;
                    if member == index {
                        break;
                    }
                }
            }
            Some(low)
        }
    }

    let size = graph.vertices.len();
    let mut search = Search {
        graph,
        next: 0,
        order: vec![NONE; size],
        low: vec![NONE; size],
        component: vec![NONE; size],
        stack: Vec::new(),
    };
    for index in 0..size {
        if search.order.get(index) == Some(&NONE) {
            search.visit(index);
        }
    }
    search.component
}

struct Paths<'g> {
    graph: &'g Graph,
    components: Vec<usize>,
    known: HashMap<(usize, u8), u64>,
}

impl Paths<'_> {
    /// At most how often the schema from here on looks at the values along one way into a document.
    fn count(&mut self, index: usize, reentries: u8) -> u64 {
        if let Some(known) = self.known.get(&(index, reentries)) {
            return *known;
        }
        let graph = self.graph;
        let Some(vertex) = graph.vertices.get(index) else {
            return 0;
        };
        let mut paths = 1_u64;
        for next in &vertex.in_place {
            paths = paths.saturating_add(self.step(index, *next, reentries));
        }
        let mut member = 0;
        for next in vertex.properties.values() {
            member = member.max(self.step(index, *next, reentries));
        }
        for next in vertex.any_member.iter().chain(&vertex.names) {
            member = member.saturating_add(self.step(index, *next, reentries));
        }
        let mut item = 0;
        for next in &vertex.prefix {
            item = item.max(self.step(index, *next, reentries));
        }
        for next in &vertex.any_item {
            item = item.saturating_add(self.step(index, *next, reentries));
        }
        let paths = paths.saturating_add(member.max(item));
        self.known.insert((index, reentries), paths);
        paths
    }

    /// Into a part of a value it may go round in circles; the document ends them.
    fn step(&mut self, from: usize, to: usize, reentries: u8) -> u64 {
        if self.components.get(from) != self.components.get(to) {
            return self.count(to, reentries);
        }
        match reentries.checked_sub(1) {
            Some(reentries) => self.count(to, reentries),
            None => 0,
        }
    }
}

/// Counts what a validator does with a document.
pub struct Budget {
    left: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: MAX_STEPS }
    }
}

impl Budget {
    /// The steps that the check takes; `None` if that is more than are left.
    pub fn spend(&mut self, graph: &Graph, document: &Value) -> Option<u64> {
        let before = self.left;
        self.apply(graph, ROOT, document, 1)?;
        Some(before - self.left)
    }

    fn apply(&mut self, graph: &Graph, index: usize, value: &Value, times: u64) -> Option<()> {
        let vertex = graph.vertices.get(index)?;
        let bytes = |text: &str| text.len() as u64;
        let (work, parts) = match value {
            Value::String(text) => (vertex.text_patterns.saturating_mul(bytes(text)), 0),
            Value::Object(members) if vertex.name_patterns > 0 => {
                let names = members.keys().map(|name| bytes(name)).sum();
                (vertex.name_patterns.saturating_mul(names), members.len())
            }
            Value::Object(members) => (0, members.len()),
            Value::Array(items) => (0, items.len()),
            _ => (0, 0),
        };
        let work = work.saturating_add(vertex.weight).saturating_mul(times);
        self.left = self.left.checked_sub(work)?;
        let times = if vertex.is_unevaluated {
            times.saturating_mul(1 + parts as u64)
        } else {
            times
        };
        for next in &vertex.in_place {
            self.apply(graph, *next, value, times)?;
        }
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if let Some(next) = vertex.properties.get(name) {
                        self.apply(graph, *next, member, times)?;
                    }
                    for next in &vertex.any_member {
                        self.apply(graph, *next, member, times)?;
                    }
                    for next in &vertex.names {
                        self.apply(graph, *next, &Value::from(name.as_str()), times)?;
                    }
                }
            }
            Value::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    if let Some(next) = vertex.prefix.get(place) {
                        self.apply(graph, *next, item, times)?;
                    }
                    for next in &vertex.any_item {
                        self.apply(graph, *next, item, times)?;
                    }
                }
            }
            _ => {}
        }
        Some(())
    }
}
