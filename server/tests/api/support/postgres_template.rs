//! A freshly initialised data directory to copy: made once, since `initdb` takes a second or two.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::postgres_programs::{hand_over, run, unprivileged, version};
use super::temporary_directory;

pub const USER: &str = "registry";
pub const PASSWORD: &str = "Pg-Passw0rd-in-no-log";

/// Puts a data directory with the databases `registry` and `ops` into `directory`, which belongs to
/// whom PostgreSQL runs as.
pub fn copy_to(programs: &Path, directory: &Path) {
    let name = version(programs);
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let template = kept.join(format!("template-{name}"));
    // Whoever comes second waits for the first.
    let lock = File::create(kept.join("template.lock")).unwrap();
    lock.lock().unwrap();
    if !template.exists() {
        let made = temporary_directory();
        hand_over(made.path());
        initialise(programs, made.path());
        let draft = kept.join(format!("template-{name}.draft"));
        _ = fs::remove_dir_all(&draft);
        copy(&made.path().join("data"), &draft);
        fs::rename(&draft, &template).unwrap();
    }
    drop(lock);
    copy(&template, directory);
}

fn initialise(programs: &Path, directory: &Path) {
    let password_file = directory.join("password");
    fs::write(&password_file, PASSWORD).unwrap();
    hand_over(&password_file);
    let data = directory.join("data");
    // Passwords are asked for in the clear: SCRAM's thousands of hashes take long in a debug build.
    let mut initdb = unprivileged(&programs.join("initdb"));
    initdb
        .current_dir(directory)
        .args([
            "--no-sync",
            "--no-instructions",
            "--encoding=UTF8",
            "--locale=C",
        ])
        .args(["--wal-segsize=1", "--auth=password"])
        .arg(format!("--username={USER}"))
        .arg(format!("--pwfile={}", password_file.display()))
        .arg("--pgdata")
        .arg(&data);
    run(&mut initdb, "");
    let mut single = unprivileged(&programs.join("postgres"));
    single
        .current_dir(directory)
        .arg("--single")
        .arg("-D")
        .arg(&data)
        .arg("postgres");
    run(
        &mut single,
        "CREATE DATABASE registry\nCREATE DATABASE ops\n",
    );
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, Permissions::from_mode(0o700)).unwrap();
    hand_over(to);
    for entry in fs::read_dir(from).unwrap() {
        let (entry, target) = (
            entry.as_ref().unwrap(),
            to.join(entry.as_ref().unwrap().file_name()),
        );
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
            hand_over(&target);
        }
    }
}
