//! What is looked for and who is told: the file of rules, and the variables that do without one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ops::alerts::file::{self, Channel as Declared, FileError, Known};
use ops::health::Dependency;
use sha2::{Digest as _, Sha256};

use super::channels;
use super::error::ConfigError;
use super::settings::Settings;
use super::variables;
use crate::alerting::channels::{Channel, public_url, web_url};
use crate::alerting::setup::Setup;
use crate::process::AppEnv;

/// Also sentences about channels that are left out.
pub(super) fn read(
    settings: &Settings,
    app_env: AppEnv,
    dependencies: &[Dependency],
) -> Result<(Setup, Vec<String>), ConfigError> {
    let path = settings.optional(&variables::ALERTS_FILE, |text| Ok(PathBuf::from(text)))?;
    let text = path.as_deref().map(text_of).transpose()?;
    let wrong = |error: FileError| match &path {
        Some(path) => ConfigError::alerts_file(path, error),
        None => ConfigError::alerts_file(Path::new("the built-in rules"), error),
    };
    let declared = text.as_deref().map(file::load_channels).transpose();
    let declared = declared.map_err(wrong)?.unwrap_or_default();
    let (mut made, mut warnings) = channels::of_variables(settings, &declared)?;
    let names: Vec<String> = made.iter().map(|channel| channel.name.clone()).collect();
    let dependencies: Vec<String> = dependencies.iter().map(|it| it.name.clone()).collect();
    let known = Known {
        dependencies: &dependencies,
        channels: &names,
    };
    let file = file::load(text.as_deref(), known).map_err(wrong)?;
    let of_variables = made.iter().map(|made| channels::declared(settings, made));
    let mut declared: Vec<Declared> = of_variables.collect::<Result<_, _>>()?;
    declared.extend(file.channels.iter().cloned());
    if let Some(path) = &path {
        let (of_file, left_out) = channels::of_file(settings, app_env, path, &file.channels)?;
        made.extend(of_file);
        warnings.extend(left_out);
    }
    let own_url = settings.optional(&variables::PUBLIC_URL, |text| {
        public_url(text).map_err(str::to_owned)
    })?;
    let setup = Setup {
        rules: file.rules,
        public_url: own_url.or_else(|| file.notify.public_url.clone()),
        notify: file.notify,
        maintenance: file.maintenance,
        channels: made.into_iter().map(Arc::<Channel>::new).collect(),
        declared,
        heartbeat_url: settings.optional(&variables::HEARTBEAT_URL, |text| {
            web_url(text).map_err(str::to_owned)
        })?,
        fingerprint: text.as_deref().map(fingerprint),
        file: path,
    };
    Ok((setup, warnings))
}

fn text_of(path: &Path) -> Result<String, ConfigError> {
    let bytes = std::fs::read(path).map_err(|error| {
        let what = format!("can't be read ({})", error.kind());
        ConfigError::alerts_file(path, what)
    })?;
    String::from_utf8(bytes)
        .map_err(|_| ConfigError::alerts_file(path, "is not valid UTF-8; save the file as UTF-8"))
}

fn fingerprint(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let digits = digest.iter().take(6);
    digits.map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
