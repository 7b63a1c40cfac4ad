//! The archive: tar, gzipped, and for its owner alone.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use ops::clock::unix_millis;
use tar::{Builder, Header};

use super::Bundle;

/// How long it is, in bytes. A file that is there stays as it is.
///
/// # Errors
/// If there is a file of that name, or it can't be written; nothing is left of it then.
pub fn write(bundle: &Bundle, path: &Path) -> io::Result<u64> {
    let mut options = OpenOptions::new();
    let file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    let written = packed(bundle, BufWriter::new(file)).and_then(|mut out| {
        out.flush()?;
        out.get_ref().sync_all()?;
        Ok(out.get_ref().metadata()?.len())
    });
    if written.is_err() {
        // Half an archive helps nobody.
        _ = fs::remove_file(path);
    }
    written
}

fn packed<W: Write>(bundle: &Bundle, out: W) -> io::Result<W> {
    let mut archive = Builder::new(GzEncoder::new(out, Compression::default()));
    let manifest = bundle.manifest();
    let files = bundle.files.iter();
    let files = files.map(|file| (file.name.as_str(), file.text.as_str()));
    for (name, text) in std::iter::once(("MANIFEST.txt", manifest.as_str())).chain(files) {
        let mut header = Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(unix_millis(bundle.made_at) / 1000).unwrap_or(0));
        let name = format!("{}/{name}", bundle.name);
        archive.append_data(&mut header, name, text.as_bytes())?;
    }
    archive.into_inner()?.finish()
}
