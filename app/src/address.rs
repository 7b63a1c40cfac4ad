//! The address of the page that is asked for: state that a colleague can open by link.

/// Provided in context by the server, as it came: percent-encoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    pub path: String,
    /// Without the question mark.
    pub query: String,
}

impl Address {
    /// The first value of that name in the query, as it stands: the desk's own values need no escapes.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self
            .query
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        pairs.find_map(|(found, value)| (found == name).then_some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn a_value_is_found_by_its_name() {
        let address = Address {
            query: "period=7d&sort=p95&period=1h&empty=".to_owned(),
            ..Address::default()
        };
        assert_eq!(address.get("period"), Some("7d"));
        assert_eq!(address.get("empty"), Some(""));
        assert_eq!(address.get("eriod"), None);
        assert_eq!(Address::default().get("period"), None);
    }
}
