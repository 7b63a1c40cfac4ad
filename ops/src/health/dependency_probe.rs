//! Asking an external dependency whether it is there.

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use reqwest::tls::TlsInfo;
use reqwest::{Client, Response, Url, redirect};
use tokio::net::TcpStream;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use super::{CheckName, CheckResult, Code, Dependency, Probe, Target};

/// Everything together: name look-up, connection, TLS, answer.
const DEPENDENCY_TIMEOUT: Duration = Duration::from_secs(2);

/// The detail of a check that says when the peer's certificate expires: in seconds since the Unix epoch.
pub const CERTIFICATE_EXPIRY: &str = "certificate_expires";

pub struct DependencyProbe {
    name: CheckName,
    target: Target,
    client: Client,
    timeout: Duration,
}

/// A probe for each dependency. They share an HTTP client; rustls's default provider has to be
/// installed before.
///
/// # Errors
/// If the HTTP client can't be built, for want of TLS roots for example.
pub fn dependency_probes(
    dependencies: Vec<Dependency>,
) -> Result<Vec<DependencyProbe>, reqwest::Error> {
    if dependencies.is_empty() {
        return Ok(Vec::new());
    }
    let client = Client::builder()
        .redirect(redirect::Policy::none())
        .tls_info(true)
        // A new connection each time: a kept one would not notice that the next can't be made.
        .pool_max_idle_per_host(0)
        .build()?;
    let probe = |dependency: Dependency| DependencyProbe {
        name: dependency.name.into(),
        target: dependency.target,
        client: client.clone(),
        timeout: DEPENDENCY_TIMEOUT,
    };
    Ok(dependencies.into_iter().map(probe).collect())
}

#[async_trait]
impl Probe for DependencyProbe {
    fn names(&self) -> &[CheckName] {
        std::slice::from_ref(&self.name)
    }

    fn timeout(&self) -> Duration {
        self.timeout
    }

    async fn run(&self) -> Vec<(CheckName, CheckResult)> {
        let start = Instant::now();
        let check = match self.ask().await {
            Ok(expiry) => {
                let check = CheckResult::ok().with_latency(start.elapsed());
                match expiry {
                    Some(at) => check.with_detail(CERTIFICATE_EXPIRY, at),
                    None => check,
                }
            }
            Err(failed) => failed,
        };
        vec![(self.name.clone(), check)]
    }
}

impl DependencyProbe {
    /// When the peer's certificate expires, where it has one: in seconds since the Unix epoch.
    async fn ask(&self) -> Result<Option<u64>, CheckResult> {
        match &self.target {
            Target::Http(url) => self.get(url.clone()).await,
            Target::Tcp { host, port } => match TcpStream::connect((host.as_str(), *port)).await {
                Ok(_) => Ok(None),
                Err(error) => Err(CheckResult::failed(code_of(&error)).with_cause(error)),
            },
        }
    }

    async fn get(&self, url: Url) -> Result<Option<u64>, CheckResult> {
        let response = self.client.get(url).send().await.map_err(|error| {
            // The URL may hold credentials.
            let error = error.without_url();
            CheckResult::failed(http_code_of(&error)).with_cause(chain(&error))
        })?;
        let status = response.status();
        if status.is_success() || status.is_redirection() {
            return Ok(expiry(&response));
        }
        Err(CheckResult::failed(Code::UnexpectedStatus).with_cause(format!("HTTP {status}")))
    }
}

/// Of the peer's own certificate, not of those that vouch for it.
fn expiry(response: &Response) -> Option<u64> {
    let tls = response.extensions().get::<TlsInfo>()?;
    let certificate = Certificate::from_der(tls.peer_certificate()?).ok()?;
    let until = certificate.tbs_certificate.validity.not_after;
    Some(until.to_unix_duration().as_secs())
}

fn http_code_of(error: &reqwest::Error) -> Code {
    if error.is_timeout() {
        return Code::Timeout;
    }
    let io_cause = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>());
    io_cause.map_or(Code::Unreachable, code_of)
}

