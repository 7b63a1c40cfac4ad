//! A fixed address that leads to one server now and to another one later, or to none, as a balancer or
//! a name does.

use std::sync::{Arc, Mutex};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

pub struct Forwarder {
    pub port: u16,
    ways: Arc<Mutex<Ways>>,
    serving: JoinHandle<()>,
}

struct Ways {
    /// `None`: what connects is hung up on.
    target: Option<u16>,
    open: JoinSet<()>,
}

impl Forwarder {
    /// To a port of this machine.
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let ways = Arc::new(Mutex::new(Ways {
            target: Some(port),
            open: JoinSet::new(),
        }));
        let shared = Arc::clone(&ways);
        let serving = tokio::spawn(async move {
            while let Ok((mut inbound, _)) = listener.accept().await {
                let mut ways = shared.lock().unwrap();
                let Some(port) = ways.target else { continue };
                ways.open.spawn(async move {
                    if let Ok(mut outbound) = TcpStream::connect(("127.0.0.1", port)).await {
                        _ = copy_bidirectional(&mut inbound, &mut outbound).await;
                    }
                });
            }
        });
        Self {
            port: own,
            ways,
            serving,
        }
    }

    /// New connections lead there from now on; those that are open stay where they are.
    pub fn lead_to(&self, port: u16) {
        self.ways.lock().unwrap().target = Some(port);
    }

    /// Open connections end, and new ones lead nowhere.
    pub fn cut(&self) {
        let mut ways = self.ways.lock().unwrap();
        ways.target = None;
        ways.open.abort_all();
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
