//! [`tell`]: the messages that are due.

use super::intent::{Intent, IntentAlert, IntentKind};
use super::record::{Incident, Member, Shown, Told};
use crate::alerts::lifecycle::EndKind;
use crate::alerts::rule::{Rule, Trigger};
use crate::alerts::settings::Notify;
use crate::alerts::severity::Severity;
use crate::alerts::suppress::Suppression;

/// A channel, as far as it matters who is told what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub channel: String,
    pub min_severity: Severity,
}

/// What does not change within a round.
#[derive(Clone, Copy)]
pub struct Telling<'t> {
    pub rules: &'t [Rule],
    pub recipients: &'t [Recipient],
    pub notify: &'t Notify,
    pub at_ms: i64,
}

/// For each channel, compares what it was told of each incident with what may be told.
pub fn tell(incidents: &mut [Incident], telling: Telling<'_>) -> Vec<Intent> {
    let mut intents = Vec::new();
    for incident in incidents
        .iter_mut()
        .filter(|it| !it.is_settled(telling.at_ms))
    {
        // A channel that is gone is owed nothing.
        incident.told.retain(|channel, _| {
            let mut recipients = telling.recipients.iter();
            recipients.any(|recipient| recipient.channel == *channel)
        });
        for recipient in telling.recipients {
            let told = incident.told.get(&recipient.channel).cloned();
            let mut told = told.unwrap_or_default();
            let channel = Channel {
                telling,
                recipient,
                incident,
            };
            intents.extend(channel.next(&mut told));
            incident.told.insert(recipient.channel.clone(), told);
        }
    }
    intents
}

struct Channel<'c> {
    telling: Telling<'c>,
    recipient: &'c Recipient,
    incident: &'c Incident,
}

