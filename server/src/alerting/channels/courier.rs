//! [`Courier`]: takes a message to a channel's peer, and says what became of it.

use std::time::Duration;

use ops::alerts::message::{Blocks, Outgoing, Timestamp, blocks, digest};
use ops::alerts::notify::{
    Answer, Delivery as Try, Endpoint, Request, Secret, Verdict, alertmanager, dingtalk, feishu,
    pagerduty, slack, webhook, wecom,
};
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Response, Url, redirect};

use super::channel::{Channel, Peer, WebPeer};
use super::letter::{Delivery, Letter};
use super::mailer::Mailer;
use super::trouble;

/// A peer that is further away than that is away.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);

/// Of a whole request with its answer.
const LIMIT: Duration = Duration::from_secs(15);

/// Nothing that matters stands further behind.
const MAX_ANSWER_BYTES: usize = 4096;

/// Of a line that goes with a heartbeat.
const MAX_FAILURE_CHARS: usize = 1000;

pub struct Courier {
    client: Client,
    mailer: Mailer,
}

/// What came back over HTTP.
struct Answered {
    status: u16,
    retry_after: Option<String>,
    body: Vec<u8>,
}

impl Courier {
    /// Certificates are judged by what `SSL_CERT_FILE` or `SSL_CERT_DIR` names, else by what the system
    /// trusts. `HTTP_PROXY` and its like are not obeyed: an address of a channel is a credential, and
    /// goes to nobody but the peer.
    ///
    /// # Errors
    /// If no certificate is trusted at all.
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .user_agent(concat!("agent-source-db/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            // One that was kept may be dead, which would be seen only after a message was written to it.
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT_LIMIT)
            .timeout(LIMIT)
            .build()?;
        Ok(Self {
            client,
            mailer: Mailer::default(),
        })
    }

    /// One try, within 30 seconds by mail and 15 otherwise. Never an error: what went wrong is a
    /// [`Verdict`].
    pub async fn deliver(&self, channel: &Channel, letter: Letter<'_>) -> Delivery {
        let peer = match &channel.peer {
            Peer::Web(peer) => peer,
            Peer::Mail(mailing) => {
                let Some(blocks) = blocks_of(letter.messages) else {
                    return nothing_to_send();
                };
                let endpoint = &channel.endpoint;
                return self
                    .mailer
                    .deliver(mailing, endpoint, &blocks, letter)
                    .await;
            }
        };
        let Some(request) = request(channel, peer, letter) else {
            return nothing_to_send();
        };
        match self.post(request).await {
            Ok(answered) => judged(&channel.endpoint, peer, &answered, letter.now),
            Err(reason) => Delivery::without_answer(reason),
        }
    }

    /// Tells a dead man's switch that all is well, or by `/fail` behind its address that something is
    /// not, with a line that says what.
    ///
    /// # Errors
    /// Why it was not heard, without the address.
    pub async fn ping(&self, url: &Secret, failure: Option<&str>) -> Result<(), String> {
        let mut url = Url::parse(url.expose()).map_err(|_| "the address can't be used")?;
        let request = match failure {
            None => self.client.get(url),
            Some(line) => {
                if let Ok(mut path) = url.path_segments_mut() {
                    path.pop_if_empty().push("fail");
                }
                let line: String = line.chars().take(MAX_FAILURE_CHARS).collect();
                self.client.post(url).body(line)
            }
        };
        let answer = request.send().await.map_err(|error| why(&error))?;
        if !answer.status().is_success() {
            return Err(format!("HTTP {}", answer.status().as_u16()));
        }
        Ok(())
    }

    async fn post(&self, request: Request) -> Result<Answered, &'static str> {
        let mut post = self.client.post(request.url.expose());
        for (name, value) in request.headers {
            post = post.header(name, value);
        }
        let answer = post.body(request.body).send().await;
        let answer = answer.map_err(|error| why(&error))?;
        let retry_after = answer.headers().get(RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok());
        Ok(Answered {
            status: answer.status().as_u16(),
            retry_after: retry_after.map(str::to_owned),
            body: beginning(answer).await.map_err(|error| why(&error))?,
        })
    }
}

/// What comes behind it is not waited for.
async fn beginning(mut answer: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while body.len() < MAX_ANSWER_BYTES {
        let Some(chunk) = answer.chunk().await? else {
            break;
        };
        body.extend_from_slice(&chunk);
    }
    body.truncate(MAX_ANSWER_BYTES);
    Ok(body)
}

/// Its own text would repeat the address.
fn why(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() && error.is_connect() {
        return "no connection within 3 s";
    }
    if error.is_timeout() {
        return "no answer within 15 s";
    }
    if error.is_builder() {
        return "the address can't be used";
    }
    if error.is_dns() {
        return "the host's name leads nowhere";
    }
    match trouble::told(error) {
        // The peer closed the connection in between, or does not speak HTTP.
        "the connection failed" if !error.is_connect() => "no complete answer",
        told => told,
    }
}

/// One message as it is, several as a digest.
fn blocks_of(messages: &[Outgoing]) -> Option<Blocks> {
    match messages {
        [message] => Some(blocks(message)),
        _ => digest(messages),
    }
}

/// `None` for no message, and for several that a program would have to read.
fn request(channel: &Channel, peer: &WebPeer, letter: Letter<'_>) -> Option<Request> {
    let endpoint = &channel.endpoint;
    let this_try = Try {
        id: letter.id,
        at: letter.now,
    };
    let only = || match letter.messages {
        [message] => Some(message),
        _ => None,
    };
    let blocks = || blocks_of(letter.messages);
    Some(match peer {
        WebPeer::Webhook { keys, format } => {
            webhook::request(only()?, this_try, &channel.name, *format, endpoint, keys)
        }
        WebPeer::PagerDuty => pagerduty::request(only()?, endpoint),
        WebPeer::Alertmanager => alertmanager::request(only()?, letter.now, endpoint),
        WebPeer::Slack => slack::request(&blocks()?, endpoint),
        WebPeer::Feishu => feishu::request(&blocks()?, this_try, endpoint),
        WebPeer::DingTalk => dingtalk::request(&blocks()?, this_try, endpoint),
        WebPeer::WeCom => wecom::request(&blocks()?, endpoint),
    })
}

fn judged(endpoint: &Endpoint, peer: &WebPeer, answered: &Answered, now: Timestamp) -> Delivery {
    let status = answered.status;
    let answer = Answer::new(status, answered.retry_after.as_deref(), &answered.body, now);
    let judge = match peer {
        WebPeer::Webhook { .. } => webhook::judge,
        WebPeer::PagerDuty => pagerduty::judge,
        WebPeer::Alertmanager => alertmanager::judge,
        WebPeer::Slack => slack::judge,
        WebPeer::Feishu => feishu::judge,
        WebPeer::DingTalk => dingtalk::judge,
        WebPeer::WeCom => wecom::judge,
    };
    Delivery::new(
        judge(&answer, endpoint),
        Some(status),
        answer.told(endpoint),
    )
}

fn nothing_to_send() -> Delivery {
    let reason = "this channel's peer reads one message at a time".to_owned();
    Delivery::new(Verdict::Refused { reason }, None, String::new())
}
