//! What the engine found, as it crosses the wire.

use crate::traces::{TraceId, TraceUrl};
use app::dto::{
    FoundLine, LogBucket, LogHistogram, LogLevelState, LogName, LogPage, LogQuery, RequestStory,
    StoryLine,
};
use ops::clock::{from_unix_millis, rfc3339_millis};
use ops::log::LogFile;
use ops::log::TemporaryLevel;
use ops::log::search::{self, Counts, Found, Histogram, Hit, Severity, Story, parse_line};

/// `now` is RFC 3339.
pub fn page(query: LogQuery, found: Found, took_ms: f64, now: String) -> LogPage {
    LogPage {
        query,
        lines: found.hits.iter().map(line).collect(),
        older: found.older.map(|position| position.to_string()),
        newest: found.newest.map(|position| position.to_string()),
        searched_bytes: found.searched_bytes,
        total_bytes: found.total_bytes,
        stopped_early: found.stopped_early,
        histogram: found.histogram.map(histogram),
        took_ms,
        error: None,
        generated_at: now,
    }
}

pub fn line(hit: &Hit) -> FoundLine {
    FoundLine {
        position: hit.position.to_string(),
        line: parse_line(&hit.line),
    }
}

fn histogram(histogram: Histogram) -> LogHistogram {
    let bucket = |(start, counts): (i64, Counts)| LogBucket {
        t: rfc3339_millis(from_unix_millis(start)),
        debug: counts.of(Severity::Debug),
        info: counts.of(Severity::Info),
        warning: counts.of(Severity::Warning),
        error: counts.of(Severity::Error),
    };
    LogHistogram {
        bucket_seconds: u32::try_from(histogram.bucket_seconds).unwrap_or(u32::MAX),
        buckets: histogram.buckets.into_iter().map(bucket).collect(),
        is_complete: histogram.is_complete,
    }
}

/// `now` is RFC 3339.
pub fn story(id: String, story: Story, trace_url: Option<&TraceUrl>, now: String) -> RequestStory {
    let mut before = None;
    let lines = story.lines.iter().map(|line| {
        let gap = before.zip(line.millis);
        before = line.millis.or(before);
        StoryLine {
            files: line.files.iter().copied().map(name).collect(),
            gap_ms: gap.map(|(before, now)| (now - before) as f64),
            line: line.fields(),
        }
    });
    let lines: Vec<StoryLine> = lines.collect();
    let trace = lines.iter().find_map(trace_id);
    RequestStory {
        id,
        trace_id: trace.map(|trace| trace.to_string()),
        trace_url: trace_url.zip(trace).map(|(url, trace)| url.of(trace)),
        lines,
        request_id: story.request_id,
        searched_bytes: story.searched_bytes,
        total_bytes: story.total_bytes,
        stopped_early: story.stopped_early,
        error: None,
        generated_at: now,
    }
}

/// Any line may have a field of that name, with anything in it.
fn trace_id(line: &StoryLine) -> Option<TraceId> {
    let id = line.line.get("trace_id")?.as_str()?;
    TraceId::from_hex(id).filter(|read| read.to_string() == id)
}

fn name(file: LogFile) -> LogName {
    match file {
        LogFile::App => LogName::App,
        LogFile::Access => LogName::Access,
        LogFile::Error => LogName::Error,
        LogFile::Db => LogName::Db,
    }
}

/// A line as a person reads it, or as it stands in the file.
pub fn in_terminal(line: &[u8], as_json: bool) -> String {
    if as_json {
        String::from_utf8_lossy(line).into_owned()
    } else {
        search::show_line(line)
    }
}

/// As it crosses the wire.
pub fn level_state(level: &TemporaryLevel) -> LogLevelState {
    let state = level.state();
    LogLevelState {
        directives: state.directives,
        configured: state.configured,
        until: state.until.map(rfc3339_millis),
        changed_by: state.changed_by,
    }
}
