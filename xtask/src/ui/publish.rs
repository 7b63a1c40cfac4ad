//! Putting the files where the server takes them: hashed names, so that a browser may keep them for
//! ever, compressed copies beside them in a release, and a manifest that says which name is which.
//!
//! A server that runs meanwhile never meets half a set: files appear whole, by rename; the manifest
//! changes after all of them are there; stale ones go last.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::wasm::Module;
use super::{Mode, hex};

/// Logical name to published name, as JSON.
pub const MANIFEST: &str = "manifest.json";

/// Its name without the extension, and what is in it.
pub type Icon = (&'static str, Vec<u8>);

pub fn publish(
    site: &Path,
    mode: Mode,
    module: Module,
    css: String,
    icons: Vec<Icon>,
) -> Result<()> {
    fs::create_dir_all(site).with_context(|| format!("creating {}", site.display()))?;
    let mut manifest = BTreeMap::new();
    let mut current = BTreeSet::from([MANIFEST.to_owned()]);
    let icons = icons.into_iter().map(|(stem, icon)| (stem, "svg", icon));
    for (stem, extension, content) in [
        ("app_bg", "wasm", module.wasm),
        ("app", "js", module.js.into_bytes()),
        ("style", "css", css.into_bytes()),
    ]
    .into_iter()
    .chain(icons)
    {
        let name = hashed(stem, extension, &content);
        if mode == Mode::Release {
            for (suffix, packed) in [("br", brotli(&content)?), ("gz", gzip(&content)?)] {
                let packed_name = format!("{name}.{suffix}");
                put(site, &packed_name, &packed)?;
                current.insert(packed_name);
            }
        }
        put(site, &name, &content)?;
        current.insert(name.clone());
        manifest.insert(format!("{stem}.{extension}"), name);
    }
    put(site, MANIFEST, &serde_json::to_vec_pretty(&manifest)?)?;
    remove_others(site, &current)
}

fn hashed(stem: &str, extension: &str, content: &[u8]) -> String {
    let digest = hex(&Sha256::digest(content));
    format!("{stem}.{}.{extension}", digest.get(..8).unwrap_or(&digest))
}

/// Writes aside, then renames: whoever reads the name sees the whole file.
fn put(site: &Path, name: &str, content: &[u8]) -> Result<()> {
    let aside = site.join(format!(".{name}.part"));
    fs::write(&aside, content).with_context(|| format!("writing {}", aside.display()))?;
    let path = site.join(name);
    fs::rename(&aside, &path).with_context(|| format!("writing {}", path.display()))
}

fn remove_others(site: &Path, current: &BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(site)? {
        let entry = entry?;
        if !current.contains(entry.file_name().to_string_lossy().as_ref()) {
            fs::remove_file(entry.path())
                .with_context(|| format!("removing {}", entry.path().display()))?;
        }
    }
    Ok(())
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut packed, &parameters)?;
    Ok(packed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use std::io::Read;

    use super::*;

    fn module(wasm: &[u8]) -> Module {
        Module {
            js: "export function hydrate() {}".into(),
            wasm: wasm.to_vec(),
        }
    }

    fn names(site: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(site)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn manifest(site: &Path) -> BTreeMap<String, String> {
        serde_json::from_slice(&fs::read(site.join(MANIFEST)).unwrap()).unwrap()
    }

    #[test]
    fn a_new_build_replaces_the_old_one_and_leaves_nothing_behind() {
        let site = tempfile::tempdir().unwrap();
        let site = site.path();
        publish(
            site,
            Mode::Release,
            module(b"one"),
            "a{}".into(),
            vec![("favicon", b"<svg/>".to_vec())],
        )
        .unwrap();
        let before = manifest(site);
        publish(
            site,
            Mode::Debug,
            module(b"two"),
            "a{}".into(),
            vec![("favicon", b"<svg/>".to_vec())],
        )
        .unwrap();
        let after = manifest(site);

        assert_eq!(before["style.css"], after["style.css"]);
        assert_ne!(before["app_bg.wasm"], after["app_bg.wasm"]);
        let mut expected: Vec<String> = after.into_values().collect();
        expected.push(MANIFEST.into());
        expected.sort();
        assert_eq!(names(site), expected);
    }

    #[test]
    fn a_release_has_compressed_copies_that_unpack_to_the_file() {
        let site = tempfile::tempdir().unwrap();
        let css = "p{margin:0}".repeat(100);
        publish(
            site.path(),
            Mode::Release,
            module(b"m"),
            css.clone(),
            Vec::new(),
        )
        .unwrap();
        let name = manifest(site.path())["style.css"].clone();

        let gz = fs::read(site.path().join(format!("{name}.gz"))).unwrap();
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(&gz[..])
            .read_to_string(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, css);

        let br = fs::read(site.path().join(format!("{name}.br"))).unwrap();
        assert!(br.len() < css.len() / 10);
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &br[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, css.as_bytes());
    }
}
