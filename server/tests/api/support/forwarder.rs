//! A fixed address that leads to one server now and to another one later, as a balancer or a name does.

use std::sync::{Arc, Mutex};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub struct Forwarder {
    pub port: u16,
    target: Arc<Mutex<u16>>,
    serving: JoinHandle<()>,
}

impl Forwarder {
    /// To a port of this machine.
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let target = Arc::new(Mutex::new(port));
        let leads_to = Arc::clone(&target);
        let serving = tokio::spawn(async move {
            while let Ok((mut inbound, _)) = listener.accept().await {
                let port = *leads_to.lock().unwrap();
                tokio::spawn(async move {
                    if let Ok(mut outbound) = TcpStream::connect(("127.0.0.1", port)).await {
                        _ = copy_bidirectional(&mut inbound, &mut outbound).await;
                    }
                });
            }
        });
        Self {
            port: own,
            target,
            serving,
        }
    }

    /// New connections lead there from now on; those that are open stay where they are.
    pub fn lead_to(&self, port: u16) {
        *self.target.lock().unwrap() = port;
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
