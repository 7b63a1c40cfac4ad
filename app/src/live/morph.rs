//! Makes what is on the page like what the server drew anew, and touches nothing that stayed the
//! same: so focus, selection, scrolling and opened disclosures survive a refresh.
//!
//! Elements with an id are matched by it among their siblings; the others by their place.

use std::collections::HashSet;

use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, Node};

/// What is in an element with this is the script's own; the server draws it empty.
const SCRIPT_WRITES: &str = "data-script-writes";

/// The children of `old` become like those of `new`, which is used up.
pub fn morph_children(old: &Node, new: &Node) {
    let wanted = children(new);
    let wanted_ids: HashSet<String> = wanted.iter().filter_map(id).collect();
    let mut at = old.first_child();
    for wanted in wanted {
        // What is gone goes first: then those behind it need not be moved, and keep their focus.
        while let Some(gone) = at.take_if(|at| id(at).is_some_and(|id| !wanted_ids.contains(&id))) {
            at = gone.next_sibling();
            remove(old, &gone);
        }
        match counterpart(at.as_ref(), &wanted) {
            Some(kept) => {
                if at.as_ref().is_some_and(|at| at.is_same_node(Some(&kept))) {
                    at = kept.next_sibling();
                } else {
                    insert(old, &kept, at.as_ref());
                }
                morph(&kept, &wanted);
            }
            None => insert(old, &wanted, at.as_ref()),
        }
    }
    while let Some(surplus) = at {
        at = surplus.next_sibling();
        remove(old, &surplus);
    }
}

/// The one that `wanted` was drawn as before: at or behind `at`, if it has an id, else only there.
fn counterpart(at: Option<&Node>, wanted: &Node) -> Option<Node> {
    let Some(wanted_id) = id(wanted) else {
        let at = at?;
        let is_alike = at.node_name() == wanted.node_name() && id(at).is_none();
        return is_alike.then(|| at.clone());
    };
    let mut candidate = at.cloned();
    while let Some(node) = candidate {
        if node.node_name() == wanted.node_name() && id(&node).as_ref() == Some(&wanted_id) {
            return Some(node);
        }
        candidate = node.next_sibling();
    }
    None
}

fn morph(old: &Node, new: &Node) {
    if old.is_equal_node(Some(new)) {
        return;
    }
    match (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) {
        (Some(old), Some(_)) if old.has_attribute(SCRIPT_WRITES) => {}
        (Some(old), Some(new)) => {
            morph_attributes(old, new);
            morph_children(old, new);
        }
        // Text, or a comment.
        _ => old.set_node_value(new.node_value().as_deref()),
    }
}

fn morph_attributes(old: &Element, new: &Element) {
    for name in names(new) {
        let value = new.get_attribute(&name);
        if !is_the_readers(old, &name) && old.get_attribute(&name) != value {
            // Fails for a name that no attribute has.
            let _ = old.set_attribute(&name, &value.unwrap_or_default());
        }
    }
    for name in names(old) {
        if !is_the_readers(old, &name) && !new.has_attribute(&name) {
            // Never fails for a name.
            let _ = old.remove_attribute(&name);
        }
    }
}

/// The reader opens and closes; the server only says how that begins.
fn is_the_readers(element: &Element, name: &str) -> bool {
    name == "open" && element.tag_name() == "DETAILS"
}

fn names(element: &Element) -> Vec<String> {
    let names = element.get_attribute_names();
    names.iter().filter_map(|name| name.as_string()).collect()
}

fn children(node: &Node) -> Vec<Node> {
    let mut children = Vec::new();
    let mut next = node.first_child();
    while let Some(child) = next {
        next = child.next_sibling();
        children.push(child);
    }
    children
}

fn id(node: impl AsRef<Node>) -> Option<String> {
    let element = node.as_ref().dyn_ref::<Element>()?;
    Some(element.id()).filter(|id| !id.is_empty())
}

fn insert(parent: &Node, node: &Node, before: Option<&Node>) {
    // Fails only where a node would contain itself.
    let _ = parent.insert_before(node, before);
}

fn remove(parent: &Node, child: &Node) {
    // Fails only for a node of another parent.
    let _ = parent.remove_child(child);
}
