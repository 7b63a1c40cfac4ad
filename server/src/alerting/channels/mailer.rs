//! [`Mailer`]: one mail to each of its recipients, over SMTP (RFC 5321).
//!
//! Each recipient is a transaction of its own, so that an address that is refused holds nobody up. Who
//! has a mail does not get it again when the others are tried once more.

use std::time::Duration;

use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use ops::alerts::message::Blocks;
use ops::alerts::notify::email::{self, Mail, Place};
use ops::alerts::notify::{Endpoint, Verdict};
use ops::clock::from_unix_millis;
use tokio::time::timeout;

use super::letter::{Delivery, Letter};
use super::mailing::Mailing;
use super::recipients::{Fate, Recipients};
use super::smtp::{Session, Stopped};

/// Of all recipients together. Whoever is left over comes in the next try.
const LIMIT: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(super) struct Mailer {
    recipients: Recipients,
}

impl Mailer {
    pub(super) async fn deliver(
        &self,
        mailing: &Mailing,
        endpoint: &Endpoint,
        blocks: &Blocks,
        letter: Letter<'_>,
    ) -> Delivery {
        let place = Place {
            id: letter.id,
            created: letter.created,
            first: letter.first,
            domain: mailing.from.email.domain(),
        };
        let Some(mail) = written(&email::mail(blocks, place), mailing) else {
            let reason = "the mail can't be written".to_owned();
            return Delivery::new(Verdict::Refused { reason }, None, String::new());
        };
        let tried = self.to_each(mailing, endpoint, &mail, letter.id);
        let stopped = match timeout(LIMIT, tried).await {
            Ok(Ok(())) => None,
            Ok(Err(stopped)) => Some(stopped),
            Err(_) => Some(Stopped::without_answer("no answer within 30 s")),
        };
        let fates = self.recipients.fates(letter.id);
        let delivery = settled(&fates, mailing.to.len(), stopped, endpoint);
        if !matches!(delivery.verdict, Verdict::Retry { .. }) {
            self.recipients.forget(letter.id);
        }
        delivery
    }

    /// Those who have no fate yet, or may have another one.
    async fn to_each(
        &self,
        mailing: &Mailing,
        endpoint: &Endpoint,
        mail: &[u8],
        id: &str,
    ) -> Result<(), Stopped> {
        let mut session = Session::open(&mailing.server).await?;
        for (index, recipient) in mailing.to.iter().enumerate() {
            if self.recipients.is_settled(id, index) {
                continue;
            }
            let (from, to) = (&mailing.from.email, &recipient.email);
            let answer = session.send(from, to, mail).await?;
            let verdict = email::judge(answer.code, &answer.text, endpoint);
            self.recipients
                .note(id, index, Fate::new(answer.code, verdict));
        }
        // All are served; how the server says good-bye does not matter.
        session.close().await;
        Ok(())
    }
}

/// With all recipients in its head, as each of them may know of the others.
fn written(mail: &Mail, mailing: &Mailing) -> Option<Vec<u8>> {
    let to = |builder: lettre::message::MessageBuilder, to: &Mailbox| builder.to(to.clone());
    let builder = Message::builder()
        .from(mailing.from.clone())
        .date(from_unix_millis(mail.date.0))
        .subject(mail.subject.clone());
    let mut builder = mailing.to.iter().fold(builder, to);
    for (name, value) in &mail.headers {
        let name = HeaderName::new_from_ascii((*name).to_owned()).ok()?;
        builder = builder.raw_header(HeaderValue::new(name, value.clone()));
    }
    let body = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
    Some(builder.multipart(body).ok()?.formatted())
}

/// Taken by some is delivered; while one may still take it, it is to be tried again.
fn settled(
    fates: &[(usize, Fate)],
    recipients: usize,
    stopped: Option<Stopped>,
    endpoint: &Endpoint,
) -> Delivery {
    let is_open = |fate: &&(usize, Fate)| matches!(fate.1.verdict, Verdict::Retry { .. });
    let open = fates.iter().find(is_open);
    if open.is_some() || fates.len() < recipients {
        return match (stopped, open) {
            (Some(stopped), _) => stopped.delivery(endpoint),
            (None, Some((_, fate))) => {
                Delivery::new(fate.verdict.clone(), Some(fate.code), String::new())
            }
            (None, None) => Delivery::without_answer("not all recipients were served"),
        };
    }
    let refused = |fate: &&(usize, Fate)| matches!(fate.1.verdict, Verdict::Refused { .. });
    let refused: Vec<&(usize, Fate)> = fates.iter().filter(refused).collect();
    let taken = recipients - refused.len();
    match refused.first() {
        None => {
            let answer = format!("SMTP 250: taken for {recipients} of {recipients}");
            Delivery::new(Verdict::Delivered, Some(250), answer)
        }
        Some((_, fate)) if taken == 0 => {
            Delivery::new(fate.verdict.clone(), Some(fate.code), String::new())
        }
        Some((index, fate)) => {
            let (number, reason) = (index + 1, fate.reason());
            let answer = format!(
                "taken for {taken} of {recipients}; refused for number {number} of `to`: {reason}"
            );
            Delivery::new(Verdict::Delivered, Some(250), answer)
        }
    }
}
