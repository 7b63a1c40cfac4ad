//! `[[channel]]`: whom messages go to. Addresses and secrets are never in the file: it names the
//! variable or the file that has them.

use super::document::Table;
use super::error::FileError;
use super::section::Section;
use crate::alerts::severity::Severity;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    pub name: String,
    pub kind: ChannelKind,
    /// The address: of the webhook, of the SMTP server, of Alertmanager.
    pub url: Option<SecretPlace>,
    /// What signs messages; for PagerDuty the routing key.
    pub secret: Option<SecretPlace>,
    /// What is less severe is not told here.
    pub min_severity: Severity,
    /// Of mail.
    pub from: Option<String>,
    pub to: Vec<String>,
    /// Of a webhook.
    pub format: WebhookFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    Webhook,
    Email,
    Slack,
    PagerDuty,
    Feishu,
    DingTalk,
    WeCom,
    Alertmanager,
}

impl ChannelKind {
    pub const ALL: [Self; 8] = [
        Self::Webhook,
        Self::Email,
        Self::Slack,
        Self::PagerDuty,
        Self::Feishu,
        Self::DingTalk,
        Self::WeCom,
        Self::Alertmanager,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Email => "email",
            Self::Slack => "slack",
            Self::PagerDuty => "pagerduty",
            Self::Feishu => "feishu",
            Self::DingTalk => "dingtalk",
            Self::WeCom => "wecom",
            Self::Alertmanager => "alertmanager",
        }
    }

    /// PagerDuty's address is known; its routing key is not.
    fn needs_url(self) -> bool {
        self != Self::PagerDuty
    }
}

/// Where something stands that the file must not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretPlace {
    /// The name of an environment variable.
    Variable(String),
    /// A path.
    File(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookFormat {
    /// Standard Webhooks.
    Standard,
    /// Alertmanager's webhook, version 4.
    Alertmanager,
}

impl WebhookFormat {
    const ALL: [Self; 2] = [Self::Standard, Self::Alertmanager];

    fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Alertmanager => "alertmanager",
        }
    }
}

const KEYS: [&str; 10] = [
    "name",
    "kind",
    "url_env",
    "url_file",
    "secret_env",
    "secret_file",
    "min_severity",
    "from",
    "to",
    "format",
];

pub(super) fn read(table: &Table) -> Result<Channel, FileError> {
    let (section, name) = Section::named(table, "channel")?;
    for key in ["url", "secret", "token", "password", "routing_key"] {
        if section.has(key) {
            let base = if key == "url" { "url" } else { "secret" };
            let message = format!(
                "`{key}` does not belong into a file: name the variable by `{base}_env` or the file by `{base}_file`"
            );
            return Err(section.error(key, message));
        }
    }
    section.require_known(&KEYS)?;
    let kind = section.choice("kind", &ChannelKind::ALL, ChannelKind::name)?;
    let kind = section.require(kind, "kind", "such as kind = \"webhook\"")?;
    let url = secret_place(&section, "url")?;
    let secret = secret_place(&section, "secret")?;
    if kind.needs_url() && url.is_none() {
        let message =
            "`url_env` is missing, such as url_env = \"ALERT_WEBHOOK_URL\"; or `url_file`";
        return Err(section.error("url_env", message));
    }
    if kind == ChannelKind::PagerDuty && secret.is_none() {
        let message = "`secret_env` is missing: the variable that has the routing key";
        return Err(section.error("secret_env", message));
    }
    let channel = Channel {
        name: name.to_owned(),
        kind,
        url,
        secret,
        min_severity: section.severity("min_severity")?.unwrap_or(Severity::Info),
        from: section.owned_text("from")?,
        to: addresses(&section)?,
        format: section
            .choice("format", &WebhookFormat::ALL, WebhookFormat::name)?
            .unwrap_or(WebhookFormat::Standard),
    };
    require_fitting(&section, &channel)?;
    Ok(channel)
}

fn addresses(section: &Section<'_>) -> Result<Vec<String>, FileError> {
    let texts = section.texts("to")?.unwrap_or_default();
    Ok(texts.into_iter().map(|(_, text)| text.to_owned()).collect())
}

fn require_fitting(section: &Section<'_>, channel: &Channel) -> Result<(), FileError> {
    let is_mail = channel.kind == ChannelKind::Email;
    if is_mail && (channel.from.is_none() || channel.to.is_empty()) {
        let message = "mail needs `from` and `to`, such as to = [\"oncall@example.org\"]";
        return Err(section.error("from", message));
    }
    let only = [
        ("from", is_mail, "email"),
        ("to", is_mail, "email"),
        ("format", channel.kind == ChannelKind::Webhook, "webhook"),
    ];
    for (key, fits, kind) in only {
        if section.has(key) && !fits {
            let message = format!("`{key}` goes with kind = \"{kind}\" only");
            return Err(section.error(key, message));
        }
    }
    Ok(())
}

fn secret_place(section: &Section<'_>, base: &str) -> Result<Option<SecretPlace>, FileError> {
    let (env, file) = (format!("{base}_env"), format!("{base}_file"));
    if section.has(&env) && section.has(&file) {
        let message = format!("take `{env}` or `{file}`, not both");
        return Err(section.error(&file, message));
    }
    if let Some(path) = section.text(&file)? {
        // A path may be anything but an address that was written here by mistake.
        if path.is_empty() || path.contains("://") {
            return Err(section.error(&file, format!("`{file}` takes the path of a file")));
        }
        return Ok(Some(SecretPlace::File(path.to_owned())));
    }
    let Some(name) = section.text(&env)? else {
        return Ok(None);
    };
    let is_fit = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || !name.chars().all(is_fit) {
        // It may be the secret itself: it is not repeated.
        let message = format!("`{env}` takes the name of a variable, such as ALERT_WEBHOOK_URL");
        return Err(section.error(&env, message));
    }
    Ok(Some(SecretPlace::Variable(name.to_owned())))
}
