//! The running service, asked by a command on its host.

use std::time::{Duration, SystemTime};

use reqwest::header::COOKIE;
use reqwest::{Client, Method, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Failure, trace};
use crate::auth::command_session;
use crate::auth::secret::{self, SecretKey};
use crate::config::Config;
use crate::listener::as_seen_from_here;

/// Longer than the service takes at its worst.
const LIMIT: Duration = Duration::from_secs(15);

/// No answer of the service is longer.
const MAX_BYTES: usize = 16 << 20;

pub struct RunningService<'c> {
    config: &'c Config,
    address: String,
    client: Client,
    secret: SecretKey,
}

impl<'c> RunningService<'c> {
    /// # Errors
    /// In a sentence, if there is no key to ask it with.
    pub fn of(config: &'c Config) -> Result<Self, String> {
        let client = Client::builder()
            .timeout(LIMIT)
            // The service itself is asked, whatever proxy the environment names; and nobody else gets
            // the session.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| crate::db::chain(&error))?;
        Ok(Self {
            config,
            address: as_seen_from_here(config.listen_addr).to_string(),
            client,
            secret: secret_key(config)?,
        })
    }

    /// What it answers, if that is a success.
    ///
    /// # Errors
    /// In a sentence, if it can't be asked.
    pub async fn text(&self, path: &str) -> Result<String, String> {
        let response = self.send(Method::GET, path, None::<&()>).await?;
        let status = response.status();
        if !status.is_success() {
            return Err(self.refused(response).await);
        }
        self.body(response).await
    }

    /// Whatever listens there may send without an end.
    async fn body(&self, mut response: Response) -> Result<String, String> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.failed(&error))?
        {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_BYTES {
                let address = &self.address;
                return Err(format!(
                    "what listens at {address} (LISTEN_ADDR) answers with more than {MAX_BYTES} bytes"
                ));
            }
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// # Errors
    /// As [`Self::text`], or if it answers otherwise than this version does.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, String> {
        let text = self.text(path).await?;
        self.read(&text)
    }

    pub fn read<T: DeserializeOwned>(&self, text: &str) -> Result<T, String> {
        serde_json::from_str(text).map_err(|error| {
            let address = &self.address;
            format!(
                "what listens at {address} (LISTEN_ADDR) answers otherwise than this version does: {error}"
            )
        })
    }

    /// # Errors
    /// As [`Self::text`]; what was wrong with the body is said as the service says it.
    pub async fn change(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<String, Failure> {
        let response = self.send(method, path, body).await;
        let response = response.map_err(Failure::unreachable)?;
        let status = response.status();
        if status.is_client_error() && status != StatusCode::UNAUTHORIZED {
            let problem: serde_json::Value = response.json().await.unwrap_or_default();
            let detail = problem.get("detail").and_then(serde_json::Value::as_str);
            return Err(Failure::of_usage(detail.unwrap_or("it was refused")));
        }
        if !status.is_success() {
            return Err(Failure::unreachable(self.refused(response).await));
        }
        let text = response.text().await;
        text.map_err(|error| Failure::unreachable(self.failed(&error)))
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Response, String> {
        let (app_env, actor) = (self.config.app_env, trace().actor);
        let cookie = command_session::cookie(&self.secret, app_env, actor, SystemTime::now());
        let url = format!("http://{}{path}", self.address);
        let mut request = self
            .client
            .request(method, url)
            .header(COOKIE, cookie)
            .header("sec-fetch-site", "same-origin");
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &reqwest::Error) -> String {
        let (address, chain) = (&self.address, crate::db::chain(error));
        format!("the service at {address} (LISTEN_ADDR) can't be asked: {chain}")
    }

    async fn refused(&self, response: Response) -> String {
        let address = &self.address;
        match response.status() {
            StatusCode::UNAUTHORIZED => format!(
                "what listens at {address} (LISTEN_ADDR) does not know this secret key; SECRET_KEY \
                 and APP_ENV must be the service's own"
            ),
            other => format!("what listens at {address} (LISTEN_ADDR) answers {other}"),
        }
    }
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
