//! [`Channel`]: where messages go, checked once.

use std::fmt;

use ops::alerts::Severity;
use ops::alerts::export::{MailServer, MailTls};
use ops::alerts::file::{ChannelKind, WebhookFormat};
use ops::alerts::notify::webhook::{Format, Keys};
use ops::alerts::notify::{Endpoint, Rate, Secret, dingtalk, email, feishu, slack, wecom};
use ops::alerts::outbox::Readers;

use super::mailing::{self, Mailing, Security, Server};
use super::web_address::{base_url, web_url};

/// PagerDuty has one address for all its customers outside the EU.
const PAGERDUTY: &str = "https://events.pagerduty.com/v2/enqueue";

pub struct Channel {
    pub name: String,
    /// What is less severe is not told here.
    pub min_severity: Severity,
    pub(super) endpoint: Endpoint,
    pub(super) peer: Peer,
}

/// Who is at the other end, and what a kind needs beside its address.
pub(super) enum Peer {
    Mail(Box<Mailing>),
    Web(WebPeer),
}

/// Each takes a `POST`.
pub(super) enum WebPeer {
    Webhook { keys: Keys, format: Format },
    Slack,
    PagerDuty,
    Feishu,
    DingTalk,
    WeCom,
    Alertmanager,
}

/// What an operator gives for a channel.
pub struct Given {
    pub kind: ChannelKind,
    /// Of mail: the server.
    pub url: Option<Secret>,
    pub secret: Option<Secret>,
    pub from: Option<String>,
    pub to: Vec<String>,
    pub format: WebhookFormat,
}

/// Which part of it is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit {
    pub part: Part,
    /// What would be right.
    pub expected: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Url,
    Secret,
    From,
    To,
}

impl Part {
    fn unfit(self, expected: &'static str) -> Unfit {
        Unfit {
            part: self,
            expected,
        }
    }
}

impl Channel {
    /// # Errors
    /// The first part that is wrong.
    pub fn new(
        name: impl Into<String>,
        min_severity: Severity,
        given: Given,
    ) -> Result<Self, Unfit> {
        let peer = peer(&given)?;
        let url = match (given.kind, given.url) {
            (ChannelKind::PagerDuty, None) => Secret::new(PAGERDUTY),
            (_, None) => return Err(Part::Url.unfit("an address")),
            (ChannelKind::Email, Some(url)) => url,
            (ChannelKind::Alertmanager, Some(url)) => {
                base_url(url.expose()).map_err(|expected| Part::Url.unfit(expected))?
            }
            (_, Some(url)) => {
                web_url(url.expose()).map_err(|expected| Part::Url.unfit(expected))?
            }
        };
        let secret = match &peer {
            Peer::Mail(mailing) => Some(mailing.hidden()),
            Peer::Web(_) => given.secret,
        };
        Ok(Self {
            name: name.into(),
            min_severity,
            endpoint: Endpoint { url, secret },
            peer,
        })
    }

    /// Whatever of its address and keys must not be seen; of mail also who writes to whom.
    pub fn secrets(&self) -> Vec<String> {
        self.endpoint.secrets()
    }

    pub fn kind(&self) -> ChannelKind {
        let Peer::Web(peer) = &self.peer else {
            return ChannelKind::Email;
        };
        match peer {
            WebPeer::Webhook { .. } => ChannelKind::Webhook,
            WebPeer::Slack => ChannelKind::Slack,
            WebPeer::PagerDuty => ChannelKind::PagerDuty,
            WebPeer::Feishu => ChannelKind::Feishu,
            WebPeer::DingTalk => ChannelKind::DingTalk,
            WebPeer::WeCom => ChannelKind::WeCom,
            WebPeer::Alertmanager => ChannelKind::Alertmanager,
        }
    }

    /// How many messages it takes; `None`: whatever comes.
    pub fn rate(&self) -> Option<Rate> {
        match self.kind() {
            ChannelKind::Email => Some(email::RATE),
            ChannelKind::Slack => Some(slack::RATE),
            ChannelKind::Feishu => Some(feishu::RATE),
            ChannelKind::DingTalk => Some(dingtalk::RATE),
            ChannelKind::WeCom => Some(wecom::RATE),
            ChannelKind::Webhook | ChannelKind::PagerDuty | ChannelKind::Alertmanager => None,
        }
    }

    /// What of the server's address is no secret; `None` if it is no mail.
    pub fn mail_server(&self) -> Option<MailServer> {
        let Peer::Mail(mailing) = &self.peer else {
            return None;
        };
        let server = &mailing.server;
        Some(MailServer {
            host: server.host.clone(),
            port: server.port,
            tls: match server.security {
                Security::StartTls => MailTls::StartTls,
                Security::Tls => MailTls::Wrapped,
                Security::None => MailTls::None,
            },
            has_login: server.credentials.is_some(),
        })
    }

    pub fn readers(&self) -> Readers {
        match self.kind() {
            ChannelKind::Email
            | ChannelKind::Slack
            | ChannelKind::Feishu
            | ChannelKind::DingTalk
            | ChannelKind::WeCom => Readers::People,
            ChannelKind::Webhook | ChannelKind::PagerDuty | ChannelKind::Alertmanager => {
                Readers::Programs
            }
        }
    }
}

