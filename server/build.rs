//! Tells the compiler where the UI's files are (`SITE_DIR`) and which commit this is (`GIT_COMMIT`).
//! Builds nothing itself: `cargo xtask ui` does, and without it the server still compiles.

use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() -> Result<(), Box<dyn Error>> {
    let site = site_dir()?;
    fs::create_dir_all(&site)?;
    println!("cargo::rustc-env=SITE_DIR={}", site.display());
    // A release embeds the files, so new ones make a new binary; a debug build reads them as it runs.
    if env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_none() {
        println!("cargo::rerun-if-changed={}", site.display());
    }

    println!("cargo::rerun-if-env-changed=GIT_COMMIT");
    let given = env::var("GIT_COMMIT")
        .ok()
        .filter(|commit| !commit.is_empty());
    let commit = given.or_else(head).unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env=GIT_COMMIT={commit}");
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

/// `<target>/<profile>/site`, from `OUT_DIR`, which is `<target>/[triple/]<profile>/build/<package>/out`.
fn site_dir() -> Result<PathBuf, Box<dyn Error>> {
    let out_dir = PathBuf::from(env::var("OUT_DIR")?);
    let profile_dir = out_dir.ancestors().nth(3).ok_or("OUT_DIR is too short")?;
    let profile = profile_dir.file_name().ok_or("OUT_DIR names no profile")?;
    let mut target_dir = profile_dir.parent().ok_or("OUT_DIR is too short")?;
    if target_dir.file_name() == Some(OsStr::new(&env::var("TARGET")?)) {
        target_dir = target_dir.parent().ok_or("OUT_DIR is too short")?;
    }
    Ok(target_dir.join(profile).join("site"))
}

/// The commit that is checked out, if this is a checkout; builds again when it changes.
fn head() -> Option<String> {
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    // HEAD moves on a checkout, its log on every commit; a branch may be loose or packed. Git knows
    // where they are, also in a worktree. Cargo would always build again for a file that is missing.
    let branch = git(&["symbolic-ref", "--quiet", "HEAD"]);
    for name in ["HEAD", "logs/HEAD", "packed-refs"]
        .into_iter()
        .chain(branch.as_deref())
    {
        if let Some(path) = git(&["rev-parse", "--path-format=absolute", "--git-path", name])
            && Path::new(&path).exists()
        {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    Some(commit)
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
