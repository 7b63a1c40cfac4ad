//! `logs`: search the log files, follow them, or tell a request's story; the service need not run.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use app::dto::{BadQuery, LogQuery};
use clap::Args;
use ops::clock::{Clock, SystemClock, unix_millis};
use ops::log::search::{Budget, Follower, Hit, Page, StoryLine, search, story};

use super::{Failure, write_line};
use crate::config::Config;
use crate::desk::logs::{Terms, asked, in_terminal};

/// How often a followed file is looked at.
const PAUSE: Duration = Duration::from_millis(200);

#[derive(Args)]
pub struct Arguments {
    /// Which log: app, access, error or db
    #[arg(long, default_value = "app")]
    file: String,
    /// This level and above: debug, info, warning or error
    #[arg(long)]
    level: Option<String>,
    /// Since when: a time such as 2026-11-24T03:22:40Z, or an age such as 15m, 1h or 7d
    #[arg(long)]
    since: Option<String>,
    /// Until when, likewise
    #[arg(long)]
    until: Option<String>,
    /// A text anywhere in the line, whatever the case of its letters
    #[arg(long, value_name = "TEXT")]
    grep: Option<String>,
    /// The whole story of one request out of all files, by its id or the id of its error
    #[arg(long, value_name = "ID", conflicts_with_all = ["file", "level", "since", "until", "grep", "route", "status", "field", "limit", "follow"])]
    request: Option<String>,
    /// The matched route, such as /api/agentcards/{id}/
    #[arg(long)]
    route: Option<String>,
    /// A status such as 404, or a class such as 5xx
    #[arg(long)]
    status: Option<String>,
    /// Any other field
    #[arg(long, value_name = "NAME:VALUE")]
    field: Option<String>,
    /// At most so many of the latest lines that match; with --follow 10 if not given
    #[arg(long, short = 'n', value_name = "LINES")]
    limit: Option<usize>,
    /// Go on with new lines as they come
    #[arg(long, short)]
    follow: bool,
    /// Lines as they stand in the files
    #[arg(long)]
    json: bool,
}

/// Without --limit.
const DEFAULT_LINES: usize = 1000;
const DEFAULT_LINES_BEFORE_FOLLOWING: usize = 10;

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (config, _) = Config::from_process()?;
    let dir = config.logging.dir;
    if !dir.is_dir() {
        return Err(Failure::at_run_time(format!(
            "there is no log directory {}; set LOG_DIR to where the service logs to",
            dir.display()
        )));
    }
    let ended = match &arguments.request {
        Some(id) => tell(&dir, id, arguments.json),
        None => find(&dir, arguments),
    };
    match ended {
        Ok(()) => Ok(()),
        Err(Ended::Wrong(failure)) => Err(failure),
        // `logs | head`: whoever read has had enough.
        Err(Ended::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(Ended::Io(error)) => Err(Failure::because(&error)),
    }
}

enum Ended {
    Wrong(Failure),
    Io(io::Error),
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Names the option that belongs to the query's field.
impl From<BadQuery> for Ended {
    fn from(bad: BadQuery) -> Self {
        let option = match bad.field.as_str() {
            "text" => "grep",
            field => field,
        };
        Self::Wrong(Failure::of_usage(format!("--{option}: {}", bad.message)))
    }
}

fn find(dir: &Path, arguments: &Arguments) -> Result<(), Ended> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let Terms { query, page } = Terms::of(&query(arguments)?, unix_millis(clock.now()))?;
    let default = if arguments.follow {
        DEFAULT_LINES_BEFORE_FOLLOWING
    } else {
        DEFAULT_LINES
    };
    let limit = arguments.limit.unwrap_or(default);
    let page = Page {
        limit,
        histogram: false,
        ..page
    };
    let file = page.file;
    let found = search(dir, &query, &page, &Budget::new(clock, None))?;
    if found.older.is_some() && arguments.limit.is_none() && !arguments.follow {
        let note = format!("the latest {limit} lines that match; --limit shows more");
        write_line(&mut io::stderr(), &note)?;
    }
    if limit > 0 {
        // In a terminal the newest belongs at the bottom.
        for hit in found.hits.iter().rev() {
            print(hit, arguments.json)?;
        }
    }
    if !arguments.follow {
        return Ok(());
    }
    let mut follower = Follower::new(dir, file, query, found.newest, None)?;
    loop {
        let news = follower.poll()?;
        if news.skipped.is_some() {
            let note = "lines are missing here: they were rotated away before they could be read";
            write_line(&mut io::stderr(), note)?;
        }
        for hit in &news.hits {
            print(hit, arguments.json)?;
        }
        if !news.has_more {
            std::thread::sleep(PAUSE);
        }
    }
}

fn query(arguments: &Arguments) -> Result<LogQuery, BadQuery> {
    let options = [
        ("file", Some(&arguments.file)),
        ("level", arguments.level.as_ref()),
        ("since", arguments.since.as_ref()),
        ("until", arguments.until.as_ref()),
        ("text", arguments.grep.as_ref()),
        ("route", arguments.route.as_ref()),
        ("status", arguments.status.as_ref()),
        ("field", arguments.field.as_ref()),
    ];
    let given = options
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.clone())));
    Ok(asked(&given.collect::<Vec<_>>())?.query)
}

fn print(hit: &Hit, as_json: bool) -> io::Result<()> {
    write_line(&mut io::stdout(), &in_terminal(&hit.line, as_json))
}

/// With the milliseconds since the line before in front.
fn tell(dir: &Path, id: &str, as_json: bool) -> Result<(), Ended> {
    let story = story(dir, id, &Budget::new(Arc::new(SystemClock), None))?;
    if story.lines.is_empty() {
        let nothing = format!("no log file knows a request or an error with the id {id}");
        return Err(Ended::Wrong(Failure::at_run_time(nothing)));
    }
    let mut before: Option<i64> = None;
    for StoryLine { line, millis, .. } in &story.lines {
        let text = in_terminal(line, as_json);
        let gap = before.zip(*millis).map(|(before, now)| now - before);
        before = millis.or(before);
        let text = match gap {
            _ if as_json => text,
            Some(gap) => format!("{:>8} ms  {text}", format!("+{gap}")),
            None => format!("{:>11}  {text}", ""),
        };
        write_line(&mut io::stdout(), &text)?;
    }
    Ok(())
}
