//! A JSON Schema as a graph: which subschemas are applied to a value, and which to its parts. Where
//! it is not plain what a reference leads to, the graph has every possibility, so that what is
//! counted in it is never less than what a validator does.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// A subschema.
#[derive(Debug, Default)]
pub struct Vertex {
    /// The values that one application compares with, and one for itself.
    pub weight: u64,
    /// Applied to the same value.
    pub in_place: Vec<usize>,
    /// Applied to the member of this name.
    pub properties: HashMap<String, usize>,
    /// May be applied to any member.
    pub any_member: Vec<usize>,
    /// Applied to the names of members.
    pub names: Vec<usize>,
    /// Applied to the item at this place.
    pub prefix: Vec<usize>,
    /// May be applied to any item.
    pub any_item: Vec<usize>,
    /// How much work a byte of text is for `pattern`, in units of [`PATTERN_UNIT`].
    pub text_patterns: u64,
    /// The same of the names of members for `patternProperties`.
    pub name_patterns: u64,
    /// Such a keyword applies its neighbours again for each member or item.
    pub is_unevaluated: bool,
}

/// A pattern of so many characters, its repetitions multiplied out, is a step for each byte.
const PATTERN_UNIT: u64 = 64;
/// What is repeated more often than this is too large to be compiled anyway.
const MAX_PATTERN_WEIGHT: u64 = 100_000;

/// The vertex at which a check begins.
pub const ROOT: usize = 0;

#[derive(Debug, Default)]
pub struct Graph {
    pub vertices: Vec<Vertex>,
    /// All values in the document.
    pub nodes: usize,
    pub patterns: usize,
}

/// What drafts call their own definition: the validator knows them without fetching anything.
const DRAFTS: [&str; 2] = [
    "https://json-schema.org/draft/2020-12/",
    "http://json-schema.org/draft-07/schema",
];
/// About what a value costs to be checked against one of them.
const DRAFT_WEIGHT: u64 = 200;

struct Builder<'s> {
    graph: Graph,
    /// By the address of the value, which stays where it is.
    known: HashMap<*const Value, usize>,
    waiting: Vec<(usize, &'s Value)>,
    anchors: HashMap<&'s str, Vec<&'s Value>>,
    /// Documents within the document, by their `$id`.
    resources: Vec<(&'s str, &'s Value)>,
    /// To which of them a subschema with a reference belongs.
    homes: HashMap<*const Value, &'s Value>,
    draft: Option<usize>,
}

impl Graph {
    /// Of a document that serde has parsed, which bounds how deep it is. Stops early where there
    /// are more than `max_vertices` subschemas.
    pub fn of(schema: &Value, max_vertices: usize) -> Self {
        let mut builder = Builder {
            graph: Self::default(),
            known: HashMap::new(),
            waiting: Vec::new(),
            anchors: HashMap::new(),
            resources: Vec::new(),
            homes: HashMap::new(),
            draft: None,
        };
        builder.scan(schema, schema);
        builder.vertex(schema);
        while let Some((index, value)) = builder.waiting.pop() {
            if builder.graph.vertices.len() > max_vertices {
                break;
            }
            let vertex = builder.built(value);
            if let Some(place) = builder.graph.vertices.get_mut(index) {
                *place = vertex;
            }
        }
        builder.graph
    }
}

impl<'s> Builder<'s> {
    fn scan(&mut self, value: &'s Value, home: &'s Value) {
        self.graph.nodes += 1;
        match value {
            Value::Array(items) => {
                for item in items {
                    self.scan(item, home);
                }
            }
            Value::Object(members) => {
                let text = |name: &str| members.get(name).and_then(Value::as_str);
                let id = text("$id");
                let own_anchor = id.and_then(|id| id.strip_prefix('#'));
                let is_resource = id.is_some() && own_anchor.is_none();
                let home = if is_resource { value } else { home };
                if let Some(id) = id.filter(|_| is_resource) {
                    self.resources.push((id, value));
                }
                let anchors = [own_anchor, text("$anchor"), text("$dynamicAnchor")];
                for anchor in anchors.into_iter().flatten() {
                    self.anchors.entry(anchor).or_default().push(value);
                }
                if members.contains_key("$ref") || members.contains_key("$dynamicRef") {
                    self.homes.insert(value, home);
                }
                for member in members.values() {
                    self.scan(member, home);
                }
            }
            _ => {}
        }
    }

    fn vertex(&mut self, value: &'s Value) -> usize {
        if let Some(known) = self.known.get(&std::ptr::from_ref(value)) {
            return *known;
        }
        let index = self.graph.vertices.len();
        self.graph.vertices.push(Vertex::default());
        self.known.insert(value, index);
        self.waiting.push((index, value));
        index
    }

    fn each(&mut self, values: impl Iterator<Item = &'s Value>) -> Vec<usize> {
        values.map(|value| self.vertex(value)).collect()
    }

