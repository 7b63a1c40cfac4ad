//! What begins, and what does not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::*;
use crate::db::Db;
use crate::db::url::DatabaseUrl;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_waits_for_any_more_does_not_begin_and_what_has_begun_ends() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("db.sqlite3");
    let url = DatabaseUrl::Sqlite { path };
    let db = Db::new(url, 1, Duration::from_secs(1), Handle::current());

    let (first, release, ended) = held(&db).await;

    let begun = Arc::new(AtomicBool::new(false));
    let (waits, begins) = (db.clone(), Arc::clone(&begun));
    let second = tokio::spawn(async move {
        let waiting = waits.run("second.wait", move |_| {
            begins.store(true, Ordering::Relaxed);
            Box::pin(async { Ok(()) })
        });
        waiting.await
    });
    until(|| db.waiting() == 1).await;

    for client in [first, second] {
        client.abort();
        assert!(client.await.unwrap_err().is_cancelled());
    }
    until(|| db.waiting() == 0).await;
    release.send(()).unwrap();
    let third = db.run("third.run", |_| Box::pin(async { Ok(()) }));
    third.await.unwrap();
    assert!(ended.load(Ordering::Relaxed));
    assert!(!begun.load(Ordering::Relaxed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_turn_to_write_keeps_no_reader_waiting() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("db.sqlite3");
    let url = DatabaseUrl::Sqlite { path };
    let db = Db::new(url, 2, Duration::from_secs(1), Handle::current());

    let (first, release, _) = held(&db).await;
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut writers = Vec::new();
    for number in 0..5 {
        let (writes, order) = (db.clone(), Arc::clone(&order));
        writers.push(tokio::spawn(async move {
            let write = writes.transaction("others.write", move |_| {
                order.lock().unwrap().push(number);
                Box::pin(async { Ok(()) })
            });
            write.await
        }));
        // It has asked before the next one does.
        until(|| db.waiting() == number + 1).await;
    }
    let read = db.run("reader.read", |_| Box::pin(async { Ok(()) }));
    read.await.unwrap();

    release.send(()).unwrap();
    first.await.unwrap().unwrap();
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
}

type Asked = JoinHandle<Result<(), DbError>>;

/// A transaction that has begun, what ends it, and whether it has.
async fn held(db: &Db) -> (Asked, oneshot::Sender<()>, Arc<AtomicBool>) {
    let (begun, has_begun) = oneshot::channel();
    let (release, released) = oneshot::channel::<()>();
    let ended = Arc::new(AtomicBool::new(false));
    let (db, ends) = (db.clone(), Arc::clone(&ended));
    let asked = tokio::spawn(async move {
        let held = db.transaction("first.hold", move |_| {
            Box::pin(async move {
                begun.send(()).unwrap();
                released.await.unwrap();
                ends.store(true, Ordering::Relaxed);
                Ok(())
            })
        });
        held.await
    });
    has_begun.await.unwrap();
    (asked, release, ended)
}

async fn until(holds: impl Fn() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("not within five seconds");
}
