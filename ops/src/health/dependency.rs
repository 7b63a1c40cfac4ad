//! External dependencies as configuration names them: `name=url,…`.

use reqwest::Url;

/// Names that the service's own checks have.
const RESERVED_NAMES: [&str; 3] = ["database", "migrations", "startup"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Lower case, of `a-z0-9_-`.
    pub name: String,
    pub target: Target,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Up if a GET answers with 2xx or 3xx; redirects are not followed.
    Http(Url),
    /// Up if a connection is accepted.
    Tcp { host: String, port: u16 },
}

/// What is wrong with an entry. Entries are shown without the credentials of their URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DependencyError {
    #[error("`{0}` is not of the form name=url")]
    Form(String),
    #[error("the name `{0}` has to consist of letters, digits, `_` and `-`")]
    Name(String),
    #[error("the name `{0}` is taken by a check of the service itself")]
    Reserved(String),
    #[error("the name `{0}` appears twice")]
    Duplicate(String),
    #[error("`{name}={url}` has no valid URL: {reason}")]
    Url {
        name: String,
        url: String,
        reason: String,
    },
}

/// Parses `name=url,…`. Schemes are `http`, `https` and `tcp` (`tcp://host:port`); a comma within
/// a URL is written `%2C`; spaces around entries and empty entries are ignored.
pub fn parse_dependencies(text: &str) -> Result<Vec<Dependency>, DependencyError> {
    let mut dependencies: Vec<Dependency> = Vec::new();
    for entry in text.split(',').map(str::trim).filter(|e| !e.is_empty()) {
        let dependency = parse_entry(entry)?;
        if dependencies.iter().any(|d| d.name == dependency.name) {
            return Err(DependencyError::Duplicate(dependency.name));
        }
        dependencies.push(dependency);
    }
    Ok(dependencies)
}

fn parse_entry(entry: &str) -> Result<Dependency, DependencyError> {
    let form = || DependencyError::Form(without_credentials(entry));
    let (name, url) = entry.split_once('=').ok_or_else(form)?;
    let (name, url) = (name.trim(), url.trim());
    if name.contains("://") {
        return Err(form());
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(allowed) {
        return Err(DependencyError::Name(name.to_owned()));
    }
    let name = name.to_ascii_lowercase();
    if RESERVED_NAMES.contains(&name.as_str()) {
        return Err(DependencyError::Reserved(name));
    }
    match parse_target(url) {
        Ok(target) => Ok(Dependency { name, target }),
        Err(reason) => Err(DependencyError::Url {
            name,
            url: without_credentials(url),
            reason,
        }),
    }
}

fn parse_target(text: &str) -> Result<Target, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    match url.scheme() {
        "http" | "https" => Ok(Target::Http(url)),
        "tcp" => parse_tcp(&url).ok_or_else(|| "tcp takes tcp://host:port".to_owned()),
        _ => Err("the scheme has to be http, https or tcp".to_owned()),
    }
}

fn parse_tcp(url: &Url) -> Option<Target> {
    let bare = matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let host = url.host_str().filter(|host| bare && !host.is_empty())?;
    Some(Target::Tcp {
        host: host.trim_matches(['[', ']']).to_owned(),
        port: url.port()?,
    })
}

/// The text with whatever may be `user:password@` after `//`, and with any query, replaced.
fn without_credentials(text: &str) -> String {
    let (text, query) = match text.split_once('?') {
        Some((text, _)) => (text, "?***"),
        None => (text, ""),
    };
    match (text.find("//"), text.rfind('@')) {
        (Some(slashes), Some(at)) if slashes < at => {
            let (head, tail) = (text.get(..slashes), text.get(at..));
            format!(
                "{}//***{}{query}",
                head.unwrap_or_default(),
                tail.unwrap_or_default()
            )
        }
        (None, Some(at)) => format!("***{}{query}", text.get(at..).unwrap_or_default()),
        _ => format!("{text}{query}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_list_is_parsed_into_names_and_targets() {
        let list =
            " Cache = tcp://[::1]:6379 , auth=https://auth.example/health?x=1,, q-1=tcp://q:1/ ";
        let parsed = parse_dependencies(list).unwrap();
        let tcp = |host: &str, port| Target::Tcp {
            host: host.to_owned(),
            port,
        };
        let url = Url::parse("https://auth.example/health?x=1").unwrap();
        let expected = [
            ("cache", tcp("::1", 6379)),
            ("auth", Target::Http(url)),
            ("q-1", tcp("q", 1)),
        ];
        assert_eq!(
            parsed,
            expected.map(|(name, target)| Dependency {
                name: name.to_owned(),
                target
            })
        );
    }

    #[test]
    fn nothing_is_an_empty_list() {
        assert_eq!(parse_dependencies("  "), Ok(vec![]));
    }

    #[test]
    fn every_mistake_names_its_entry() {
        let cases = [
            ("cache", "`cache` is not of the form name=url"),
            (
                "http://h/?a=b",
                "`http://h/?***` is not of the form name=url",
            ),
            (
                "a b=http://h",
                "the name `a b` has to consist of letters, digits, `_` and `-`",
            ),
            (
                "=http://h",
                "the name `` has to consist of letters, digits, `_` and `-`",
            ),
            (
                "DataBase=http://h",
                "the name `database` is taken by a check of the service itself",
            ),
            ("a=tcp://h:1,A=tcp://h:2", "the name `a` appears twice"),
            (
                "a=ftp://h",
                "`a=ftp://h` has no valid URL: the scheme has to be http, https or tcp",
            ),
            (
                "a=tcp://h",
                "`a=tcp://h` has no valid URL: tcp takes tcp://host:port",
            ),
            (
                "a=tcp://h:1/path",
                "`a=tcp://h:1/path` has no valid URL: tcp takes tcp://host:port",
            ),
            (
                "a=nonsense",
                "`a=nonsense` has no valid URL: relative URL without a base",
            ),
        ];
        for (text, message) in cases {
            assert_eq!(parse_dependencies(text).unwrap_err().to_string(), message);
        }
    }

    proptest! {
        #[test]
        fn no_message_shows_a_password(
            head in "(a=)?(ftp|tcp|http)?:?/{0,2}",
            secret in "[A-Z]{8}",
            tail in "(:99999|:1/p)?",
        ) {
            for text in [
                format!("{head}user:{secret}@host{tail}"),
                format!("{head}host{tail}?key={secret}"),
            ] {
                if let Err(error) = parse_dependencies(&text) {
                    prop_assert!(!error.to_string().contains(&secret), "{}", error);
                }
            }
        }
    }
}
