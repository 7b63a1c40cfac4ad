//! `status`: how the running service is, in a terminal; from its files if it does not answer.

use std::env;
use std::io::{self, IsTerminal as _};
use std::time::{Duration, SystemTime};

use app::dto::{Status, VerdictState};
use app::pages::{Tone, status_in_terminal};
use clap::Args;
use reqwest::StatusCode;
use reqwest::header::COOKIE;

use super::{Failure, last_known, runtime, say, trace};
use crate::auth::command_session;
use crate::auth::secret::{self, SecretKey};
use crate::config::Config;
use crate::listener::as_seen_from_here;

/// Longer than the service takes at its worst.
const LIMIT: Duration = Duration::from_secs(5);

#[derive(Args)]
pub struct Arguments {
    /// The same as GET /api/ops/status/ answers
    #[arg(long)]
    json: bool,
}

/// Exit code 0: all is well; 1: something is wrong; 3: the service can't be asked.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (config, _) = Config::from_process()?;
    runtime()?.block_on(async {
        match ask(&config).await {
            Ok((body, status)) => {
                if arguments.json {
                    say(body.trim_end());
                } else {
                    show(&status);
                }
                match status.verdict.state {
                    VerdictState::Ok => Ok(()),
                    VerdictState::Warning | VerdictState::Failing | VerdictState::NotReady => {
                        Err(Failure::already_told())
                    }
                }
            }
            Err(why) => {
                if !arguments.json {
                    last_known::tell(&config).await;
                }
                Err(Failure::unreachable(why))
            }
        }
    })
}

/// What it answers, as text and read; or why it can't be asked, in a sentence.
async fn ask(config: &Config) -> Result<(String, Status), String> {
    let address = as_seen_from_here(config.listen_addr);
    let secret = secret_key(config)?;
    let url = format!("http://{address}/api/ops/status/");
    let failed = |error: reqwest::Error| {
        let chain = crate::db::chain(&error);
        format!("the service at {address} (LISTEN_ADDR) can't be asked: {chain}")
    };
    let actor = trace().actor;
    let cookie = command_session::cookie(&secret, config.app_env, actor, SystemTime::now());
    let client = reqwest::Client::builder()
        .timeout(LIMIT)
        // The service itself is asked, whatever proxy the environment names; and nobody else gets
        // the session.
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(failed)?;
    let response = client.get(&url).header(COOKIE, cookie).send().await;
    let response = response.map_err(failed)?;
    match response.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED => {
            return Err(format!(
                "what listens at {address} (LISTEN_ADDR) does not know this secret key; SECRET_KEY \
                 and APP_ENV must be the service's own"
            ));
        }
        other => {
            return Err(format!(
                "what listens at {address} (LISTEN_ADDR) answers {other}"
            ));
        }
    }
    let body = response.text().await.map_err(failed)?;
    let status = serde_json::from_str(&body).map_err(|error| {
        format!("what listens at {address} (LISTEN_ADDR) answers otherwise than this version does: {error}")
    })?;
    Ok((body, status))
}

/// Looking makes no key: there is a service to ask only where there is one.
fn secret_key(config: &Config) -> Result<SecretKey, String> {
    if let Some(key) = &config.secret_key {
        return Ok(key.clone());
    }
    let kept = secret::load(secret::KEY_FILE.as_ref()).map_err(|error| error.to_string())?;
    kept.ok_or_else(|| {
        format!(
            "there is no secret key to ask the service with: set SECRET_KEY as the service has it, or \
             run this where it has its {}",
            secret::KEY_FILE
        )
    })
}

fn show(status: &Status) {
    let has_colour =
        io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    for line in status_in_terminal(status) {
        match escape(line.tone).filter(|_| has_colour) {
            Some(escape) => say(format!("{escape}{}\u{1b}[0m", line.text)),
            None => say(line.text),
        }
    }
}

/// ECMA-48, "select graphic rendition".
fn escape(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Plain => None,
        Tone::Good => Some("\u{1b}[32m"),
        Tone::Warning => Some("\u{1b}[33m"),
        Tone::Bad => Some("\u{1b}[31m"),
    }
}
