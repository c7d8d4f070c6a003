//! Inputs → texts: files, folders, archives, standard input, one text at a time.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::{Input, Problem};

/// What one text may unpack to; a whole 100,000-object cluster as JSON is a quarter of it.
const SIZE_LIMIT: u64 = 4 << 30;

/// Endings of the files that a folder or an archive contributes; everything else in it (`logs.txt` of a dump, notes)
/// is no manifest.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// Takes the name and the bytes of one text, and adds to the problems.
pub(super) type TakeText<'a> = &'a mut dyn FnMut(&str, &[u8], &mut Vec<Problem>);

/// Calls `text` with the name and bytes of every text of the inputs, folders in the order of their sorted paths, and
/// reports what cannot be read.
pub(super) fn visit(inputs: &[Input], problems: &mut Vec<Problem>, text: TakeText<'_>) {
    let mut visitor = Visitor { problems, text };
    for input in inputs {
        match input {
            Input::Path(path) => visitor.path(path),
            Input::StandardInput => visitor.reader("standard input", io::stdin().lock()),
            Input::Bytes { name, bytes } => visitor.reader(name, bytes.as_slice()),
        }
    }
}

struct Visitor<'a> {
    problems: &'a mut Vec<Problem>,
    text: TakeText<'a>,
}

impl Visitor<'_> {
    fn problem(&mut self, file: &str, message: String) {
        self.problems.push(Problem { file: file.to_owned(), document: None, line: None, message });
    }

    fn path(&mut self, path: &Path) {
        let name = path.display().to_string();
        if path.is_dir() {
            let mut files = BTreeSet::new();
            let mut seen = BTreeSet::new();
            self.folder(path, &mut seen, &mut files);
            if files.is_empty() {
                self.problem(&name, "the folder holds no .yaml, .yml or .json file".to_owned());
            }
            for file in files {
                self.file(&file);
            }
        } else {
            self.file(path);
        }
    }

    /// Collects the manifests below a folder; hidden files and folders (`.git`) are no part of it. `seen` holds the
    /// real paths of folders, so that links in a circle end.
    fn folder(&mut self, folder: &Path, seen: &mut BTreeSet<PathBuf>, files: &mut BTreeSet<PathBuf>) {
        let entries = folder.canonicalize().and_then(|real| Ok((real, fs::read_dir(folder)?)));
        let (real, entries) = match entries {
            Ok(found) => found,
            Err(error) => return self.problem(&folder.display().to_string(), error.to_string()),
        };
        if !seen.insert(real) {
            return;
        }
        for entry in entries {
            match entry {
                Ok(entry) if entry.file_name().to_string_lossy().starts_with('.') => {}
                Ok(entry) if entry.path().is_dir() => self.folder(&entry.path(), seen, files),
                Ok(entry) if is_manifest(&entry.path()) => {
                    files.insert(entry.path());
                }
                Ok(_) => {}
                Err(error) => self.problem(&folder.display().to_string(), error.to_string()),
            }
        }
    }

    fn file(&mut self, path: &Path) {
        let name = path.display().to_string();
        match fs::File::open(path) {
            Ok(file) => self.reader(&name, file),
            Err(error) => self.problem(&name, error.to_string()),
        }
    }

    fn reader(&mut self, name: &str, reader: impl Read) {
        match read_all(reader) {
            Ok(bytes) => self.bytes(name, &bytes),
            Err(error) => self.problem(name, error.to_string()),
        }
    }

    /// Unpacks by what the bytes are, not by what the file is called.
    fn bytes(&mut self, name: &str, bytes: &[u8]) {
        if bytes.starts_with(&[0x1f, 0x8b]) {
            match read_all(MultiGzDecoder::new(bytes)) {
                // Gzip inside gzip is nobody's manifest; not unpacking it bounds the work.
                Ok(plain) if is_tar(&plain) => self.archive(name, &plain),
                Ok(plain) => (self.text)(name, &plain, self.problems),
                Err(error) => self.problem(name, format!("gzip: {error}")),
            }
        } else if is_tar(bytes) {
            self.archive(name, bytes);
        } else {
            (self.text)(name, bytes, self.problems);
        }
    }

    fn archive(&mut self, name: &str, bytes: &[u8]) {
        let mut found: Vec<(String, Vec<u8>)> = Vec::new();
        let mut archive = tar::Archive::new(bytes);
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.problem(name, format!("tar: {error}")),
        };
        for entry in entries {
            let read = entry.and_then(|entry| {
                let path = entry.path()?.into_owned();
                let wanted = entry.header().entry_type().is_file() && is_manifest(&path);
                Ok((path, if wanted { Some(read_all(entry)?) } else { None }))
            });
            match read {
                Ok((path, Some(bytes))) => found.push((format!("{name}:{}", path.display()), bytes)),
                Ok((_, None)) => {}
                Err(error) => {
                    self.problem(name, format!("tar: {error}"));
                    break;
                }
            }
        }
        found.sort();
        if found.is_empty() {
            self.problem(name, "the archive holds no .yaml, .yml or .json file".to_owned());
        }
        for (name, bytes) in found {
            (self.text)(&name, &bytes, self.problems);
        }
    }
}

fn read_all(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if reader.take(SIZE_LIMIT + 1).read_to_end(&mut bytes)? as u64 > SIZE_LIMIT {
        return Err(io::Error::other(format!("larger than {} GiB", SIZE_LIMIT >> 30)));
    }
    Ok(bytes)
}

fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar")
}

/// Whether the name ends like a manifest, `.gz` behind it allowed; `dump.tar.gz` in a folder is one too.
fn is_manifest(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let plain = name.strip_suffix(".gz").unwrap_or(&name);
    let packed = name.ends_with(".tar.gz") || name.ends_with(".tgz") || name.ends_with(".tar");
    packed || plain.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}
