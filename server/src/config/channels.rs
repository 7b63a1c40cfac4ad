//! Channels: those that variables make, and those of the file, whose addresses and secrets stand in
//! variables or files that it names.

use std::path::Path;

use ops::alerts::Severity;
use ops::alerts::file::{Channel as Declared, ChannelKind, SecretPlace, WebhookFormat};
use ops::alerts::notify::Secret;

use super::error::ConfigError;
use super::settings::Settings;
use super::variables::{self, Variable};
use crate::alerting::channels::{Channel, Given, Part, Unfit};
use crate::process::AppEnv;

/// The channels, and sentences about what has no effect.
type Made = Result<(Vec<Channel>, Vec<String>), ConfigError>;

/// A variable makes no channel if one of the file names it, so that nobody is told twice, or has that
/// channel's name.
pub(super) fn of_variables(settings: &Settings, declared: &[Declared]) -> Made {
    let mut made = Vec::new();
    let mut warnings = Vec::new();
    for (name, url, kind) in [
        (
            "webhook",
            &variables::ALERT_WEBHOOK_URL,
            ChannelKind::Webhook,
        ),
        (
            "slack",
            &variables::ALERT_SLACK_WEBHOOK_URL,
            ChannelKind::Slack,
        ),
        ("email", &variables::SMTP_URL, ChannelKind::Email),
    ] {
        let named = |it: &Declared| {
            let place = it.url.as_ref();
            place.is_some_and(|place| *place == SecretPlace::Variable(url.name.to_owned()))
        };
        if declared.iter().any(named) {
            continue;
        }
        let is_wanted = match kind {
            ChannelKind::Email => wants_mail(settings)?,
            _ => settings.has(url),
        };
        if !is_wanted {
            continue;
        }
        if declared.iter().any(|it| it.name == name) {
            let url = url.name;
            warnings.push(format!(
                "{url} makes no channel: the file of rules has one of the name {name}"
            ));
            continue;
        }
        made.push(of_variable(settings, name, url, kind)?);
    }
    Ok((made, warnings))
}

/// Half a configuration is a mistake.
fn wants_mail(settings: &Settings) -> Result<bool, ConfigError> {
    let needed = [
        &variables::ALERT_EMAIL_TO,
        &variables::ALERT_EMAIL_FROM,
        &variables::SMTP_URL,
    ];
    let missing = needed.into_iter().find(|variable| !settings.has(variable));
    match missing {
        None => Ok(true),
        Some(_) if needed.into_iter().all(|variable| !settings.has(variable)) => Ok(false),
        Some(missing) => {
            let reason = "mail needs ALERT_EMAIL_TO, ALERT_EMAIL_FROM and SMTP_URL";
            Err(ConfigError::missing(missing, reason))
        }
    }
}

fn of_variable(
    settings: &Settings,
    name: &str,
    url: &'static Variable,
    kind: ChannelKind,
) -> Result<Channel, ConfigError> {
    let text = |variable| settings.optional(variable, |text| Ok(text.to_owned()));
    let secret = match kind {
        ChannelKind::Webhook => text(&variables::ALERT_WEBHOOK_SECRET)?,
        _ => None,
    };
    let to = text(&variables::ALERT_EMAIL_TO)?.unwrap_or_default();
    let given = Given {
        kind,
        url: text(url)?.map(Secret::new),
        secret: secret.map(Secret::new),
        from: text(&variables::ALERT_EMAIL_FROM)?,
        to: to.split(',').map(str::to_owned).collect(),
        format: WebhookFormat::Standard,
    };
    Channel::new(name, Severity::Warning, given).map_err(|Unfit { part, expected }| {
        let variable = match part {
            Part::Url => url,
            Part::Secret => &variables::ALERT_WEBHOOK_SECRET,
            Part::From => &variables::ALERT_EMAIL_FROM,
            Part::To => &variables::ALERT_EMAIL_TO,
        };
        settings.unfit(variable, expected)
    })
}

