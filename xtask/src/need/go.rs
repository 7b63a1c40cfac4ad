//! Programs in Go, which their projects offer no other way that a package manager could verify: built
//! once out of the modules that `xtask/peers/<name>/go.mod` pins, and kept.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::digest;
use crate::layout::{Layout, is_executable};
use crate::process::{self, say};

/// Where a kept program lies if this is set, as on CI.
const CACHE: &str = "BUILD_CACHE_DIR";

const TOOLCHAIN: &str = "Go 1.26 or newer is needed; this brings it: \
    curl -fsSL https://go.dev/dl/go1.26.8.linux-$(dpkg --print-architecture).tar.gz | \
    tar -C /usr/local -xz && export PATH=/usr/local/go/bin:$PATH";

/// What a `go.mod` has built, and its version.
#[derive(Debug, PartialEq)]
struct Wanted<'a> {
    package: &'a str,
    version: &'a str,
}

/// The program, after minutes when it has to be built.
pub fn program(layout: &Layout, name: &str) -> Result<PathBuf> {
    let source = layout.root.join("xtask/peers").join(name);
    let manifest = source.join("go.mod");
    let text =
        fs::read_to_string(&manifest).with_context(|| format!("reading {}", manifest.display()))?;
    let wanted = wanted(&text).with_context(|| format!("{}: no tool", manifest.display()))?;
    let home = kept()?.join(format!("{name}-{}{}", wanted.version, mark(&source)?));
    let program = home.join(name);
    if is_executable(&program) {
        return Ok(program);
    }
    ensure!(
        process::succeeds(Command::new("go").arg("version")),
        TOOLCHAIN
    );
    say(&format!(
        "building {name} {} in Go (some minutes, once)",
        wanted.version
    ));
    fs::create_dir_all(&home).with_context(|| format!("creating {}", home.display()))?;
    let aside = home.join(format!("{name}.part"));
    process::run_aside(
        Command::new("go")
            .args([
                "build",
                "-mod=readonly",
                "-trimpath",
                "-ldflags=-s -w",
                "-o",
            ])
            .arg(&aside)
            .arg(wanted.package)
            .current_dir(&source)
            .env("GOWORK", "off"),
    )
    .context(TOOLCHAIN)?;
    fs::rename(&aside, &program).with_context(|| format!("creating {}", program.display()))?;
    Ok(program)
}

/// Without a `tool`, it is the package that lies beside the file, at the version of its first module.
fn wanted(manifest: &str) -> Option<Wanted<'_>> {
    let lines = || manifest.lines().map(str::trim);
    let tool = lines().find_map(|line| line.strip_prefix("tool "));
    let mut modules = lines().filter_map(|line| {
        let line = line.strip_prefix("require ").unwrap_or(line);
        let (module, rest) = line.split_once(' ')?;
        let version = rest.split(' ').next()?;
        version.starts_with('v').then_some((module, version))
    });
    let (_, version) = match tool {
        Some(package) => modules
            .filter(|(module, _)| {
                let rest = package.strip_prefix(*module);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
            .max_by_key(|(module, _)| module.len()),
        None => modules.next(),
    }?;
    Some(Wanted {
        package: tool.unwrap_or("."),
        version,
    })
}

/// Tells apart what has one version and another `main.go` of ours.
fn mark(source: &Path) -> Result<String> {
    let ours = source.join("main.go");
    Ok(match ours.exists() {
        true => format!("-{}", digest(&ours)?),
        false => String::new(),
    })
}

fn kept() -> Result<PathBuf> {
    let named = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(cache) = named(CACHE) {
        return Ok(PathBuf::from(cache).join("peers"));
    }
    let cache = named("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(named("HOME")?).join(".cache")));
    let cache = cache.with_context(|| format!("neither {CACHE} nor HOME is set"))?;
    Ok(cache.join("agent-source-db/peers"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_tool_has_the_version_of_the_module_that_it_lies_in() {
        let manifest = "module peers\n\ngo 1.26\n\ntool example.org/a/cmd/b\n\nrequire (\n\
            \texample.org v0.1.0 // indirect\n\texample.org/a v1.2.3 // indirect\n\
            \texample.org/a/cm v9.0.0 // indirect\n)\n";
        let expected = Wanted {
            package: "example.org/a/cmd/b",
            version: "v1.2.3",
        };
        assert_eq!(wanted(manifest), Some(expected));
    }

    #[test]
    fn without_a_tool_it_is_what_lies_beside_it() {
        let manifest = "module peers\n\ngo 1.26\n\nrequire example.org/a v1.2.3\n";
        let expected = Wanted {
            package: ".",
            version: "v1.2.3",
        };
        assert_eq!(wanted(manifest), Some(expected));
        assert_eq!(wanted("module peers\n\ngo 1.26\n"), None);
    }

    /// Or a run would take whatever is newest that day.
    #[test]
    fn each_peer_is_pinned_with_its_sums() {
        let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        let mut seen = 0;
        for entry in fs::read_dir(peers).unwrap() {
            let home = entry.unwrap().path();
            if !home.is_dir() {
                continue;
            }
            seen += 1;
            let text = fs::read_to_string(home.join("go.mod")).unwrap();
            let wanted = wanted(&text).unwrap();
            assert_eq!(
                wanted.package == ".",
                home.join("main.go").exists(),
                "{}",
                home.display()
            );
            let sums = fs::read_to_string(home.join("go.sum")).unwrap();
            assert!(sums.contains(wanted.version), "{}", home.display());
        }
        assert!(seen >= 5, "{seen}");
    }
}
