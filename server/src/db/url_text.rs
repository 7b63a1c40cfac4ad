//! A database's address as text: what it should look like, and how it is shown without its password.

pub fn malformed() -> String {
    "a database's address (sqlite://path or postgres://user:password@host:port/database)".to_owned()
}

/// Any text, right or wrong, with `***` wherever a database's address may hold a password: between
/// the user's name and the last `@`, and in parameters. Rather hides too much than too little.
pub fn without_password(text: &str) -> String {
    let (scheme, rest) = text.split_at(text.find("://").map_or(0, |colon| colon + 3));
    let (credentials, rest) = rest.split_at(rest.rfind('@').unwrap_or(0));
    let credentials = match credentials.split_once(':') {
        Some((user, _)) => format!("{user}:***"),
        // Without a scheme there is no telling the user's name from the password.
        None if scheme.is_empty() && !credentials.is_empty() => "***".to_owned(),
        None => credentials.to_owned(),
    };
    format!("{scheme}{credentials}{}", without_password_parameters(rest))
}

fn without_password_parameters(text: &str) -> String {
    let is_separator =
        |character: char| matches!(character, '?' | '&') || character.is_whitespace();
    text.split_inclusive(is_separator)
        .map(|part| {
            let (pair, separator) = part.split_at(part.trim_end_matches(is_separator).len());
            match pair.split_once('=') {
                Some((key, _)) if is_secret_parameter(key) => format!("{key}=***{separator}"),
                _ => part.to_owned(),
            }
        })
        .collect()
}

/// A name may be percent-encoded; no harmless one needs to be.
fn is_secret_parameter(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let looks_secret = |part| key.contains(part);
    ["%", "pass", "token", "secret", "key", "auth"]
        .into_iter()
        .any(looks_secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_alone_is_hidden() {
        for (text, shown) in [
            (
                "postgres://u:p@h:5432/db?sslmode=require",
                "postgres://u:***@h:5432/db?sslmode=require",
            ),
            ("postgres://u@h/db", "postgres://u@h/db"),
            (
                "postgres://h/db?password=p&user=u",
                "postgres://h/db?password=***&user=u",
            ),
            (
                "postgres://h/db?%70assword=p",
                "postgres://h/db?%70assword=***",
            ),
            ("sqlite://data/x", "sqlite://data/x"),
            // Wrong ones are shown in error messages.
            ("postgres://u:p@ss/w?rd@h/db", "postgres://u:***@h/db"),
            ("host=h password=p user=u", "host=h password=*** user=u"),
            ("u:p@h", "u:***@h"),
            ("p@h", "***@h"),
            ("lots", "lots"),
        ] {
            assert_eq!(without_password(text), shown);
        }
    }
}
