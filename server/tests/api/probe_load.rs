//! A thousand probes a second cost the database next to nothing.

use std::time::{Duration, Instant};

use crate::support::Home;
use crate::support::postgres::Postgres;

const ASKERS: usize = 16;
const PROBES: usize = 1000;
const AT_LEAST: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_probes_a_second_are_at_most_two_queries_a_second() {
    let mut home = Home::on(Some(Postgres::start().await));
    let service = home.serve().await;
    let before = health_queries(home.postgres());
    assert!(
        before > 0,
        "the log of statements does not show the service's probe"
    );
    let started = Instant::now();
    let askers: Vec<_> = (0..ASKERS)
        .map(|asker| {
            let http = service.http.clone();
            let path = ["/health/ready/", "/health/db/"][asker % 2];
            tokio::spawn(async move {
                let mut asked = 0;
                while asked < PROBES / ASKERS || started.elapsed() < AT_LEAST {
                    let answer = http.get(path).await;
                    assert_eq!(answer.status, 200, "{}", answer.body);
                    asked += 1;
                }
                asked
            })
        })
        .collect();
    let mut asked = 0;
    for asker in askers {
        asked += asker.await.unwrap();
    }
    let seconds = started.elapsed().as_secs_f64().ceil();
    let queries = health_queries(home.postgres()) - before;
    eprintln!("{asked} probes in {seconds} s were {queries} queries");
    assert!(asked >= PROBES / ASKERS * ASKERS);
    assert!(
        queries as f64 <= 2.0 * seconds,
        "{queries} queries in {seconds} s"
    );
}

fn health_queries(postgres: &Postgres) -> usize {
    let is_query = |line: &&String| line.contains("execute") && line.contains("server_version");
    postgres.log().iter().filter(is_query).count()
}
