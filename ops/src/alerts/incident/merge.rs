//! [`merge`]: an incident that two have changed who could not see each other, as one.

use super::record::{Incident, Member, Shown, Told};

/// What each has changed since `base` counts; where both did, it is `theirs`, which others have seen.
/// Who told somebody of an alert has told it for both.
pub fn merge(base: &Incident, mine: &Incident, theirs: &Incident) -> Incident {
    let mut merged = theirs.clone();
    for member in &mine.members {
        let before = base.member(&member.rule, &member.subject);
        let mut known = merged.members.iter_mut();
        match known.find(|it| it.is(&member.rule, &member.subject)) {
            None => merged.members.push(member.clone()),
            Some(known) if before == Some(&*known) => known.clone_from(member),
            Some(_) => {}
        }
    }
    for (channel, told) in &mine.told {
        let before = base.told.get(channel);
        let told = match theirs.told.get(channel) {
            Some(known) if before != Some(known) && before == Some(told) => known.clone(),
            Some(known) if before != Some(known) => both(known, told, &merged.members),
            _ => told.clone(),
        };
        merged.told.insert(channel.clone(), told);
    }
    if theirs.acknowledged == base.acknowledged {
        merged.acknowledged.clone_from(&mine.acknowledged);
    }
    merged.severity = mine.severity.max(theirs.severity);
    let is_over = merged.members.iter().all(|member| member.ended.is_some());
    let closed_ms = mine.closed_ms.max(theirs.closed_ms);
    merged.closed_ms = closed_ms.filter(|_| is_over);
    merged
}

/// What a channel has heard from either.
fn both(theirs: &Told, mine: &Told, members: &[Member]) -> Told {
    let said = members.iter().filter_map(|member| {
        let is_it = |shown: &&Shown| member.is(&shown.rule, &shown.subject);
        let of_episode = |shown: &&Shown| is_it(shown) && shown.episode == member.episode;
        let mut all = theirs.members.iter().chain(&mine.members);
        let first = all.clone().find(of_episode);
        first.or_else(|| all.find(is_it)).cloned()
    });
    Told {
        count: theirs.count.max(mine.count),
        is_open: theirs.is_open || mine.is_open,
        last_ms: theirs.last_ms.max(mine.last_ms),
        severity: theirs.severity.max(mine.severity),
        remind_from_ms: theirs.remind_from_ms.max(mine.remind_from_ms),
        news_since_ms: theirs.news_since_ms.or(mine.news_since_ms),
        members: said.collect(),
    }
}
