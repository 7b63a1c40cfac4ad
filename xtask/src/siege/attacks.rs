//! What strangers, careless clients and stolen tokens do, each again and again at a pace that leaves
//! the machine to the service: the siege tests what a request costs, not who has more cores.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Result;

use super::raw;
use super::schemas;
use super::target::Target;

type Act = Box<dyn FnMut(&Target, u64) -> Result<Option<u16>> + Send>;

pub struct Attack {
    name: &'static str,
    pause: Duration,
    act: Act,
}

/// What an attack got, round by round.
pub struct Outcome {
    pub name: &'static str,
    pub rounds: u64,
    /// Rounds whose connection ended without an answer.
    pub cut_off: u64,
    pub by_status: BTreeMap<u16, u64>,
}

impl Attack {
    fn new(
        name: &'static str,
        pause_ms: u64,
        act: impl FnMut(&Target, u64) -> Result<Option<u16>> + Send + 'static,
    ) -> Self {
        Self {
            name,
            pause: Duration::from_millis(pause_ms),
            act: Box::new(act),
        }
    }

    pub fn run(mut self, target: &Target, stop: &AtomicBool) -> Outcome {
        let mut outcome = Outcome {
            name: self.name,
            rounds: 0,
            cut_off: 0,
            by_status: BTreeMap::new(),
        };
        while !stop.load(Ordering::Relaxed) {
            match (self.act)(target, outcome.rounds) {
                Ok(Some(status)) => *outcome.by_status.entry(status).or_default() += 1,
                Ok(None) => {}
                Err(_) => outcome.cut_off += 1,
            }
            outcome.rounds += 1;
            thread::sleep(self.pause);
        }
        outcome
    }
}

pub fn all() -> Vec<Attack> {
    vec![
        Attack::new("wrong passwords from many addresses", 100, wrong_password),
        Attack::new("bytes that are no HTTP", 5, no_http),
        Attack::new("bodies that drip", 1000, dripping()),
        Attack::new("schemas that explode", 500, exploding_schema),
        Attack::new("cards that explode", 500, exploding_card),
        Attack::new("patches of many members", 500, long_patch),
        Attack::new("searches", 20, search),
        Attack::new("clients that hang up", 20, hang_up),
        Attack::new("odd paths", 10, odd_path),
        Attack::new("bodies that are too large", 500, large_body),
        Attack::new("viewers of the desk", 200, view),
        Attack::new("followers of the log", 500, follow),
    ]
}

fn wrong_password(target: &Target, round: u64) -> Result<Option<u16>> {
    let address = format!("10.{}.{}.{}", round % 7, round / 7 % 250, round % 250);
    let response = target
        .agent
        .post(target.at("/admin/login/"))
        .header("X-Forwarded-For", address)
        .header("Sec-Fetch-Site", "same-origin")
        .send_form([("username", "admin"), ("password", "a wrong password")])?;
    Ok(Some(response.status().as_u16()))
}

