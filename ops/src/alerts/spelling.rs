//! What somebody may have meant who wrote a name that does not exist.

/// `disk_used_ratio` for `disk_used_ration`; `None` where nothing is near.
pub(super) fn nearest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let written = written.to_lowercase();
    known
        .into_iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(&written, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, name)| *distance <= 1.max(name.len() / 3))
        .min()
        .map(|(_, name)| name)
}

/// The end of a message about an unknown name: what is near, or else all that there is.
pub(super) fn advice<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    match nearest(written, known.clone()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            let all: Vec<&str> = known.into_iter().collect();
            match all.as_slice() {
                [] => "there is none".to_owned(),
                all => format!("it can be {}", all.join(", ")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::advice;

    #[test]
    fn a_slip_is_mended_and_a_guess_is_shown_the_choice() {
        let known = ["latency", "requests"];
        assert_eq!(advice("latncy", known), "did you mean `latency`?");
        assert_eq!(advice("Requests", known), "did you mean `requests`?");
        assert_eq!(advice("xyz", known), "it can be latency, requests");
        assert_eq!(advice("xyz", []), "there is none");
    }
}