fn code_of(error: &io::Error) -> Code {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Code::Refused,
        io::ErrorKind::TimedOut => Code::Timeout,
        _ => Code::Unreachable,
    }
}

fn chain(error: &reqwest::Error) -> String {
    let texts: Vec<String> = causes(error).map(ToString::to_string).collect();
    texts.join(": ")
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use std::sync::Arc;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::runtime::Handle;

    use super::*;
    use crate::clock::SystemClock;
    use crate::health::{HealthChecks, parse_dependencies};

    /// Answers every connection with `answer`; with none it never answers.
    async fn listener(answer: Option<&'static str>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let mut open = Vec::new();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let Some(answer) = answer else {
                    open.push(stream);
                    continue;
                };
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        port
    }

    /// A port on which nobody listens.
    async fn closed_port() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    }

    async fn check(url: String, timeout: Duration) -> CheckResult {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let parsed = parse_dependencies(&format!("it={url}")).unwrap();
        let mut probe = dependency_probes(parsed).unwrap().remove(0);
        probe.timeout = timeout;
        let registry = HealthChecks::builder(Handle::current(), Arc::new(SystemClock))
            .probe(probe)
            .build();
        registry.report().await.check("it").unwrap().clone()
    }

    async fn error_of(url: String) -> Option<Code> {
        check(url, DEPENDENCY_TIMEOUT).await.error
    }

    #[tokio::test]
    async fn success_and_redirection_are_ok_and_have_a_latency() {
        for answer in [
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
        ] {
            let port = listener(Some(answer)).await;
            let check = check(format!("http://127.0.0.1:{port}/"), DEPENDENCY_TIMEOUT).await;
            assert_eq!((check.status.as_str(), check.error), ("ok", None));
            assert!(check.latency.is_some());
        }
    }

    #[tokio::test]
    async fn another_status_is_unexpected() {
        let port = listener(Some(
            "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n",
        ))
        .await;
        let check = check(format!("http://127.0.0.1:{port}/"), DEPENDENCY_TIMEOUT).await;
        assert_eq!(check.error, Some(Code::UnexpectedStatus));
        assert_eq!(check.cause.unwrap(), "HTTP 500 Internal Server Error");
        assert_eq!(check.latency, None);
    }

    #[tokio::test]
    async fn a_closed_port_refuses() {
        let port = closed_port().await;
        for scheme in ["http", "https", "tcp"] {
            assert_eq!(
                error_of(format!("{scheme}://127.0.0.1:{port}")).await,
                Some(Code::Refused)
            );
        }
    }

    #[tokio::test]
    async fn silence_is_a_time_out() {
        let port = listener(None).await;
        let check = check(
            format!("http://127.0.0.1:{port}/"),
            Duration::from_millis(50),
        )
        .await;
        assert_eq!(check.error, Some(Code::Timeout));
    }

    #[tokio::test]
    async fn an_unknown_host_is_unreachable() {
        for url in ["http://nowhere.invalid/", "tcp://nowhere.invalid:1"] {
            assert_eq!(error_of(url.to_owned()).await, Some(Code::Unreachable));
        }
    }

    #[tokio::test]
    async fn no_tls_on_the_other_side_is_unreachable() {
        let port = listener(Some("HTTP/1.1 200 OK\r\n\r\n")).await;
        assert_eq!(
            error_of(format!("https://127.0.0.1:{port}/")).await,
            Some(Code::Unreachable)
        );
    }

    #[tokio::test]
    async fn an_accepted_connection_is_enough_for_tcp() {
        let port = listener(None).await;
        assert_eq!(error_of(format!("tcp://127.0.0.1:{port}")).await, None);
    }

    #[tokio::test]
    async fn a_password_in_the_url_stays_out_of_the_cause() {
        let port = closed_port().await;
        let url = format!("http://user:hunter2@127.0.0.1:{port}/?token=hunter2");
        let cause = check(url, DEPENDENCY_TIMEOUT).await.cause.unwrap();
        assert!(!cause.contains("hunter2"), "{cause}");
    }
}
