//! [`World`]: a store, a peer, and processes of the desk that come and go.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, UNIX_EPOCH};

use ops::alerts::Severity;
use ops::alerts::file::{ChannelKind, Known, WebhookFormat, load};
use ops::alerts::notify::Secret;
use ops::alerts::rule::Rule;
use ops::alerts::snapshot::{Reading, Sample, Snapshot, signals_of};
use ops::clock::ManualClock;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::peer::{Peer, Received};
use crate::alerting::channels::{Channel, Courier, Given};
use crate::alerting::evaluator::{Looks, make_turn};
use crate::alerting::sender::Sender;
use crate::alerting::setup::Setup;
use crate::alerting::spool::Spool;
use crate::alerting::{Alerting, Parts, queue};
use crate::db::Db;
use crate::db::migrate::{Schema, apply};
use crate::db::queries::alerts::{self, Asked, Document};
use crate::db::queries::notices;
use crate::db::url::DatabaseUrl;
use crate::ops_store::OpsStore;

const FILE: &str = "
version = 1
[notify]
group_by = [\"rule\"]
[[rule]]
name = \"cause\"
expr = \"requests(1m) > 1\"
every = \"10s\"
for_count = 2
severity = \"critical\"
[[rule]]
name = \"other\"
expr = \"requests(30m) > 1\"
every = \"10s\"
[[rule]]
name = \"follower\"
expr = \"requests(5m) > 1\"
every = \"10s\"
depends_on = [\"cause\"]
";

pub const RULES: [&str; 3] = ["cause", "other", "follower"];

const CHANNEL: &str = "peer";

/// What befalls a process in the midst of a step: once it was asked to go on so many times.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    None,
    /// It dies, and is started again.
    Crash(usize),
    /// It stands still while another one takes over and does the step, and then goes on.
    Freeze(usize),
    /// It stands still while another one takes over, goes on, and then the other one does the step.
    Overtake(usize),
}

#[derive(Clone, Debug)]
pub struct Step {
    /// Rules that see bad, or good, from now on.
    pub seen: Vec<(&'static str, bool)>,
    pub seconds: u64,
    /// With which the peer answers.
    pub answer: u16,
    pub fault: Fault,
}

pub struct World {
    directory: TempDir,
    url: DatabaseUrl,
    peer: Peer,
    runtime: Runtime,
    /// To look at the store beside all processes.
    db: Db,
    seen: BTreeMap<&'static str, bool>,
    elapsed: Duration,
    process: Option<Process>,
    started: usize,
}

/// What dies with a process: all that runs, and all that it knew.
struct Process {
    alerting: Arc<Alerting>,
    clock: Arc<ManualClock>,
    sender: Sender,
    runtime: Runtime,
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

fn rules() -> Vec<Rule> {
    let channels = [CHANNEL.to_owned()];
    let known = Known {
        channels: &channels,
        ..Known::default()
    };
    let mut rules = load(Some(FILE), known).unwrap().rules;
    rules.retain(|rule| RULES.contains(&rule.name.as_str()));
    rules
}

impl World {
    /// All is well, and has been for an hour.
    pub fn new() -> Self {
        _ = rustls::crypto::ring::default_provider().install_default();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ops.db");
        let url = DatabaseUrl::parse(&format!("sqlite://{}", path.display())).unwrap();
        let runtime = Runtime::new().unwrap();
        let migrated = apply(Schema::Ops, &url, runtime.handle());
        runtime.block_on(migrated).unwrap();
        let db = database(&url, &runtime);
        let mut world = Self {
            directory,
            url,
            peer: Peer::start(),
            runtime,
            db,
            seen: RULES.map(|rule| (rule, false)).into(),
            elapsed: Duration::from_secs(3600),
            process: None,
            started: 0,
        };
        world.process = Some(world.start());
        for _ in 0..3 {
            world.pass(Duration::from_secs(10));
            world.go_on();
        }
        world
    }

    fn start(&mut self) -> Process {
        self.started += 1;
        let runtime = runtime();
        let entered = runtime.enter();
        let store = OpsStore::new(database(&self.url, &runtime));
        store.prepared();
        let clock = Arc::new(ManualClock::new(UNIX_EPOCH + Duration::from_secs(1 << 30)));
        let url = format!("http://{}/", self.peer.address);
        let given = Given {
            kind: ChannelKind::Webhook,
            url: Some(Secret::new(url)),
            secret: None,
            from: None,
            to: Vec::new(),
            format: WebhookFormat::Standard,
        };
        let channel = Channel::new(CHANNEL, Severity::Info, given).unwrap();
        let alerting = Arc::new(Alerting::new(Parts {
            instance: format!("web-{}", self.started),
            run: 1,
            clock: Arc::clone(&clock) as _,
            store: Arc::new(store),
            courier: Courier::new().unwrap(),
            is_alone: false,
            dependencies: Vec::new(),
            is_one_disk: true,
            spool: Spool::new(self.directory.path().join("notices.spool")),
            setup: Setup {
                rules: rules(),
                notify: load(Some(FILE), Known::default()).unwrap().notify,
                maintenance: Vec::new(),
                channels: vec![Arc::new(channel)],
                declared: Vec::new(),
                public_url: None,
                heartbeat_url: None,
                file: None,
                fingerprint: None,
            },
        }));
        clock.advance(self.elapsed);
        runtime.block_on(queue::recover(&alerting));
        let sender = Sender::new(&alerting);
        drop(entered);
        Process {
            alerting,
            clock,
            sender,
            runtime,
        }
    }

    fn pass(&mut self, time: Duration) {
        self.elapsed += time;
        if let Some(process) = &self.process {
            process.clock.advance(time);
        }
    }

    pub fn take(&mut self, step: &Step) {
        self.seen.extend(step.seen.iter().copied());
        self.peer.answer.store(step.answer, Ordering::SeqCst);
        self.pass(Duration::from_secs(step.seconds));
        let before = self.documents();
        match step.fault {
            Fault::None => self.go_on(),
            Fault::Crash(polls) => {
                let looks = self.looks();
                let mut process = self.process.take().unwrap();
                let Process {
                    alerting,
                    sender,
                    runtime,
                    ..
                } = &mut process;
                let is_done = runtime.block_on(async {
                    let going = pin!(one_step(alerting, sender, &looks));
                    polled(going, polls).await
                });
                if is_done {
                    self.process = Some(process);
                    return;
                }
                drop(process);
                assert!(self.succeed(), "what died holds nothing");
                self.make_up(&before);
            }
            Fault::Freeze(polls) | Fault::Overtake(polls) => {
                let looks = self.looks();
                let mut process = self.process.take().unwrap();
                let Process {
                    alerting,
                    sender,
                    runtime,
                    ..
                } = &mut process;
                runtime.block_on(async {
                    let mut going = pin!(one_step(alerting, sender, &looks));
                    if polled(going.as_mut(), polls).await {
                        return;
                    }
                    // Beside it, not within its runtime.
                    std::thread::scope(|scope| {
                        let other = scope.spawn(|| {
                            if self.succeed() && matches!(step.fault, Fault::Freeze(_)) {
                                self.make_up(&before);
                            }
                        });
                        other.join().unwrap();
                    });
                    going.await;
                });
                if self.process.is_none() {
                    self.process = Some(process);
                } else {
                    drop(process);
                    self.make_up(&before);
                }
            }
        }
    }

    /// Another process takes over, unless one that stands still does so in the midst of a transaction.
    fn succeed(&mut self) -> bool {
        let held = alerts::release_lease(&self.db, format!("web-{}", self.started));
        if self.runtime.block_on(held).is_err() {
            return false;
        }
        let process = self.start();
        process.runtime.block_on(exchange(&process.alerting));
        self.process = Some(process);
        true
    }

    /// It does the step, if that was not done by then.
    fn make_up(&mut self, before: &[Document]) {
        if self.documents() == before {
            self.go_on();
        }
    }

    fn go_on(&mut self) {
        let looks = self.looks();
        let process = self.process.as_mut().unwrap();
        let going = one_step(&process.alerting, &mut process.sender, &looks);
        process.runtime.block_on(going);
    }

    /// All becomes good, and nobody is kept from hearing it.
    pub fn settle(&mut self) {
        self.seen = RULES.map(|rule| (rule, false)).into();
        self.peer.answer.store(200, Ordering::SeqCst);
        for seconds in [10, 10, 10, 40, 10, 10, 700, 700, 700, 700, 10] {
            self.pass(Duration::from_secs(seconds));
            self.go_on();
        }
    }

    fn looks(&self) -> Looks {
        let mut snapshot = Snapshot::default();
        for rule in &rules() {
            let is_bad = self.seen[rule.name.as_str()];
            for signal in signals_of([rule]) {
                let value = if is_bad { 9.0 } else { 0.0 };
                let reading = Reading::Known(Sample::fresh(value));
                snapshot.set(signal, None, reading);
            }
        }
        Looks {
            of_instance: snapshot.clone(),
            of_service: snapshot,
            due: RULES.map(str::to_owned).into(),
            ..Looks::default()
        }
    }

    /// They tell when rules were last evaluated.
    fn documents(&self) -> Vec<Document> {
        let read = alerts::read(&self.db);
        self.runtime.block_on(read).unwrap().documents
    }

    /// By incident, in the order in which they were opened: what was written into the outbox.
    pub fn told(&self) -> Vec<Vec<(i64, String)>> {
        self.runtime.block_on(async {
            let stored = alerts::read(&self.db).await.unwrap();
            assert_eq!(stored.incidents, [], "all are settled");
            assert_eq!(notices::queued(&self.db).await.unwrap(), []);
            let asked = Asked {
                limit: 1000,
                ..Asked::default()
            };
            let mut told = Vec::new();
            let incidents = alerts::list(&self.db, asked).await.unwrap();
            for incident in incidents.into_iter().rev() {
                let rows = notices::of_incident(&self.db, CHANNEL.to_owned(), incident.id);
                let rows = rows.await.unwrap().into_iter();
                told.push(rows.map(|row| (row.ordinal, row.kind)).collect());
            }
            told
        })
    }

    pub fn received(&self) -> Vec<Received> {
        self.peer.received()
    }
}

fn database(url: &DatabaseUrl, runtime: &Runtime) -> Db {
    let slow = Duration::from_secs(60);
    let _entered = runtime.enter();
    Db::new(url.clone(), 2, slow, runtime.handle().clone())
}

/// A turn of the evaluator, and then all that is due to be sent.
async fn one_step(alerting: &Arc<Alerting>, sender: &mut Sender, looks: &Looks) {
    let leads = exchange(alerting).await;
    let mut looks = looks.clone();
    looks.of_instance.leads = leads;
    looks.of_service.leads = leads;
    make_turn(alerting, &alerting.setup(), &looks, None, &BTreeMap::new()).await;
    loop {
        sender.round().await;
        if sender.is_idle() {
            return;
        }
        alerting.to_send.notified().await;
    }
}

/// Whether it is done before it was asked to go on so many times.
async fn polled<F: Future>(mut going: std::pin::Pin<&mut F>, times: usize) -> bool {
    let mut left = times;
    std::future::poll_fn(|context| {
        if left == 0 {
            return std::task::Poll::Ready(false);
        }
        left -= 1;
        going.as_mut().poll(context).map(|_| true)
    })
    .await
}

/// Whether it evaluates what all see together.
async fn exchange(alerting: &Alerting) -> bool {
    let now = alerting.clock.monotonic();
    let mut book = alerting.book().await;
    let (store, name) = (&alerting.store, &alerting.instance);
    book.exchange(store, name, now).await;
    book.leads(alerting.is_alone, now)
}
