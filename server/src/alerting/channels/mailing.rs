//! [`Mailing`]: whom mails come from and go to, and the server that takes them.

use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use ops::alerts::notify::Secret;
use percent_encoding::percent_decode_str;
use reqwest::Url;

pub(super) struct Mailing {
    pub server: Server,
    pub from: Mailbox,
    /// At least one, in the order in which they were given.
    pub to: Vec<Mailbox>,
}

/// Of an `SMTP_URL`.
pub(super) struct Server {
    /// A name or an IP address; an IPv6 address without brackets.
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub credentials: Option<Credentials>,
    /// Name and password as they are, to keep them out of what is told.
    pub secrets: Vec<String>,
}

impl Mailing {
    /// What a server's answer may repeat and nobody needs to read, separated by blanks.
    pub(super) fn hidden(&self) -> Secret {
        let addresses = self.to.iter().chain([&self.from]);
        let addresses = addresses.map(|mailbox| mailbox.email.to_string());
        let all: Vec<String> = addresses.chain(self.server.secrets.clone()).collect();
        Secret::new(all.join(" "))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    /// The connection begins in the clear, and a server without STARTTLS gets nothing.
    StartTls,
    /// From the first byte (RFC 8314).
    Tls,
    None,
}

const EXPECTED: &str = "smtp://user:password@host:587, smtps://user:password@host:465 or smtp://host:25?tls=none, with name and password percent-encoded";

impl Server {
    /// `smtp://` demands STARTTLS, `smtps://` is TLS from the start, `?tls=none` neither. The ports are
    /// 587, 465 and 25 unless one is given.
    ///
    /// # Errors
    /// What would be right.
    pub(super) fn parse(url: &Secret) -> Result<Self, &'static str> {
        let url = Url::parse(url.expose()).map_err(|_| EXPECTED)?;
        let (security, port) = match (url.scheme(), url.query()) {
            ("smtp", None) => (Security::StartTls, 587),
            ("smtps", None) => (Security::Tls, 465),
            ("smtp", Some("tls=none")) => (Security::None, 25),
            _ => return Err(EXPECTED),
        };
        let host = url.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let has_more = !matches!(url.path(), "" | "/") || url.fragment().is_some();
        if host.is_empty() || has_more {
            return Err(EXPECTED);
        }
        let (name, password) = (decoded(url.username())?, url.password());
        let secrets = match password.map(decoded).transpose()? {
            Some(password) => vec![name, password],
            None if name.is_empty() => Vec::new(),
            None => return Err(EXPECTED),
        };
        let credentials = match secrets.as_slice() {
            [name, password] => Some(Credentials::new(name.clone(), password.clone())),
            _ => None,
        };
        Ok(Self {
            host: host.to_owned(),
            port: url.port().unwrap_or(port),
            security,
            credentials,
            secrets,
        })
    }
}

fn decoded(text: &str) -> Result<String, &'static str> {
    let text = percent_decode_str(text).decode_utf8();
    text.map(|text| text.into_owned()).map_err(|_| EXPECTED)
}

/// `oncall@example.org`, or `On call <oncall@example.org>`.
pub(super) fn mailbox(text: &str) -> Result<Mailbox, &'static str> {
    let mailbox: Result<Mailbox, _> = text.trim().parse();
    let mailbox = mailbox.ok().filter(|mailbox| is_ascii(&mailbox.email));
    mailbox.ok_or("an address of mail in ASCII")
}

/// Few servers take anything else (SMTPUTF8, RFC 6531).
fn is_ascii(address: &Address) -> bool {
    address.user().is_ascii() && address.domain().is_ascii()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn server(url: &str) -> Result<Server, &'static str> {
        Server::parse(&Secret::new(url))
    }

    #[test]
    fn the_scheme_says_how_the_connection_is_kept_private() {
        for (url, security, port) in [
            ("smtp://mail.example", Security::StartTls, 587),
            ("smtp://mail.example:2525/", Security::StartTls, 2525),
            ("smtps://mail.example", Security::Tls, 465),
            ("smtp://mail.example?tls=none", Security::None, 25),
        ] {
            let server = server(url).unwrap();
            assert_eq!((server.security, server.port), (security, port), "{url}");
            assert_eq!(server.host, "mail.example");
            assert!(server.credentials.is_none());
        }
        assert_eq!(server("smtp://[::1]:25").unwrap().host, "::1");
    }

    #[test]
    fn name_and_password_are_decoded() {
        let server = server("smtp://desk%40example.org:p%40ss%2Fw%20rd@mail.example").unwrap();
        assert_eq!(server.secrets, ["desk@example.org", "p@ss/w rd"]);
        assert!(server.credentials.is_some());
    }

    #[test]
    fn nothing_is_guessed() {
        for url in [
            "mail.example:25",
            "http://mail.example",
            "smtp://",
            "smtp://mail.example?tls=maybe",
            "smtps://mail.example?tls=none",
            "smtp://user@mail.example",
            "smtp://user:%FF@mail.example",
            "smtp://mail.example/path",
            "smtp://mail.example#x",
        ] {
            assert!(server(url).is_err(), "{url}");
        }
    }

    #[test]
    fn mailboxes_may_have_names_and_are_ascii() {
        assert_eq!(
            mailbox("On call <oncall@example.org>")
                .unwrap()
                .name
                .unwrap(),
            "On call"
        );
        assert!(mailbox(" oncall@example.org ").is_ok());
        for text in ["oncall", "oncall@", "a@b\r\nBcc: c@d", "中@example.org", ""] {
            assert!(mailbox(text).is_err(), "{text}");
        }
    }
}