/// Neither address nor key, and of mail not even who gets it.
impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("name", &self.name)
            .field("kind", &self.kind())
            .field("min_severity", &self.min_severity)
            .finish_non_exhaustive()
    }
}

fn peer(given: &Given) -> Result<Peer, Unfit> {
    Ok(Peer::Web(match given.kind {
        ChannelKind::Email => return Ok(Peer::Mail(Box::new(mailing(given)?))),
        ChannelKind::Webhook => WebPeer::Webhook {
            keys: keys(given.secret.as_ref())?,
            format: match given.format {
                WebhookFormat::Standard => Format::Own,
                WebhookFormat::Alertmanager => Format::Alertmanager,
            },
        },
        ChannelKind::PagerDuty => {
            let key = given.secret.as_ref().map(Secret::expose);
            let is_fit = |key: &str| !key.is_empty() && !key.contains(char::is_whitespace);
            if !key.is_some_and(is_fit) {
                return Err(Part::Secret.unfit("the routing key of a PagerDuty service"));
            }
            WebPeer::PagerDuty
        }
        ChannelKind::Slack => WebPeer::Slack,
        ChannelKind::Feishu => WebPeer::Feishu,
        ChannelKind::DingTalk => WebPeer::DingTalk,
        ChannelKind::WeCom => WebPeer::WeCom,
        ChannelKind::Alertmanager => WebPeer::Alertmanager,
    }))
}

fn keys(secret: Option<&Secret>) -> Result<Keys, Unfit> {
    let expected = "whsec_ and the base64 of 24 to 64 bytes; several are separated by blanks";
    let Some(secret) = secret else {
        return Ok(Keys::default());
    };
    Keys::parse(secret).map_err(|_| Part::Secret.unfit(expected))
}

fn mailing(given: &Given) -> Result<Mailing, Unfit> {
    let url = given.url.clone().unwrap_or_else(|| Secret::new(""));
    let server = Server::parse(&url).map_err(|expected| Part::Url.unfit(expected))?;
    let from = given.from.as_deref().unwrap_or_default();
    let from = mailing::mailbox(from).map_err(|expected| Part::From.unfit(expected))?;
    let to = given.to.iter().map(|text| mailing::mailbox(text));
    let to: Vec<_> = to
        .collect::<Result<_, _>>()
        .map_err(|_| Part::To.unfit("addresses of mail in ASCII"))?;
    if to.is_empty() {
        return Err(Part::To.unfit("at least one address of mail"));
    }
    Ok(Mailing { server, from, to })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn given(kind: ChannelKind, url: &str, secret: Option<&str>) -> Given {
        Given {
            kind,
            url: Some(Secret::new(url)),
            secret: secret.map(Secret::new),
            from: Some("desk@example.org".to_owned()),
            to: vec!["oncall@example.org".to_owned()],
            format: WebhookFormat::Standard,
        }
    }

    fn made(given: Given) -> Result<Channel, Part> {
        Channel::new("c", Severity::Info, given).map_err(|unfit| unfit.part)
    }

    #[test]
    fn debug_shows_no_address_and_no_secret() {
        let secret = "t0ken-t0ken-t0ken";
        for kind in ChannelKind::ALL {
            let (url, key) = match kind {
                ChannelKind::Email => (format!("smtp://user:{secret}@mail.example"), None),
                ChannelKind::Webhook => (format!("https://hook.example/{secret}"), None),
                _ => (format!("https://hook.example/{secret}"), Some(secret)),
            };
            let shown = format!("{:?}", made(given(kind, &url, key)).unwrap());
            for hidden in [secret, "hook.example", "mail.example", "oncall"] {
                assert!(!shown.contains(hidden), "{shown}");
            }
            assert!(shown.contains(&format!("{kind:?}")), "{shown}");
        }
    }

    #[test]
    fn what_a_kind_can_not_use_is_refused() {
        let unfit = |kind, url, secret| made(given(kind, url, secret)).err();
        let web = "https://hook.example/x";
        assert_eq!(
            unfit(ChannelKind::Slack, "hook.example", None),
            Some(Part::Url)
        );
        assert_eq!(
            unfit(ChannelKind::Webhook, web, Some("short")),
            Some(Part::Secret)
        );
        assert_eq!(unfit(ChannelKind::PagerDuty, web, None), Some(Part::Secret));
        assert_eq!(
            unfit(ChannelKind::Alertmanager, "http://am/?a=b", None),
            Some(Part::Url)
        );
        assert_eq!(unfit(ChannelKind::Email, web, None), Some(Part::Url));
        let mail = || given(ChannelKind::Email, "smtp://mail.example", None);
        let from = Given {
            from: None,
            ..mail()
        };
        assert_eq!(made(from).err(), Some(Part::From));
        let to = Given {
            to: Vec::new(),
            ..mail()
        };
        assert_eq!(made(to).err(), Some(Part::To));
        let to = Given {
            to: vec!["nobody".to_owned()],
            ..mail()
        };
        assert_eq!(made(to).err(), Some(Part::To));
    }

    #[test]
    fn pagerduty_needs_no_address() {
        let given = Given {
            url: None,
            ..given(ChannelKind::PagerDuty, "", Some("R0UT1NGKEY"))
        };
        assert_eq!(made(given).unwrap().endpoint.url.expose(), PAGERDUTY);
    }
}