impl Channel<'_> {
    /// The message that is due now, if one is, noted in `told`.
    fn next(&self, told: &mut Told) -> Option<Intent> {
        // A clock that was set back must not hold up anything.
        told.last_ms = told.last_ms.min(self.telling.at_ms);
        told.remind_from_ms = told.remind_from_ms.min(self.telling.at_ms);
        let target = self.target(told);
        let Some(kind) = self.kind(told, &target) else {
            told.news_since_ms = None;
            // The time in which nobody is to be reminded does not count towards the next reminder.
            told.remind_from_ms = self.telling.at_ms;
            return None;
        };
        let waits_for_others = matches!(
            kind,
            IntentKind::Opened { .. } | IntentKind::Resolved { .. }
        );
        let since_ms = told.news_since_ms.filter(|_| waits_for_others);
        let since_ms = since_ms.map_or(self.telling.at_ms, |it| it.min(self.telling.at_ms));
        told.news_since_ms = waits_for_others.then_some(since_ms);
        if !self.is_due(kind, told, &target, since_ms) {
            return None;
        }
        Some(self.say(kind, told, target))
    }

    /// What the channel would have been told if it were told now. What is muted stays as it was.
    fn target(&self, told: &Told) -> Vec<Shown> {
        let members = self.incident.members.iter();
        let shown = members.filter_map(|member| {
            let mut shown = told.members.iter();
            let before = shown.find(|it| member.is(&it.rule, &it.subject));
            if before.is_none() && !self.is_for_channel(member) {
                return None;
            }
            match (self.suppression(member), before) {
                (Some(Suppression::Flapping), Some(before)) => Some(Shown {
                    is_flapping: true,
                    ..before.clone()
                }),
                (Some(_), before) => before.cloned(),
                // It began and ended without a word.
                (None, None) if member.ended.is_some() && !self.ended_with_all(member, told) => {
                    None
                }
                (None, _) => Some(Shown {
                    rule: member.rule.clone(),
                    subject: member.subject.clone(),
                    episode: member.episode.clone(),
                    severity: self.severity(member, before),
                    has_ended: member.ended.is_some(),
                    data_lost: member.data_lost.is_some(),
                    is_flapping: false,
                }),
            }
        });
        shown.collect()
    }

    /// Of an incident that is over all can be told together, causes and consequences.
    fn suppression<'m>(&self, member: &'m Member) -> Option<&'m Suppression> {
        let suppression = member.suppressed_by.as_ref();
        suppression.filter(|_| self.incident.is_open() || !member.follows() || member.is_muted)
    }

    /// An event that nobody held back is a line of the last message, if there was no other.
    fn ended_with_all(&self, member: &Member, told: &Told) -> bool {
        let rule = self.rule(member);
        let is_event = rule.is_some_and(|rule| matches!(rule.trigger, Trigger::Events(_)));
        let is_news = member.ended.is_some_and(|it| it.at_ms >= told.last_ms);
        is_event && is_news && member.opened_while.is_none() && !self.incident.is_open()
    }

    /// A cause is told to whom its consequences would be told: they send nothing of their own.
    fn is_for_channel(&self, member: &Member) -> bool {
        self.hears_of(member) || self.heard_consequences(member).next().is_some()
    }

    /// As severe as the worst that it has brought about, for as long as the episode lasts.
    fn severity(&self, member: &Member, before: Option<&Shown>) -> Severity {
        let of_episode = before.filter(|before| before.episode == member.episode);
        let consequences = self.heard_consequences(member);
        let others = consequences.map(|it| it.severity);
        let others = others.chain(of_episode.map(|before| before.severity));
        others.fold(member.severity, Severity::max)
    }

    /// What goes on because of `cause`, near and far, and would be told to the channel if it stood
    /// alone.
    fn heard_consequences<'m>(&'m self, cause: &'m Member) -> impl Iterator<Item = &'m Member> {
        let mut reached = vec![cause];
        let mut at = 0;
        while let Some(&from) = reached.get(at) {
            let members = self.incident.members.iter();
            let direct = members.filter(|it| it.is_because_of(from) && it.ended.is_none());
            for member in direct {
                if !reached.iter().any(|it| std::ptr::eq(*it, member)) {
                    reached.push(member);
                }
            }
            at += 1;
        }
        let consequences = reached.into_iter().skip(1);
        consequences.filter(|it| !it.is_muted && self.hears_of(it))
    }

    fn rule(&self, member: &Member) -> Option<&Rule> {
        let mut rules = self.telling.rules.iter();
        rules.find(|rule| rule.name == member.rule)
    }

    /// Its rule and its severity reach the channel.
    fn hears_of(&self, member: &Member) -> bool {
        let rule = self.rule(member);
        rule.is_some_and(|rule| rule.channels.contains(&self.recipient.channel))
            && member.severity >= self.recipient.min_severity
    }

    /// What there is to tell, whether or not it is time.
    fn kind(&self, told: &Told, target: &[Shown]) -> Option<IntentKind> {
        let has_open = target.iter().any(|shown| !shown.has_ended);
        if !told.is_open {
            let reopened = told.count > 0;
            return has_open.then_some(IntentKind::Opened { reopened });
        }
        if !has_open {
            // A consequence that lasts a little longer than its cause is part of it.
            let is_over = !self.has_open_followers();
            let ended_by = self.ended_by(target);
            return is_over.then_some(IntentKind::Resolved { ended_by });
        }
        let is_taken = self.incident.acknowledged.is_some();
        if target != told.members && (!is_taken || is_urgent(told, target)) {
            return Some(IntentKind::Updated);
        }
        let is_told_of = |shown: &Shown| {
            let member = self.incident.member(&shown.rule, &shown.subject);
            !shown.has_ended && member.is_some_and(|member| member.suppressed_by.is_none())
        };
        (!is_taken && target.iter().any(is_told_of)).then_some(IntentKind::Reminder)
    }

    fn has_open_followers(&self) -> bool {
        let mut members = self.incident.members.iter();
        members.any(|it| it.follows() && it.ended.is_none() && self.hears_of(it))
    }

    fn ended_by(&self, target: &[Shown]) -> EndKind {
        let ends = target.iter().filter_map(|shown| {
            let member = self.incident.member(&shown.rule, &shown.subject)?;
            member.ended
        });
        let last = ends.max_by_key(|ended| (ended.at_ms, ended.end != EndKind::Expired));
        last.map_or(EndKind::Resolved, |ended| ended.end)
    }

    fn is_due(&self, kind: IntentKind, told: &Told, target: &[Shown], since_ms: i64) -> bool {
        let notify = self.telling.notify;
        let at_ms = self.telling.at_ms;
        let (from_ms, wait) = match kind {
            IntentKind::Opened { .. } | IntentKind::Resolved { .. } => {
                let is_critical = severity_of(target) == Some(Severity::Critical);
                let most = if is_critical {
                    Notify::CRITICAL_WAIT
                } else {
                    notify.group_wait
                };
                (since_ms, most.min(notify.group_wait))
            }
            IntentKind::Updated if is_urgent(told, target) => return true,
            IntentKind::Updated => (told.last_ms, notify.group_interval),
            IntentKind::Reminder => (told.last_ms.max(told.remind_from_ms), notify.repeat_every),
        };
        let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        at_ms.saturating_sub(from_ms) >= wait
    }

    fn say(&self, kind: IntentKind, told: &mut Told, target: Vec<Shown>) -> Intent {
        let is_said = |member: &&Member| {
            let mut shown = target.iter();
            shown.any(|it| member.is(&it.rule, &it.subject))
                || (member.follows() && member.ended.is_none() && self.hears_of(member))
        };
        // What the incident is called by stands first.
        let first = self.incident.members.get(self.incident.headline);
        let others = self.incident.members.iter().enumerate();
        let others = others.filter(|(at, _)| *at != self.incident.headline);
        let members = first.into_iter().chain(others.map(|(_, member)| member));
        let alerts = members.filter(is_said).map(IntentAlert::of).collect();
        told.count = told.count.saturating_add(1);
        told.last_ms = self.telling.at_ms;
        told.news_since_ms = None;
        let highest = severity_of(&target).unwrap_or_default();
        match kind {
            IntentKind::Opened { .. } => {
                told.is_open = true;
                told.severity = highest;
                told.members = target;
            }
            IntentKind::Updated | IntentKind::Reminder => {
                told.severity = told.severity.max(highest);
                told.members = target;
            }
            IntentKind::Resolved { .. } => {
                told.is_open = false;
                told.members = Vec::new();
            }
        }
        let (channel, at_ms) = (&self.recipient.channel, self.telling.at_ms);
        Intent::new(self.incident, channel, kind, told.count, at_ms, alerts)
    }
}

/// It can't wait for others: it is worse than what was told, or the last word for a while.
fn is_urgent(told: &Told, target: &[Shown]) -> bool {
    let is_worse = severity_of(target).is_some_and(|highest| highest > told.severity);
    let begins_to_flap = |shown: &Shown| {
        let mut before = told.members.iter();
        let before = before.find(|it| it.rule == shown.rule && it.subject == shown.subject);
        shown.is_flapping && before.is_some_and(|before| !before.is_flapping)
    };
    is_worse || target.iter().any(begins_to_flap)
}

/// The highest of what goes on; at the end, of what was.
fn severity_of(target: &[Shown]) -> Option<Severity> {
    let open = target.iter().filter(|shown| !shown.has_ended);
    let open = open.map(|shown| shown.severity).max();
    open.or_else(|| target.iter().map(|shown| shown.severity).max())
}
