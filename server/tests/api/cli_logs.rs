//! `logs`: in a terminal, over the files, with the service down.

use std::fs;
use std::io::Write as _;

use crate::support::process::Process;
use crate::support::wait::SOON;
use crate::support::{Database, Home, eventually};

const OLD: &str = r#"{"timestamp":"2026-01-02T03:04:05.100Z","level":"INFO","logger":"x","message":"old","request_id":"r-1"}"#;
const BAD: &str = r#"{"timestamp":"2026-01-02T03:04:05.350Z","level":"ERROR","logger":"x","message":"Disk full","request_id":"r-1","error_id":"0A1B2C3D"}"#;
const NEW: &str = r#"{"timestamp":"2026-01-02T03:04:06.000Z","level":"INFO","logger":"x","message":"new","request_id":"r-2"}"#;

async fn home() -> Home {
    let home = Home::new(Database::Sqlite).await;
    fs::create_dir_all(home.path("var/log")).unwrap();
    for (name, lines) in [
        ("app.log.1", vec![OLD]),
        ("app.log", vec![BAD, NEW]),
        ("error.log", vec![BAD]),
    ] {
        fs::write(home.path("var/log").join(name), lines.join("\n") + "\n").unwrap();
    }
    home
}

const LOG_DIR: (&str, &str) = ("LOG_DIR", "var/log");

#[tokio::test]
async fn lines_are_found_without_the_service_the_newest_last() {
    let home = home().await;
    for (arguments, expected) in [
        (vec!["--json"], vec![OLD, BAD, NEW]),
        (vec!["--json", "--level", "error"], vec![BAD]),
        (vec!["--json", "--grep", "disk FULL"], vec![BAD]),
        (
            vec!["--json", "--file", "error", "--field", "request_id:r-1"],
            vec![BAD],
        ),
        (vec!["--json", "-n", "1"], vec![NEW]),
        (
            vec![
                "--json",
                "--since",
                "2026-01-02T03:04:05.2Z",
                "--until",
                "2026-01-02T03:04:06Z",
            ],
            vec![BAD],
        ),
        (vec!["--json", "--since", "1h"], vec![]),
        (
            vec!["--level", "error"],
            vec!["2026-01-02T03:04:05.350Z ERROR   x: Disk full error_id=0A1B2C3D request_id=r-1"],
        ),
    ] {
        let arguments = [vec!["logs"], arguments].concat();
        let finished = home.run(&arguments, &[LOG_DIR]).await;
        assert_eq!(finished.code(), 0, "{arguments:?} {:?}", finished.stderr);
        assert_eq!(finished.stdout, expected, "{arguments:?}");
    }
    assert!(!home.path("data").exists(), "looking makes no database");
}

#[tokio::test]
async fn a_request_is_told_by_its_id_or_by_that_of_its_error() {
    let home = home().await;
    for id in ["r-1", "0a1b2c3d"] {
        let finished = home.run(&["logs", "--request", id], &[LOG_DIR]).await;
        assert_eq!(finished.code(), 0);
        let [first, second] = finished.stdout.as_slice() else {
            panic!("{:?}", finished.stdout);
        };
        assert!(
            first.starts_with("             2026-01-02T03:04:05.100Z"),
            "{first}"
        );
        assert!(
            second.starts_with("    +250 ms  2026-01-02T03:04:05.350Z"),
            "{second}"
        );
    }
    let finished = home.run(&["logs", "--request", "nobody"], &[LOG_DIR]).await;
    assert_eq!((finished.code(), finished.stderr.len()), (1, 1));
}

#[tokio::test]
async fn what_is_wrong_is_named_by_its_option() {
    let home = home().await;
    for (option, value) in [
        ("--level", "loud"),
        ("--since", "soon"),
        ("--status", "7xx"),
        ("--file", "nginx"),
        ("--field", "x"),
    ] {
        let finished = home.run(&["logs", option, value], &[LOG_DIR]).await;
        assert_eq!(finished.code(), 2, "{option}");
        assert_eq!(finished.stderr.len(), 1, "{:?}", finished.stderr);
        assert!(finished.stderr[0].contains(option), "{:?}", finished.stderr);
    }
    let finished = home.run(&["logs"], &[("LOG_DIR", "nowhere")]).await;
    assert_eq!(finished.code(), 1);
    assert!(
        finished.stderr[0].contains("LOG_DIR"),
        "{:?}",
        finished.stderr
    );
}

#[tokio::test]
async fn following_goes_on_with_what_comes() {
    let home = home().await;
    let command = home.command(&["logs", "--follow", "--json", "-n", "1"], &[LOG_DIR]);
    let mut process = Process::spawn(command);
    let shows = async |process: &mut Process, expected: &[&str]| {
        eventually("the lines are shown", SOON, async || {
            assert!(process.is_running(), "{:?}", process.stderr());
            (process.stdout() == expected).then_some(())
        })
        .await;
    };
    shows(&mut process, &[NEW]).await;
    let path = home.path("var/log/app.log");
    let mut file = fs::File::options().append(true).open(&path).unwrap();
    writeln!(file, "{OLD}").unwrap();
    shows(&mut process, &[NEW, OLD]).await;
    fs::rename(
        home.path("var/log/app.log.1"),
        home.path("var/log/app.log.2"),
    )
    .unwrap();
    fs::rename(&path, home.path("var/log/app.log.1")).unwrap();
    fs::write(&path, format!("{BAD}\n")).unwrap();
    shows(&mut process, &[NEW, OLD, BAD]).await;
}
