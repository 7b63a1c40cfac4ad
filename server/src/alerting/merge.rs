//! [`merged`]: the state of two that could not see each other, as one.

use ops::alerts::incident::{Incident, merge};
use ops::alerts::stored::{DocumentKind, Documents};

/// What each side has changed since they agreed on `base`; where both did, what is stored counts, and of
/// an incident what each has changed of it.
pub fn merged(base: &Documents, mine: Documents, theirs: &Documents) -> Documents {
    let mut merged = theirs.clone();
    for (key, document) in &mine {
        let is_changed_here = base.get(key) != Some(document);
        let is_changed_there = base.get(key) != theirs.get(key);
        if is_changed_here && !is_changed_there {
            merged.insert(key.clone(), document.clone());
        } else if is_changed_here
            && key.0 == DocumentKind::Incident
            && let Some(both) = both(base.get(key), document, theirs.get(key))
        {
            merged.insert(key.clone(), both);
        }
    }
    for key in base.keys().filter(|key| !mine.contains_key(*key)) {
        if base.get(key) == theirs.get(key) {
            merged.remove(key);
        }
    }
    merged
}

fn both(base: Option<&String>, mine: &str, theirs: Option<&String>) -> Option<String> {
    let read = |text: &str| serde_json::from_str::<Incident>(text).ok();
    let (base, mine, theirs) = (read(base?)?, read(mine)?, read(theirs?)?);
    serde_json::to_string(&merge(&base, &mine, &theirs)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(pairs: &[(&str, &str)]) -> Documents {
        let pairs = pairs.iter();
        pairs
            .map(|(key, document)| {
                (
                    (DocumentKind::Silence, (*key).to_owned()),
                    (*document).to_owned(),
                )
            })
            .collect()
    }

    #[test]
    fn each_side_keeps_what_it_alone_has_changed() {
        let base = documents(&[("a", "1"), ("b", "1"), ("c", "1"), ("d", "1"), ("e", "1")]);
        let mine = documents(&[("a", "2"), ("b", "1"), ("c", "2"), ("e", "1"), ("x", "9")]);
        let theirs = documents(&[("a", "1"), ("b", "3"), ("c", "3"), ("d", "1"), ("y", "9")]);
        let expected = documents(&[("a", "2"), ("b", "3"), ("c", "3"), ("x", "9"), ("y", "9")]);
        assert_eq!(merged(&base, mine, &theirs), expected);
    }
}