fn no_http(target: &Target, round: u64) -> Result<Option<u16>> {
    const CASES: [&[u8]; 6] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /`<> HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ];
    let index = usize::try_from(round)? % (CASES.len() + 1);
    match CASES.get(index) {
        Some(bytes) => raw::send(target, bytes),
        None => raw::send(target, &endless_headers()),
    }
}

fn endless_headers() -> Vec<u8> {
    let mut head = b"GET / HTTP/1.1\r\nHost: a\r\n".to_vec();
    for index in 0..4000 {
        head.extend_from_slice(format!("X-{index}: {}\r\n", "a".repeat(30)).as_bytes());
    }
    head
}

/// Up to 60 connections at a time, each of which sends one byte a second.
fn dripping() -> impl FnMut(&Target, u64) -> Result<Option<u16>> + Send {
    let mut open: Vec<TcpStream> = Vec::new();
    move |target, _| {
        open.retain_mut(|stream| stream.write_all(b"u").is_ok());
        while open.len() < 60 {
            let mut stream = raw::connect(target)?;
            stream.write_all(
                b"POST /admin/login/ HTTP/1.1\r\nHost: a\r\nSec-Fetch-Site: same-origin\r\n\
                  Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\n",
            )?;
            open.push(stream);
        }
        Ok(None)
    }
}

fn exploding_schema(target: &Target, round: u64) -> Result<Option<u16>> {
    let document = if round.is_multiple_of(2) {
        schemas::doubling(12 + round % 30, round)
    } else {
        schemas::patterns(40 + round % 100, round)
    };
    write(target, "/api/schemas/", &document.to_string())
}

fn exploding_card(target: &Target, round: u64) -> Result<Option<u16>> {
    let card = schemas::many_extensions(2000, round % 20);
    write(target, "/api/agentcards/", &card.to_string())
}

fn long_patch(target: &Target, _: u64) -> Result<Option<u16>> {
    let response = target
        .agent
        .patch(target.at("/api/agentcards/1/"))
        .header("Authorization", target.writing())
        .header("Content-Type", "application/merge-patch+json")
        .send(schemas::many_members(60_000))?;
    Ok(Some(response.status().as_u16()))
}

fn search(target: &Target, round: u64) -> Result<Option<u16>> {
    let paths = [
        format!("/api/agentcards/?name=siege{round}"),
        format!("/api/agentcards/?page={}", 1 + round % 50),
        format!("/api/agentcards/?tag=x{round}&ordering=-created_at"),
        "/api/agentcards/?page_size=100".to_owned(),
        "/api/agentcards/?name=%00".to_owned(),
    ];
    get(target, &pick(&paths, round), None)
}

fn hang_up(target: &Target, round: u64) -> Result<Option<u16>> {
    let mut stream = raw::connect(target)?;
    write!(
        stream,
        "GET /api/agentcards/?name=left{round} HTTP/1.1\r\nHost: a\r\n\r\n"
    )?;
    Ok(None)
}

fn odd_path(target: &Target, round: u64) -> Result<Option<u16>> {
    let paths = [
        format!("/{}", "%22".repeat(3000)),
        format!("/nowhere/{round}"),
        "/static/..%2f..%2fetc/passwd".to_owned(),
        "/admin/routes/GET/..%2f..%2fstatic/app.js".to_owned(),
        format!("/api/agentcards/{}/", u64::MAX),
        "/api/agentcards/%00/".to_owned(),
        format!("/?password%3D{round}&token=asd_{}", "A".repeat(43)),
    ];
    get(target, &pick(&paths, round), None)
}

fn large_body(target: &Target, round: u64) -> Result<Option<u16>> {
    let path = pick(&["/api/agentcards/", "/admin/login/"], round);
    write(target, path, &"[".repeat(2 << 20))
}

fn view(target: &Target, round: u64) -> Result<Option<u16>> {
    let paths = [
        "/admin/system-status/",
        "/admin/database/",
        "/admin/logs/?text=siege",
        "/admin/routes/",
        "/api/ops/status/",
        "/api/ops/errors/",
    ];
    get(target, pick(&paths, round), Some(&target.cookie))
}

/// Opens the stream of new lines and leaves it after its first bytes.
fn follow(target: &Target, _: u64) -> Result<Option<u16>> {
    raw::send(
        target,
        format!(
            "GET /api/ops/logs/follow/?file=app HTTP/1.1\r\nHost: a\r\nAuthorization: {}\r\n\r\n",
            target.watching()
        )
        .as_bytes(),
    )
}

fn get(target: &Target, path: &str, cookie: Option<&str>) -> Result<Option<u16>> {
    let mut request = target.agent.get(target.at(path));
    if let Some(cookie) = cookie {
        request = request.header("Cookie", cookie);
    }
    let mut response = request.call()?;
    response.body_mut().read_to_vec()?;
    Ok(Some(response.status().as_u16()))
}

fn write(target: &Target, path: &str, body: &str) -> Result<Option<u16>> {
    let response = target
        .agent
        .post(target.at(path))
        .header("Authorization", target.writing())
        .header("Content-Type", "application/json")
        .send(body)?;
    Ok(Some(response.status().as_u16()))
}

/// One after the other.
fn pick<T: Clone + Default>(choices: &[T], round: u64) -> T {
    usize::try_from(round)
        .ok()
        .and_then(|round| choices.get(round % choices.len()))
        .cloned()
        .unwrap_or_default()
}
