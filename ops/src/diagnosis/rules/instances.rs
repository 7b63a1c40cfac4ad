//! Who has gone without a word.

use super::super::finding::{Finding, Severity, Subject};
use super::super::snapshot::Instance;
use super::super::thresholds::INSTANCE_MISSED_FOR;
use super::Context;

/// A silent instance is missed unless another one was started after it was last seen: each start
/// replaces one, on the same host if there is one there.
pub fn instances(context: &Context) -> Vec<Finding> {
    let all = &context.snapshot.instances;
    let mut silent: Vec<&Instance> = all.iter().filter(|one| one.is_silent).collect();
    let mut started: Vec<&Instance> = all.iter().filter(|one| one.is_live).collect();
    // The one that went first, with the first one that came after it.
    silent.sort_by_key(|one| one.seen_at);
    started.sort_by_key(|one| one.started_at);
    let mut is_replaced = |gone: &Instance, on_same_host: bool| {
        let replaces = |live: &&Instance| {
            live.started_at > gone.seen_at && (!on_same_host || host(live) == host(gone))
        };
        let found = started.iter().position(replaces);
        found.map(|at| started.remove(at)).is_some()
    };
    silent.retain(|gone| !is_replaced(gone, true));
    silent.retain(|gone| !is_replaced(gone, false));
    let is_missed = |gone: &&Instance| {
        let since = context.snapshot.now.duration_since(gone.seen_at);
        since.is_ok_and(|since| since < INSTANCE_MISSED_FOR)
    };
    let missed = silent.into_iter().filter(is_missed);
    missed
        .map(|gone| {
            let subject = Subject::Instance(gone.name.clone());
            Finding::new("instance_silent", Severity::Warning, subject)
                .with("instance", &*gone.name)
                .since(gone.seen_at)
        })
        .collect()
}

/// An instance is named by its host and its process.
fn host(instance: &Instance) -> &str {
    let named = instance.name.rsplit_once(':');
    named.map_or(&*instance.name, |(host, _)| host)
}
