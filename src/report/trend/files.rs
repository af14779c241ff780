//! The files that patterns mean, also where no shell fills them in.

use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use super::BadFile;

/// How many files patterns may mean together.
const MOST: usize = 100_000;

/// The files that are meant: a file is itself, a folder its `.json` files, anything else a pattern (`reports/*.json`,
/// `**` for folders at any depth). Those that mean nothing are told apart.
#[must_use]
pub fn files(patterns: &[String]) -> (Vec<PathBuf>, Vec<BadFile>) {
    let (mut found, mut bad) = (Vec::new(), Vec::new());
    for pattern in patterns {
        match meant(pattern) {
            Ok(paths) => found.extend(paths),
            Err(why) => bad.push(BadFile { file: PathBuf::from(pattern), why }),
        }
    }
    found.sort();
    found.dedup();
    (found, bad)
}

fn meant(pattern: &str) -> Result<Vec<PathBuf>, String> {
    let path = Path::new(pattern);
    if path.is_dir() {
        let is_report = |path: &PathBuf| path.extension().is_some_and(|end| end == "json");
        let paths: Vec<PathBuf> = entries(path).into_iter().filter(is_report).filter(|path| path.is_file()).collect();
        return if paths.is_empty() { Err("has no .json file".to_owned()) } else { Ok(paths) };
    }
    if path.exists() {
        return Ok(vec![path.to_owned()]);
    }
    if !pattern.contains(['*', '?', '[', '{']) {
        return Err("there is no such file".to_owned());
    }
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    let glob = glob.map_err(|error| format!("is no pattern: {error}"))?.compile_matcher();
    let is_plain = |part: &&std::ffi::OsStr| !part.to_string_lossy().contains(['*', '?', '[', '{']);
    let start: PathBuf = path.iter().take_while(is_plain).collect();
    let is_deep = pattern.contains("**");
    let depth = path.iter().count() - start.iter().count();
    let (mut found, mut open) = (Vec::new(), vec![(start, 1)]);
    while let Some((folder, level)) = open.pop() {
        for path in entries(&folder) {
            // Links are not followed: they may lead in circles.
            let is_folder = path.symlink_metadata().is_ok_and(|found| found.is_dir());
            if is_folder && (is_deep || level < depth) {
                open.push((path, level + 1));
            } else if !is_folder && glob.is_match(&path) && path.is_file() {
                found.push(path);
            }
        }
        if found.len() > MOST || open.len() > MOST {
            return Err(format!("means more than {MOST} files"));
        }
    }
    if found.is_empty() { Err("matches no file".to_owned()) } else { Ok(found) }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if folder == Path::new(".") { entry.file_name().into() } else { entry.path() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_filled_in() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("2026/11")).expect("folders");
        for name in ["a.json", "b.json", "c.txt", "2026/d.json", "2026/11/e.json"] {
            std::fs::write(folder.path().join(name), "").expect("written");
        }
        let names = |pattern: &str| {
            let whole = folder.path().join(pattern).to_string_lossy().into_owned();
            let (found, bad) = files(&[whole]);
            let short =
                |path: &PathBuf| path.strip_prefix(folder.path()).expect("below").to_string_lossy().replace('\\', "/");
            (found.iter().map(short).collect::<Vec<_>>(), bad.len())
        };
        assert_eq!(names("*.json").0, ["a.json", "b.json"]);
        assert_eq!(names("").0, ["a.json", "b.json"], "a folder");
        assert_eq!(names("*/*.json").0, ["2026/d.json"]);
        assert_eq!(names("**/*.json").0, ["2026/11/e.json", "2026/d.json", "a.json", "b.json"]);
        assert_eq!(names("c.txt").0, ["c.txt"], "a file is itself");
        for nothing in ["x*.json", "none.json", "[", "2026/12"] {
            assert_eq!(names(nothing), (Vec::new(), 1), "{nothing}");
        }
    }
}
