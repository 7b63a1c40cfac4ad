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
use ops::log::clean;
use ops::task::Pulse;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Url, redirect};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

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
/// As the collector may wish it.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// What the log is told of a collector that does not take spans.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// What is left at the end is sent within that, or lost.
const LAST: Duration = Duration::from_secs(3);

/// The collector's answer matters no further.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Nor what it says of itself.
const MAX_SAID_BYTES: usize = 256;

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
    /// But for so many.
    TakenInPart(u64, String),
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
                () = &mut stop => return self.send_the_last(&mut receiver, Batch::of(batch)).await,
            }
            if batch.is_empty() {
                continue;
            }
            let batch = Batch::of(batch);
            let body = batch.encoded(&self.collector.resource);
            tokio::select! {
                () = self.deliver(&body, batch.count(), pulse, &mut complaint) => {}
                () = &mut stop => return self.send_the_last(&mut receiver, batch).await,
            }
        }
    }

    async fn deliver(&self, body: &[u8], count: u64, pulse: &Pulse, complaint: &mut Complaint) {
        let mut pause = FIRST_PAUSE;
        for tries_left in (0..TRIES).rev() {
            pulse.beat();
            let (lost, why, after) = match self.attempt(body, count).await {
                Outcome::Taken => return complaint.is_over(),
                Outcome::TakenInPart(rejected, why) => {
                    complaint.tell(&why);
                    return self.spans.note_lost(Lost::Rejected, rejected);
                }
                Outcome::Never(why) => (Some(Lost::Refused), why, None),
                Outcome::Later(_, why) if tries_left == 0 => (Some(Lost::Unreachable), why, None),
                Outcome::Later(after, why) => (None, why, after),
            };
            complaint.tell(&why);
            if let Some(lost) = lost {
                return self.spans.note_lost(lost, count);
            }
            wait(with_jitter(pause).max(after.unwrap_or_default()), pulse).await;
            pause *= 2;
        }
    }

    /// Once, and in time; what is not taken then is lost, and said so.
    async fn send_the_last(&self, receiver: &mut mpsc::Receiver<Span>, mut batch: Batch) {
        let deadline = Instant::now() + LAST;
        let mut lost = 0;
        loop {
            batch.fill(receiver);
            let count = batch.count();
            if count == 0 {
                break;
            }
            let body = batch.encoded(&self.collector.resource);
            lost += match timeout_at(deadline, self.attempt(&body, count)).await {
                Ok(Outcome::Taken) => 0,
                Ok(Outcome::TakenInPart(rejected, _)) => rejected,
                Ok(Outcome::Later(..) | Outcome::Never(_)) | Err(_) => count,
            };
            batch = Batch::default();
        }
        if lost > 0 {
            tracing::warn!(spans = lost, "{lost} spans were lost at the end");
        }
    }

    async fn attempt(&self, body: &[u8], count: u64) -> Outcome {
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
            while answer.len() < MAX_ANSWER_BYTES
                && let Ok(Some(chunk)) = response.chunk().await
            {
                answer.extend_from_slice(&chunk);
            }
            return match rejected(&answer) {
                (0, _) => Outcome::Taken,
                (rejected, said) => {
                    let said = clean(&said, MAX_SAID_BYTES);
                    Outcome::TakenInPart(rejected.min(count), format!("it rejected some: {said}"))
                }
            };
        }
        let said = format!("it answered {}", status.as_u16());
        match status.as_u16() {
            429 | 502 | 503 | 504 => {
                let header = response.headers().get(RETRY_AFTER);
                let header = header.and_then(|value| value.to_str().ok());
                let now = Timestamp(unix_millis(SystemTime::now()));
                let after = Answer::new(status.as_u16(), header, b"", now).retry_after;
                Outcome::Later(after.map(|after| after.min(LONGEST_PAUSE)), said)
            }
            _ => Outcome::Never(said),
        }
    }
}

/// Spans that go together.
#[derive(Default)]
struct Batch(Vec<Span>);

impl Batch {
    fn of(spans: Vec<Span>) -> Self {
        Self(spans)
    }

    fn count(&self) -> u64 {
        self.0.len() as u64
    }

    fn fill(&mut self, receiver: &mut mpsc::Receiver<Span>) {
        while self.0.len() < MOST
            && let Ok(span) = receiver.try_recv()
        {
            self.0.push(span);
        }
    }

    fn encoded(&self, resource: &Resource) -> Vec<u8> {
        encode(resource, &self.0)
    }
}

/// Replicas that were refused together don't come back together.
fn with_jitter(pause: Duration) -> Duration {
    let mut byte = [0];
    _ = getrandom::fill(&mut byte);
    let [byte] = byte;
    pause.mul_f64(0.5 + f64::from(byte) / 510.0)
}

/// A long pause is no standstill.
async fn wait(pause: Duration, pulse: &Pulse) {
    let end = Instant::now() + pause;
    while Instant::now() < end {
        pulse.beat();
        sleep_until(end.min(Instant::now() + ROUND)).await;
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

/// What the log hears of a collector that does not take spans: once a minute at most, whatever comes
/// between, and that it takes them again.
#[derive(Default)]
struct Complaint {
    told: Option<Instant>,
    is_open: bool,
}

impl Complaint {
    fn tell(&mut self, why: &str) {
        if self.told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
            self.told = Some(Instant::now());
            self.is_open = true;
            tracing::warn!("spans can't be brought to the collector: {why}");
        }
    }

    fn is_over(&mut self) {
        if std::mem::take(&mut self.is_open) {
            tracing::info!("the collector takes spans again");
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let causes: Vec<String> = causes.map(ToString::to_string).collect();
    causes.join(": ")
}
