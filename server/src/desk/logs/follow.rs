//! `GET /api/ops/logs/follow/`: new lines as they come, as server-sent events. Each event's data is
//! a [`FoundLine`](app::dto::FoundLine), its id the position behind the line: a browser that comes
//! back sends it as `Last-Event-ID` and misses nothing. What rotation removed before it could be sent
//! is told by an event `skipped`.

use std::io;
use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, HeaderName};
use actix_web::{HttpRequest, HttpResponse, web};
use app::dto;
use bytes::Bytes;
use futures_util::stream;
use ops::log::search::{Follower, Hit, News, Skipped};
use tokio::time::{Instant, sleep};

use super::follow_limit::{Full, Seat};
use super::json::asked_by;
use super::{found_line, position};
use crate::auth::credential::Admission;
use crate::auth::guard::OpsReader;
use crate::auth::state::AuthState;
use crate::desk::state::DeskState;
use crate::http::error::ApiError;

/// How soon a new line is noticed, and that the service is about to stop.
const PAUSE: Duration = Duration::from_millis(200);
/// Proxies and browsers give up a connection on which nothing happens.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Then the browser comes back.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Keeps nginx from collecting what is to arrive at once.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// New log lines as they come, for a quarter of an hour
#[utoipa::path(get, path = "/api/ops/logs/follow/", tag = "desk", security(("session" = []), ("token" = [])),
    params(dto::LogQuery,
        ("after" = Option<String>, Query, description = "A page's `newest`: what comes after it"),
        ("Last-Event-ID" = Option<String>, Header, description = "Likewise, as browsers send it")),
    responses((status = 200, body = String,
        content_type = "text/event-stream", description = "Server-sent events: `data` is a line, `id` its \
            position. An event `skipped` says `{\"lines\": 12}`: so many, of all kinds, were rotated away \
            before they could be sent; `null` if nobody counted them")))]
pub async fn follow(
    reader: OpsReader,
    auth: web::Data<AuthState>,
    state: web::Data<DeskState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let asked = asked_by(&request)?;
    let terms = state.log.reader.terms(&asked.query)?;
    let seen = request.headers().get(LAST_EVENT_ID);
    let seen = seen
        .and_then(|id| id.to_str().ok())
        .filter(|id| !id.is_empty());
    let after = seen.or(asked.after.as_deref());
    let after = after.map(|text| position("after", text)).transpose()?;
    let seat = state.log.followers.take(reader.who).map_err(|full| match full {
        Full::All => ApiError::unavailable("Too many are following the logs. Try again in a moment."),
        Full::Own => ApiError::too_many_requests(
            "You follow the logs as often as one may at once. Close another page that follows them.",
        ),
    })?;

    let dir = state.log.reader.dir().to_owned();
    let removed = state.log.handle.removed(terms.page.file);
    let open = move || Follower::new(&dir, terms.page.file, terms.query, after, Some(removed));
    let follower = tokio::task::spawn_blocking(open)
        .await
        .map_err(ApiError::internal)?
        .map_err(ApiError::internal)?;
    let now = Instant::now();
    let following = Following {
        admission: Admission::new(auth, reader.credential),
        state,
        follower: Some(follower),
        greeting: Some(Bytes::from_static(b"retry: 2000\n: following\n\n")),
        is_behind: true,
        ends: now + LIFETIME,
        said: now,
        _seat: seat,
    };
    let body = stream::try_unfold(following, |mut following| async move {
        let next = following.next().await?;
        Ok::<_, io::Error>(next.map(|chunk| (chunk, following)))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((ACCEL_BUFFERING, "no"))
        .streaming(body))
}

struct Following {
    state: web::Data<DeskState>,
    admission: Admission,
    /// None while a blocking thread has it.
    follower: Option<Follower>,
    greeting: Option<Bytes>,
    is_behind: bool,
    ends: Instant,
    /// When something was sent last.
    said: Instant,
    _seat: Seat,
}

impl Following {
    /// What to send next; None when it is time to end.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        if let Some(greeting) = self.greeting.take() {
            return Ok(Some(greeting));
        }
        loop {
            if self.state.phase.is_draining() || Instant::now() >= self.ends {
                return Ok(None);
            }
            if !self.admission.stands().await {
                return Ok(None);
            }
            if !self.is_behind {
                sleep(PAUSE).await;
            }
            let news = self.poll().await?;
            self.is_behind = news.has_more;
            let skipped = news.skipped.map(skipped);
            let events = news.hits.iter().filter_map(event);
            let text: String = skipped.into_iter().chain(events).collect();
            if !text.is_empty() {
                self.said = Instant::now();
                return Ok(Some(text.into()));
            }
            if self.said.elapsed() >= HEARTBEAT {
                self.said = Instant::now();
                return Ok(Some(Bytes::from_static(b": still here\n\n")));
            }
        }
    }

    async fn poll(&mut self) -> io::Result<News> {
        let Some(mut follower) = self.follower.take() else {
            return Err(io::Error::other("the follower was lost"));
        };
        let polled = tokio::task::spawn_blocking(move || {
            let news = follower.poll();
            (follower, news)
        });
        let (follower, news) = polled.await.map_err(io::Error::other)?;
        self.follower = Some(follower);
        news
    }
}

fn skipped(skipped: Skipped) -> String {
    let id = skipped.next.map(|next| format!("id: {next}\n"));
    let data = serde_json::json!({ "lines": skipped.lines });
    format!("event: skipped\n{}data: {data}\n\n", id.unwrap_or_default())
}

/// JSON has no line break of its own, so that one `data:` holds it.
fn event(hit: &Hit) -> Option<String> {
    let data = serde_json::to_string(&found_line(hit)).ok()?;
    Some(format!("id: {}\ndata: {data}\n\n", hit.behind()))
}
