//! Channels as receivers. What is secret is a file's path, or a placeholder that names the variable.

use crate::alerts::export::yaml::{Lines, quoted};
use crate::alerts::file::{Channel, ChannelKind, SecretPlace, WebhookFormat};

/// Where files are looked for that nobody has named.
const SECRETS: &str = "/etc/alertmanager/secrets";

pub struct Receiver<'r> {
    pub channel: &'r Channel,
    /// Of mail, where the address of the server is known.
    pub mail_server: Option<MailServer>,
}

/// How the connection to an SMTP server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    None,
    StartTls,
    /// From the first byte.
    Wrapped,
}

/// What of an SMTP server's address is no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    /// Whether it asks for a name and a password.
    pub has_login: bool,
}

impl Receiver<'_> {
    /// Why Alertmanager can't do it by itself.
    pub(super) fn unspoken(&self) -> Option<&'static str> {
        match self.channel.kind {
            ChannelKind::Feishu | ChannelKind::DingTalk | ChannelKind::WeCom => Some(
                "Alertmanager does not speak to it as the service does; put a converter behind a webhook",
            ),
            ChannelKind::Alertmanager => Some("that is Alertmanager itself"),
            ChannelKind::Webhook
            | ChannelKind::Email
            | ChannelKind::Slack
            | ChannelKind::PagerDuty => None,
        }
    }

    pub(super) fn write(&self, out: &mut Lines) {
        let channel = self.channel;
        out.line(1, format!("- name: {}", quoted(&channel.name)));
        match channel.kind {
            ChannelKind::Webhook => webhook(out, channel),
            ChannelKind::Email => self.email(out),
            ChannelKind::Slack => {
                out.line(2, "slack_configs:");
                secret_file(out, "- api_url_file", channel.url.as_ref());
                out.line(4, "send_resolved: true");
            }
            ChannelKind::PagerDuty => {
                out.line(2, "pagerduty_configs:");
                secret_file(out, "- routing_key_file", channel.secret.as_ref());
                out.line(4, "send_resolved: true");
            }
            ChannelKind::Feishu
            | ChannelKind::DingTalk
            | ChannelKind::WeCom
            | ChannelKind::Alertmanager => {}
        }
    }

    fn email(&self, out: &mut Lines) {
        let channel = self.channel;
        out.line(2, "email_configs:");
        out.line(3, format!("- to: {}", quoted(&channel.to.join(", "))));
        out.line(
            4,
            format!(
                "from: {}",
                quoted(channel.from.as_deref().unwrap_or_default())
            ),
        );
        out.line(4, "send_resolved: true");
        let Some(server) = &self.mail_server else {
            out.comment(
                4,
                format!(
                    "The server and the login of {}.",
                    told(channel.url.as_ref())
                ),
            );
            out.line(4, "smarthost: \"smtp.invalid:587\"");
            return;
        };
        let host = if server.host.contains(':') {
            format!("[{}]:{}", server.host, server.port)
        } else {
            format!("{}:{}", server.host, server.port)
        };
        out.line(4, format!("smarthost: {}", quoted(&host)));
        // Of an encrypted connection it would be asked for once more.
        let starts_tls = server.tls == MailTls::StartTls;
        out.line(4, format!("require_tls: {starts_tls}"));
        if server.tls == MailTls::Wrapped && server.port != 465 {
            out.comment(
                4,
                "Alertmanager speaks TLS from the first byte on port 465 alone.",
            );
        }
        if server.has_login {
            let place = told(channel.url.as_ref());
            out.comment(
                4,
                format!("Name and password stand in {place}; the file has the password alone."),
            );
            out.line(
                4,
                format!("auth_username: {}", quoted("REPLACE_WITH_THE_NAME")),
            );
            out.line(
                4,
                format!(
                    "auth_password_file: {}",
                    quoted(&format!("{SECRETS}/{}.password", channel.name))
                ),
            );
        }
    }
}

fn webhook(out: &mut Lines, channel: &Channel) {
    out.line(2, "webhook_configs:");
    match &channel.url {
        Some(SecretPlace::File(path)) => {
            out.comment(3, "Since Alertmanager 0.26.");
            out.line(3, format!("- url_file: {}", quoted(path)));
        }
        place => {
            out.comment(
                3,
                format!(
                    "In its place: {}; or, since 0.26, `url_file`.",
                    told(place.as_ref())
                ),
            );
            let variable = match place {
                Some(SecretPlace::Variable(name)) => name,
                _ => "URL",
            };
            out.line(
                3,
                format!(
                    "- url: {}",
                    quoted(&format!("https://replace.invalid/{variable}"))
                ),
            );
        }
    }
    out.line(4, "send_resolved: true");
    if channel.format == WebhookFormat::Standard {
        out.comment(4, "It is posted Alertmanager's own format, version 4, where the service posts Standard Webhooks.");
    }
    if channel.secret.is_some() {
        out.comment(4, "Alertmanager does not sign what it posts.");
    }
}

/// `key` of an entry's first line.
fn secret_file(out: &mut Lines, key: &str, place: Option<&SecretPlace>) {
    let path = match place {
        Some(SecretPlace::File(path)) => path.clone(),
        Some(SecretPlace::Variable(name)) => {
            out.comment(3, format!("Holds {}.", told(place)));
            format!("{SECRETS}/{name}")
        }
        None => format!("{SECRETS}/missing"),
    };
    out.line(3, format!("{key}: {}", quoted(&path)));
}

/// Where a value stands, in words.
fn told(place: Option<&SecretPlace>) -> String {
    match place {
        Some(SecretPlace::Variable(name)) => format!("the value of {name}"),
        Some(SecretPlace::File(path)) => format!("what {path} holds"),
        None => "its address".to_owned(),
    }
}
