//! Somebody who asks for liveness all the time, whatever else a test does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::http::Http;

const ASK_EVERY: Duration = Duration::from_millis(50);

/// Liveness touches nothing that could make it slow, even on a busy machine.
const LIMIT: Duration = Duration::from_secs(1);

pub struct Pulse {
    stop: Arc<AtomicBool>,
    asking: JoinHandle<u32>,
}

impl Pulse {
    pub fn of(http: &Http) -> Self {
        let http = http.clone();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let asking = tokio::spawn(async move {
            let mut asked = 0;
            while !stopped.load(Ordering::Relaxed) {
                let answer = http.get("/health/").await;
                assert_eq!(answer.status, 200, "{}", answer.body);
                assert!(answer.elapsed < LIMIT, "liveness took {:?}", answer.elapsed);
                asked += 1;
                tokio::time::sleep(ASK_EVERY).await;
            }
            asked
        });
        Self { stop, asking }
    }

    /// Fails if liveness ever was anything but a quick 200.
    pub async fn was_steady(self) {
        self.stop.store(true, Ordering::Relaxed);
        let asked = self.asking.await.unwrap();
        assert!(asked > 0, "nobody asked");
    }
}
