//! The query string of the page that is asked for: state that a colleague can open by link.

/// Provided in context by the server, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(pub String);

impl Query {
    /// The first value of that name, as it stands: the desk's own values need no escapes.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find_map(|(found, value)| (found == name).then_some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn a_value_is_found_by_its_name() {
        let query = Query("period=7d&sort=p95&period=1h&empty=".to_owned());
        assert_eq!(query.get("period"), Some("7d"));
        assert_eq!(query.get("empty"), Some(""));
        assert_eq!(query.get("eriod"), None);
        assert_eq!(Query::default().get("period"), None);
    }
}
