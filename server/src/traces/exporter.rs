//! The exporter: takes spans out of the queue and brings them to the collector, tries again where that
//! may help, and counts what it loses.
//!
//! When to try again is the protocol's rule:
//! <https://opentelemetry.io/docs/specs/otlp/#otlphttp-response>.

use std::future::Future;
use std::time::{Duration, SystemTime};

use ops::alerts::message::Timestamp;
use ops::alerts::notify::Answer;
use ops::clock::unix_millis;
use ops::task::Pulse;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Url, redirect};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::otlp::{Resource, encode, rejected};
use super::queue::{Lost, Spans};
use super::span::Span;

/// Of one request to the collector.
const MOST: usize = 512;

/// Spans wait so long for others to go with them.
const GATHERED: Duration = Duration::from_secs(1);

/// Without spans.
const ROUND: Duration = Duration::from_secs(10);

/// The same spans are tried so often; meanwhile others wait, and are lost when there is no more room.
const TRIES: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What the log is told of a collector that does not take spans.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// What is left at the end is sent within that, or lost.
const LAST: Duration = Duration::from_secs(3);

/// The collector's answer matters no further.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Where spans go.
#[derive(Clone, Debug)]
pub struct Collector {
    pub endpoint: Url,
    /// Secret.
    pub headers: HeaderMap,
    /// Of one try.
    pub limit: Duration,
    pub resource: Resource,
}

pub struct Exporter {
    client: Client,
    collector: Collector,
    spans: Spans,
}

/// What came of a try.
enum Outcome {
    Taken,
    /// To be tried again, after so long at the earliest.
    Later(Option<Duration>, String),
    Never(String),
}

impl Exporter {
    /// # Errors
    /// If the HTTP client can't be built, for want of TLS roots for example.
    pub fn new(collector: Collector, spans: Spans) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .user_agent(concat!("agent-source-db/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .referer(false)
            .timeout(collector.limit)
            .build()?;
        Ok(Self {
            client,
            collector,
            spans,
        })
    }

    /// Sends until `stop`, and then what is left.
    pub async fn run_until(&self, pulse: &Pulse, stop: impl Future<Output = ()>) {
        let mut receiver = self.spans.receiver().await;
        let mut complaint = Complaint::default();
        tokio::pin!(stop);
        loop {
            pulse.beat();
            let mut batch = Vec::new();
            tokio::select! {
                biased;
                () = gather(&mut receiver, &mut batch) => {}
                () = &mut stop => return self.send_the_last(&mut receiver, batch).await,
            }
            if batch.is_empty() {
                continue;
            }
            let count = batch.len() as u64;
            let body = encode(&self.collector.resource, batch);
            tokio::select! {
                () = self.deliver(&body, count, pulse, &mut complaint) => {}
                () = &mut stop => {
                    _ = timeout(LAST, self.attempt(&body)).await;
                    return self.send_the_last(&mut receiver, Vec::new()).await;
                }
            }
        }
    }

    async fn deliver(&self, body: &[u8], count: u64, pulse: &Pulse, complaint: &mut Complaint) {
        let mut pause = FIRST_PAUSE;
        for tries_left in (0..TRIES).rev() {
            pulse.beat();
            let (lost, why) = match self.attempt(body).await {
                Outcome::Taken => return complaint.is_over(),
                Outcome::Never(why) => (Some(Lost::Refused), why),
                Outcome::Later(_, why) if tries_left == 0 => (Some(Lost::Unreachable), why),
                Outcome::Later(after, why) => {
                    let after = after.unwrap_or_default();
                    pause = pause.max(after).min(LONGEST_PAUSE);
                    (None, why)
                }
            };
            complaint.tell(&why);
            if let Some(lost) = lost {
                return self.spans.note_lost(lost, count);
            }
            sleep(pause).await;
            pause *= 2;
        }
    }

    async fn send_the_last(&self, receiver: &mut mpsc::Receiver<Span>, mut batch: Vec<Span>) {
        let deadline = Instant::now() + LAST;
        loop {
            while batch.len() < MOST
                && let Ok(span) = receiver.try_recv()
            {
                batch.push(span);
            }
            if batch.is_empty() {
                return;
            }
            let body = encode(&self.collector.resource, std::mem::take(&mut batch));
            if timeout_at(deadline, self.attempt(&body)).await.is_err() {
                return;
            }
        }
    }

    async fn attempt(&self, body: &[u8]) -> Outcome {
        let request = self
            .client
            .post(self.collector.endpoint.clone())
            .headers(self.collector.headers.clone())
            .header(
                CONTENT_TYPE,
                HeaderValue::from_static("application/x-protobuf"),
            )
            .body(body.to_vec());
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Outcome::Later(None, chain(&error.without_url())),
        };
        let status = response.status();
        if status.is_success() {
            let mut answer = Vec::new();
            while let Ok(Some(chunk)) = response.chunk().await {
                answer.extend_from_slice(&chunk);
                if answer.len() > MAX_ANSWER_BYTES {
                    break;
                }
            }
            self.spans.note_lost(Lost::Rejected, rejected(&answer));
            return Outcome::Taken;
        }
        let said = format!("it answered {}", status.as_u16());
        match status.as_u16() {
            429 | 502 | 503 | 504 => {
                let header = response.headers().get(RETRY_AFTER);
                let header = header.and_then(|value| value.to_str().ok());
                let now = Timestamp(unix_millis(SystemTime::now()));
                let after = Answer::new(status.as_u16(), header, b"", now).retry_after;
                Outcome::Later(after, said)
            }
            _ => Outcome::Never(said),
        }
    }
}

/// Waits for spans, and a little for more of them; returns without any now and then.
async fn gather(receiver: &mut mpsc::Receiver<Span>, batch: &mut Vec<Span>) {
    if timeout(ROUND, receiver.recv_many(batch, MOST))
        .await
        .is_err()
    {
        return;
    }
    let deadline = Instant::now() + GATHERED;
    while batch.len() < MOST {
        let room = MOST - batch.len();
        if timeout_at(deadline, receiver.recv_many(batch, room))
            .await
            .is_err()
        {
            return;
        }
    }
}

/// What the log hears of a collector: once a minute while it does not take spans, and when it does
/// again.
#[derive(Default)]
struct Complaint {
    told: Option<Instant>,
}

impl Complaint {
    fn tell(&mut self, why: &str) {
        if self.told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
            self.told = Some(Instant::now());
            tracing::warn!("spans can't be brought to the collector: {why}");
        }
    }

    fn is_over(&mut self) {
        if self.told.take().is_some() {
            tracing::info!("the collector takes spans again");
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let causes: Vec<String> = causes.map(ToString::to_string).collect();
    causes.join(": ")
}