/// A channel that variables make, as a file has it.
pub(super) fn declared(settings: &Settings, made: &Channel) -> Result<Declared, ConfigError> {
    let text = |variable| settings.optional(variable, |text| Ok(text.to_owned()));
    let kind = made.kind();
    let url = match kind {
        ChannelKind::Email => &variables::SMTP_URL,
        ChannelKind::Slack => &variables::ALERT_SLACK_WEBHOOK_URL,
        _ => &variables::ALERT_WEBHOOK_URL,
    };
    let place = |variable: &Variable| Some(SecretPlace::Variable(variable.name.to_owned()));
    let is_mail = kind == ChannelKind::Email;
    let is_signed = kind == ChannelKind::Webhook && settings.has(&variables::ALERT_WEBHOOK_SECRET);
    let to = text(&variables::ALERT_EMAIL_TO)?.filter(|_| is_mail);
    let to = to.iter().flat_map(|to| to.split(','));
    Ok(Declared {
        name: made.name.clone(),
        kind,
        url: place(url),
        secret: place(&variables::ALERT_WEBHOOK_SECRET).filter(|_| is_signed),
        min_severity: made.min_severity,
        from: text(&variables::ALERT_EMAIL_FROM)?.filter(|_| is_mail),
        to: to.map(|to| to.trim().to_owned()).collect(),
        format: WebhookFormat::Standard,
    })
}

/// A channel whose address or secret is missing is a mistake in production, and left out elsewhere.
pub(super) fn of_file(
    settings: &Settings,
    app_env: AppEnv,
    path: &Path,
    declared: &[Declared],
) -> Made {
    let mut made = Vec::new();
    let mut warnings = Vec::new();
    for channel in declared {
        let text = |place: &Option<SecretPlace>| {
            let text = place.as_ref().map(|place| text_at(settings, place));
            text.transpose()
        };
        let places = text(&channel.url).and_then(|url| Ok((url, text(&channel.secret)?)));
        match places {
            Ok((url, secret)) => made.push(of_declared(path, channel, url, secret)?),
            Err(missing) => {
                let what = format!("channel `{}`: {missing}", channel.name);
                let error = ConfigError::alerts_file(path, what);
                if app_env.is_production() {
                    return Err(error);
                }
                warnings.push(format!("{error}; the channel is left out"));
            }
        }
    }
    Ok((made, warnings))
}

fn of_declared(
    path: &Path,
    channel: &Declared,
    url: Option<Secret>,
    secret: Option<Secret>,
) -> Result<Channel, ConfigError> {
    let given = Given {
        kind: channel.kind,
        url,
        secret,
        from: channel.from.clone(),
        to: channel.to.clone(),
        format: channel.format,
    };
    let made = Channel::new(&channel.name, channel.min_severity, given);
    made.map_err(|Unfit { part, expected }| {
        let place = match part {
            Part::Url => told(channel.url.as_ref()),
            Part::Secret => told(channel.secret.as_ref()),
            Part::From => "`from`".to_owned(),
            Part::To => "`to`".to_owned(),
        };
        // Of a mistyped secret not a letter is repeated.
        let what = format!("channel `{}`: {place} is not {expected}", channel.name);
        ConfigError::alerts_file(path, what)
    })
}

/// Where a value stands, in words.
fn told(place: Option<&SecretPlace>) -> String {
    match place {
        Some(SecretPlace::Variable(name)) => format!("the value of {name}"),
        Some(SecretPlace::File(path)) => format!("what {path} holds"),
        None => "its address or secret".to_owned(),
    }
}

/// White space around it does not count.
fn text_at(settings: &Settings, place: &SecretPlace) -> Result<Secret, String> {
    match place {
        SecretPlace::Variable(name) => {
            let text = settings.foreign(name).map(Secret::new);
            text.ok_or_else(|| format!("the variable {name} is unset or empty"))
        }
        SecretPlace::File(path) => match std::fs::read_to_string(path) {
            Ok(text) if text.trim().is_empty() => Err(format!("the file {path} is empty")),
            Ok(text) => Ok(Secret::new(text.trim())),
            Err(error) => Err(format!("the file {path} can't be read ({})", error.kind())),
        },
    }
}
