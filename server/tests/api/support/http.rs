//! A client that follows no redirect, keeps no cookie and uses no proxy: what is sent and what comes
//! back is what the test says and sees.

use std::net::IpAddr;
use std::sync::Once;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::Value;

/// No answer may take longer, whatever a test does to the database.
const LIMIT: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub struct Http {
    client: Client,
    base: String,
    headers: HeaderMap,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
    pub elapsed: Duration,
}

impl Http {
    /// `base` is such as `http://127.0.0.1:8000`.
    pub fn new(base: String) -> Self {
        Self::from_address(base, None)
    }

    /// One that speaks from this address of the machine: all of 127.0.0.0/8 is.
    pub fn from_address(base: String, from: Option<IpAddr>) -> Self {
        static CRYPTOGRAPHY: Once = Once::new();
        CRYPTOGRAPHY.call_once(|| {
            _ = rustls::crypto::ring::default_provider().install_default();
        });
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .timeout(LIMIT)
            .local_address(from)
            // An idle connection would hold up a server that drains.
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        Self {
            client,
            base,
            headers: HeaderMap::new(),
        }
    }

    /// `127.0.0.1:8000`
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// The same client with one more header in each request.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut changed = self.clone();
        let name: HeaderName = name.parse().unwrap();
        changed
            .headers
            .insert(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        changed
    }

    /// The cookie that [`Http::with`] has set.
    pub fn cookie(&self) -> &str {
        self.headers["cookie"].to_str().unwrap()
    }

    /// As a browser does for a form of the service's own page.
    pub fn same_origin(&self) -> Self {
        self.with("sec-fetch-site", "same-origin")
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path).await
    }

    pub async fn send(&self, method: Method, path: &str) -> Answer {
        self.send_body(method, path, String::new()).await
    }

    /// Posts a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.with(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")
            .send_body(Method::POST, path, form(fields))
            .await
    }

    /// Sends JSON.
    pub async fn send_json(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send_as(method, path, "application/json", body.to_string())
            .await
    }

    /// Sends a body of any kind.
    pub async fn send_as(
        &self,
        method: Method,
        path: &str,
        kind: &str,
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        self.with(CONTENT_TYPE.as_str(), kind)
            .send_body(method, path, body)
            .await
    }

    pub async fn sign_in(&self, username: &str, password: &str) -> Answer {
        self.post(
            "/admin/login/",
            &[("username", username), ("password", password)],
        )
        .await
    }

    pub async fn send_body(
        &self,
        method: Method,
        path: &str,
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        self.try_send(method, path, body).await.unwrap()
    }

    /// Says what is wrong with the connection if there is no answer.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: impl Into<reqwest::Body>,
    ) -> Result<Answer, String> {
        let started = Instant::now();
        let request = self
            .client
            .request(method.clone(), format!("{}{path}", self.base))
            .headers(self.headers.clone())
            .body(body);
        let failed = |error: reqwest::Error| format!("{method} {path}: {error:?}");
        let response = request.send().await.map_err(failed)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // A packed body stays as it came.
        let body = response.bytes().await.map_err(failed)?;
        Ok(Answer {
            status,
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            elapsed: started.elapsed(),
        })
    }
}

impl Answer {
    /// Empty if there is no such header.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {:?}", self.body))
    }

    /// The whole `Set-Cookie` of the session, which is the one that scripts can't read.
    pub fn set_session_cookie(&self) -> Option<&str> {
        let mut cookies = self.headers.get_all(SET_COOKIE).iter();
        cookies.find_map(|cookie| {
            cookie
                .to_str()
                .ok()
                .filter(|text| text.contains("HttpOnly"))
        })
    }

    /// `name=value` of the session's cookie.
    pub fn session_cookie(&self) -> Option<String> {
        let pair = self.set_session_cookie()?.split(';').next()?;
        Some(pair.to_owned())
    }
}

/// `application/x-www-form-urlencoded`
pub fn form(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            })
            .collect()
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}
