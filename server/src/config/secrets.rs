//! The secrets within what was given, to keep them out of what is handed on.

use ops::alerts::notify::{Endpoint, Secret};
use percent_encoding::percent_decode_str;

use super::settings::Settings;
use super::variables::{self, Exposure, Variable};

/// Each with the name of its variable; some are parts of others.
pub(super) fn within(settings: &Settings<'_>) -> Vec<(&'static str, Secret)> {
    let given = settings.given();
    let found = given.flat_map(|(variable, text)| {
        let name = variable.name;
        let texts = of_variable(variable, text).into_iter();
        texts.map(move |text| (name, Secret::new(text)))
    });
    found.collect()
}

fn of_variable(variable: &Variable, text: &str) -> Vec<String> {
    let is_mail = [
        variables::ALERT_EMAIL_TO.name,
        variables::ALERT_EMAIL_FROM.name,
    ]
    .contains(&variable.name);
    match variable.exposure {
        Exposure::Secret => of_secret(text),
        Exposure::DatabaseUrl | Exposure::UrlList => text.split(',').flat_map(of_address).collect(),
        // Nothing of a channel's address is for others, though `config` shows it.
        Exposure::Plain if is_mail => text.split(',').map(mail_address).collect(),
        Exposure::Plain => Vec::new(),
    }
}

/// An address, a list of keys, or `name=value,…`.
fn of_secret(text: &str) -> Vec<String> {
    let mut all = vec![text.to_owned()];
    if text.contains("://") {
        let endpoint = Endpoint {
            url: Secret::new(text),
            secret: None,
        };
        all.extend(endpoint.secrets());
        all.extend(of_address(text));
        return all;
    }
    let keys = text.split_whitespace();
    all.extend(keys.map(|key| key.trim_start_matches("whsec_").to_owned()));
    for (_, value) in text.split(',').filter_map(|pair| pair.split_once('=')) {
        let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
        // `Bearer …`
        all.extend(value.split_whitespace().next_back().map(str::to_owned));
    }
    all
}

/// The password, or what stands in its place, of an address that may be a wrong one.
fn of_address(text: &str) -> Vec<String> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let mut found = Vec::new();
    if let Some((credentials, _)) = rest.rsplit_once('@') {
        let password = credentials
            .split_once(':')
            .map_or(credentials, |(_, it)| it);
        found.push(password.to_owned());
    }
    let parameters = text
        .split(['?', '&', ' '])
        .filter_map(|pair| pair.split_once('='));
    let secret = parameters.filter(|(name, _)| ops::log::is_secret_key(name));
    found.extend(secret.map(|(_, value)| value.to_owned()));
    found
}

/// `Ada <ada@example.org>` or the address alone.
fn mail_address(text: &str) -> String {
    let address = text.rsplit_once('<').map_or(text, |(_, rest)| rest);
    address.trim().trim_end_matches('>').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variable: &Variable, text: &str) -> Vec<String> {
        of_variable(variable, text)
    }

    #[test]
    fn passwords_keys_and_addresses_are_found_in_right_and_wrong_values() {
        for (variable, text, secret) in [
            (
                &variables::DATABASE_URL,
                "postgres://u:hunter2@h/db",
                "hunter2",
            ),
            (
                &variables::DATABASE_URL,
                "mysql://u:hun@ter2@h/db",
                "hun@ter2",
            ),
            (
                &variables::DATABASE_URL,
                "postgres://h/db?password=hunter2&x=1",
                "hunter2",
            ),
            (
                &variables::READY_DEPENDENCIES,
                "a=http://h/,b=http://t0ken@h/",
                "t0ken",
            ),
            (
                &variables::ALERT_WEBHOOK_SECRET,
                "whsec_new1 whsec_old2",
                "old2",
            ),
            (
                &variables::ALERT_WEBHOOK_URL,
                "https://h/services/T0K3N9",
                "T0K3N9",
            ),
            (
                &variables::SMTP_URL,
                "smtp://me:hunter2@mail:587",
                "hunter2",
            ),
            (
                &variables::OTEL_EXPORTER_OTLP_HEADERS,
                "authorization=Bearer%20abc9,x=1",
                "abc9",
            ),
            (
                &variables::ALERT_EMAIL_TO,
                "a@h.org, Bob <b@h.org>",
                "b@h.org",
            ),
            (&variables::SECRET_KEY, "hunter2", "hunter2"),
        ] {
            let found = found(variable, text);
            assert!(found.iter().any(|it| it == secret), "{text}: {found:?}");
        }
        // A plain word of a path is none by itself.
        let words = found(&variables::ALERT_WEBHOOK_URL, "https://h/services/T0K3N9");
        assert!(!words.iter().any(|it| it == "services"), "{words:?}");
        assert_eq!(found(&variables::LOG_DIR, "logs"), [""; 0]);
    }
}
