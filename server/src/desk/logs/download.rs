//! `GET /api/ops/logs/download/`: the lines that the log page shows, and all that are older, as a
//! file. Newest first; each line is as it stands in the log.

use std::collections::VecDeque;
use std::io;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::{HttpRequest, HttpResponse, web};
use app::dto;
use bytes::Bytes;
use futures_util::stream;
use ops::clock::rfc3339_millis;
use ops::log::search::Position;
use serde_json::json;

use super::Terms;
use super::json::asked_by;
use crate::auth::credential::Admission;
use crate::auth::guard::OpsReader;
use crate::auth::state::AuthState;
use crate::desk::state::DeskState;
use crate::http::error::ApiError;

/// Nobody reads more, and the service has more to do than to copy its logs.
const MAX_LINES: usize = 100_000;
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Lines that are read at once, and held.
const LINES_AT_ONCE: usize = 1000;

/// Log lines as a file, newest first, up to 100 000 lines or 64 MiB
#[utoipa::path(get, path = "/api/ops/logs/download/", tag = "desk", security(("session" = []), ("token" = [])),
    params(dto::LogQuery),
    responses((status = 200, body = String,
        content_type = "application/x-ndjson", description = "A line of the log a line")))]
pub async fn download(
    reader: OpsReader,
    auth: web::Data<AuthState>,
    state: web::Data<DeskState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let asked = asked_by(&request)?;
    let mut terms = state.log.reader.terms(&asked.query)?;
    let file = terms.page.file.name();
    // A limit is how much a page shows; who downloads wants it all, up to the cap.
    terms.page.limit = LINES_AT_ONCE;
    terms.page.histogram = false;
    let name = format!("{}-{}.ndjson", file.trim_end_matches(".log"), stamp(&state));
    let download = Download {
        admission: Admission::new(auth, reader.credential),
        state,
        terms,
        ready: VecDeque::new(),
        lines: 0,
        bytes: 0,
        is_done: false,
    };
    let body = stream::try_unfold(download, |mut download| async move {
        let next = download.next().await?;
        Ok::<_, io::Error>(next.map(|chunk| (chunk, download)))
    });
    Ok(HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(body))
}

/// `20261124T032240Z`
fn stamp(state: &DeskState) -> String {
    let now = rfc3339_millis(state.clock.now());
    let seconds = now.split('.').next().unwrap_or_default();
    format!("{}Z", seconds.replace(['-', ':'], ""))
}

struct Download {
    state: web::Data<DeskState>,
    admission: Admission,
    terms: Terms,
    ready: VecDeque<Bytes>,
    lines: usize,
    bytes: usize,
    is_done: bool,
}

impl Download {
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        while self.ready.is_empty() && !self.is_done {
            self.read_on().await?;
        }
        Ok(self.ready.pop_front())
    }

    async fn read_on(&mut self) -> io::Result<()> {
        let found = self.state.log.reader.search(self.terms.clone()).await?;
        let mut chunk = Vec::new();
        let mut last = None;
        for hit in &found.hits {
            if self.lines >= MAX_LINES || self.bytes >= MAX_BYTES {
                self.is_done = true;
                break;
            }
            chunk.extend_from_slice(&hit.line);
            chunk.push(b'\n');
            self.lines += 1;
            self.bytes += hit.line.len() + 1;
            last = Some(hit.position);
        }
        match found.older {
            Some(older) if !self.is_done => self.terms.page.before = Some(older),
            _ if self.is_done => chunk.extend(self.cut_line(last)),
            _ => self.is_done = true,
        }
        let is_to_stop = self.state.phase.is_draining() || !self.admission.stands().await;
        if is_to_stop && !self.is_done {
            self.is_done = true;
            chunk.extend(self.cut_line(last));
        }
        if !chunk.is_empty() {
            self.ready.push_back(chunk.into());
        }
        Ok(())
    }

    /// The last line of a download that is not whole says so.
    fn cut_line(&self, last: Option<Position>) -> Vec<u8> {
        let last = last.or(self.terms.page.before);
        let line = json!({
            "timestamp": rfc3339_millis(self.state.clock.now()),
            "level": "WARNING",
            "logger": "server::desk::logs::download",
            "message": format!("the download ends after {} lines; there is more", self.lines),
            "before": last.map(|position| position.to_string()),
        });
        let mut bytes = line.to_string().into_bytes();
        bytes.push(b'\n');
        bytes
    }
}
