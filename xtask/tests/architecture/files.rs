//! Files stay small enough to be read in one go.

use crate::source;

const MAX_LINES: usize = 400;

#[test]
fn no_file_is_longer_than_can_be_read_in_one_go() {
    let root = source::root();
    let files: Vec<_> = ["app", "ops", "server", "xtask"]
        .into_iter()
        .flat_map(source::rust_files)
        .collect();
    assert!(files.len() > 50, "the crates' files are found");
    let too_long: Vec<String> = files
        .iter()
        .map(|file| (file, source::read(file).lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .map(|(file, lines)| {
            let file = file.strip_prefix(&root).unwrap_or(file);
            format!("{}: {lines} lines", file.display())
        })
        .collect();
    assert_eq!(too_long, [""; 0], "at most {MAX_LINES} lines");
}

const MAX_LOOSE: usize = 5;

#[test]
fn few_files_lie_beside_the_rooms() {
    for name in ["app", "ops", "server"] {
        let entries = source::root().join(name).join("src").read_dir().unwrap();
        let files = entries.map(|entry| entry.unwrap().path());
        let loose: Vec<_> = files.filter(|path| path.is_file()).collect();
        assert!(!loose.is_empty(), "{name}: its files are found");
        assert!(loose.len() <= MAX_LOOSE, "{name}: {loose:?}");
    }
}