    fn built(&mut self, value: &'s Value) -> Vertex {
        let mut vertex = Vertex {
            weight: 1,
            ..Vertex::default()
        };
        let Value::Object(members) = value else {
            return vertex;
        };
        for (keyword, operand) in members {
            self.add(&mut vertex, value, keyword, operand);
        }
        vertex
    }

    /// Adds what one keyword of a schema asks for.
    fn add(&mut self, vertex: &mut Vertex, schema: &'s Value, keyword: &str, operand: &'s Value) {
        match keyword {
            "$ref" | "$dynamicRef" => {
                let targets = self.targets(schema, operand.as_str().unwrap_or_default());
                vertex.in_place.extend(targets);
            }
            "allOf" | "anyOf" | "oneOf" => {
                vertex.in_place.extend(self.each(items(operand)));
            }
            "not" | "if" | "then" | "else" => vertex.in_place.push(self.vertex(operand)),
            "dependentSchemas" | "dependencies" => {
                vertex.weight += nodes(operand);
                let schemas = object(operand).filter(|(_, it)| !it.is_array());
                let schemas = self.each(schemas.map(|(_, it)| it));
                vertex.in_place.extend(schemas);
            }
            "properties" => {
                for (name, member) in object(operand) {
                    vertex.weight += 1;
                    let member = self.vertex(member);
                    vertex.properties.insert(name.clone(), member);
                }
            }
            "patternProperties" => {
                for (pattern, member) in object(operand) {
                    self.graph.patterns += 1;
                    vertex.name_patterns += pattern_weight(pattern);
                    vertex.any_member.push(self.vertex(member));
                }
            }
            "additionalProperties" => vertex.any_member.push(self.vertex(operand)),
            "unevaluatedProperties" => {
                vertex.is_unevaluated = true;
                vertex.any_member.push(self.vertex(operand));
            }
            "unevaluatedItems" => {
                vertex.is_unevaluated = true;
                vertex.any_item.push(self.vertex(operand));
            }
            "propertyNames" => vertex.names.push(self.vertex(operand)),
            "prefixItems" => vertex.prefix.extend(self.each(items(operand))),
            "items" if operand.is_array() => {
                vertex.prefix.extend(self.each(items(operand)));
            }
            "items" | "additionalItems" | "contains" => {
                vertex.any_item.push(self.vertex(operand));
            }
            "pattern" => {
                self.graph.patterns += 1;
                vertex.text_patterns += pattern_weight(operand.as_str().unwrap_or_default());
            }
            "enum" | "const" | "required" | "dependentRequired" => {
                vertex.weight += nodes(operand);
            }
            _ => {}
        }
    }

    /// All that a reference may lead to.
    fn targets(&mut self, from: &'s Value, reference: &str) -> Vec<usize> {
        let (base, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        if DRAFTS.iter().any(|draft| base.starts_with(draft)) {
            return vec![self.draft()];
        }
        let fragment = percent_decode_str(fragment).decode_utf8_lossy();
        let homes: Vec<&Value> = if base.is_empty() {
            self.homes
                .get(&std::ptr::from_ref(from))
                .copied()
                .into_iter()
                .collect()
        } else {
            let last = |uri: &str| uri.rsplit('/').next().unwrap_or_default().to_owned();
            let named = self
                .resources
                .iter()
                .filter(|(id, _)| last(id.trim_end_matches('#')) == last(base));
            named.map(|(_, resource)| *resource).collect()
        };
        let found: Vec<&Value> = if fragment.is_empty() || fragment.starts_with('/') {
            homes
                .into_iter()
                .filter_map(|home| home.pointer(&fragment))
                .collect()
        } else {
            self.anchors
                .get(fragment.as_ref())
                .cloned()
                .unwrap_or_default()
        };
        self.each(found.into_iter())
    }

    /// The definition of a draft: it looks into every part of a value.
    fn draft(&mut self) -> usize {
        if let Some(draft) = self.draft {
            return draft;
        }
        let index = self.graph.vertices.len();
        self.graph.vertices.push(Vertex {
            weight: DRAFT_WEIGHT,
            any_member: vec![index],
            any_item: vec![index],
            ..Vertex::default()
        });
        self.draft = Some(index);
        index
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn nodes(value: &Value) -> u64 {
    match value {
        Value::Array(items) => 1 + items.iter().map(nodes).sum::<u64>(),
        Value::Object(members) => 1 + members.values().map(nodes).sum::<u64>(),
        _ => 1,
    }
}

/// A pattern's characters, times all the repetitions that it asks for, in units.
fn pattern_weight(pattern: &str) -> u64 {
    let mut weight = pattern.len() as u64;
    for counted in pattern.split('{').skip(1) {
        let counts = counted.split('}').next().unwrap_or_default().split(',');
        let most = counts
            .filter_map(|count| count.trim().parse::<u64>().ok())
            .max();
        weight = weight.saturating_mul(most.unwrap_or(1).max(1));
    }
    weight.min(MAX_PATTERN_WEIGHT).div_ceil(PATTERN_UNIT)
}
