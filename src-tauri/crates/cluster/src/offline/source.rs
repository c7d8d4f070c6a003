//! Inputs → texts: files, folders, archives, standard input, one text at a time.
//!
//! Everything has a size: a file, what an archive unpacks to, and how many files there are. Links never lead out of the
//! folder that was named, and what is no regular file is not opened.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::aside::{self, Aside, Why};
use super::{Input, Problem};
use crate::files;

/// What one text may have; a whole 100,000-object cluster as JSON is half of it.
const SIZE_LIMIT: u64 = 2 << 30;
/// What the archives of one source may unpack to.
const UNPACKED_LIMIT: u64 = 512 << 20;
/// From here on nothing unpacks to more than [`RATIO`] times its size: dumps pack to a tenth or a thirtieth, while 200 KB
/// of a gzip bomb hold 200 MB.
const RATIO_FROM: u64 = 16 << 20;
const RATIO: u64 = 200;
/// Files of one folder; a dump has one for every kind and namespace.
const FILES: usize = 200_000;

/// Endings of the files that a folder or an archive contributes; everything else in it (`logs.txt` of a dump, notes)
/// is no manifest.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// One text of the inputs.
pub(super) struct Text<'a> {
    /// For messages.
    pub(super) name: &'a str,
    pub(super) bytes: &'a [u8],
    /// Whether it lies in a folder or an archive, where files lie that are no manifests.
    pub(super) among: bool,
}

/// What is told beside the objects.
#[derive(Default)]
pub(super) struct Report {
    pub(super) problems: Vec<Problem>,
    pub(super) aside: Aside,
}

/// Takes one text, and adds to the report.
pub(super) type TakeText<'a> = &'a mut dyn FnMut(Text<'_>, &mut Report);

/// Calls `text` with every text of the inputs, folders in the order of their sorted paths, and reports what cannot be
/// read.
pub(super) fn visit(inputs: &[Input], report: &mut Report, text: TakeText<'_>) {
    let mut visitor = Visitor { report, text, unpacked: 0 };
    for input in inputs {
        match input {
            Input::Path(path) => visitor.path(path),
            Input::StandardInput => visitor.reader("standard input", io::stdin().lock()),
            Input::Bytes { name, bytes } => visitor.bytes(name, bytes, false),
        }
    }
}

struct Visitor<'a> {
    report: &'a mut Report,
    text: TakeText<'a>,
    /// Bytes that archives have been unpacked to.
    unpacked: u64,
}

/// A folder on the way down.
struct Walk {
    /// The real path of the folder that was named.
    root: PathBuf,
    /// Real paths of folders, so that links in a circle end.
    seen: BTreeSet<PathBuf>,
    files: BTreeSet<PathBuf>,
}

impl Visitor<'_> {
    fn problem(&mut self, file: &str, message: String) {
        self.report.problems.push(Problem { file: file.to_owned(), document: None, line: None, message });
    }

    fn path(&mut self, path: &Path) {
        let name = path.display().to_string();
        if !path.is_dir() {
            return self.file(path, false);
        }
        let root = match path.canonicalize() {
            Ok(root) => root,
            Err(error) => return self.problem(&name, error.to_string()),
        };
        let mut walk = Walk { root, seen: BTreeSet::new(), files: BTreeSet::new() };
        self.folder(path, &mut walk);
        if walk.files.is_empty() {
            self.problem(&name, "the folder holds no .yaml, .yml or .json file".to_owned());
        }
        let left_out = aside::files(&walk.files, |file| files::read(file, files::CREDENTIAL_LIMIT).ok());
        for file in walk.files {
            match left_out.get(&file) {
                Some(why) => self.report.aside.add(*why, &file.display().to_string()),
                None => self.file(&file, true),
            }
        }
    }

    /// Collects the manifests below a folder; hidden files and folders (`.git`) are no part of it.
    fn folder(&mut self, folder: &Path, walk: &mut Walk) {
        let entries = folder.canonicalize().and_then(|real| Ok((real, fs::read_dir(folder)?)));
        let (real, entries) = match entries {
            Ok(found) => found,
            Err(error) => return self.problem(&folder.display().to_string(), error.to_string()),
        };
        if !walk.seen.insert(real) {
            return;
        }
        for entry in entries {
            let path = match entry {
                Ok(entry) if entry.file_name().to_string_lossy().starts_with('.') => continue,
                Ok(entry) => entry.path(),
                Err(error) => return self.problem(&folder.display().to_string(), error.to_string()),
            };
            let name = path.display().to_string();
            if path.is_symlink() {
                match path.canonicalize() {
                    Ok(real) if real.starts_with(&walk.root) => {}
                    Ok(_) if !is_wanted(&path) && !path.is_dir() => continue,
                    Ok(_) => {
                        let message = "this link leads out of the folder, and is not followed; name its target itself";
                        self.problem(&name, message.to_owned());
                        continue;
                    }
                    Err(_) => {
                        self.report.aside.add(Why::DeadLink, &name);
                        continue;
                    }
                }
            }
            if path.is_dir() {
                if path.file_name().is_some_and(|name| name == "node_modules") {
                    self.report.aside.add(Why::Packages, &name);
                } else {
                    self.folder(&path, walk);
                }
            } else if is_wanted(&path) {
                if walk.files.len() >= FILES {
                    return self.problem(&name, format!("the folder holds more than {FILES} files; name parts of it"));
                }
                walk.files.insert(path);
            }
        }
    }

    fn file(&mut self, path: &Path, among: bool) {
        let name = path.display().to_string();
        match files::read(path, SIZE_LIMIT) {
            Ok(bytes) => self.bytes(&name, &bytes, among),
            Err(error) => self.problem(&name, error.to_string()),
        }
    }

    fn reader(&mut self, name: &str, reader: impl Read) {
        match files::read_at_most(reader, SIZE_LIMIT) {
            Ok(bytes) => self.bytes(name, &bytes, false),
            Err(error) => self.problem(name, error.to_string()),
        }
    }

    /// Unpacks by what the bytes are, not by what the file is called.
    fn bytes(&mut self, name: &str, bytes: &[u8], among: bool) {
        if bytes.starts_with(&[0x1f, 0x8b]) {
            match self.unpack(bytes) {
                // Gzip inside gzip is nobody's manifest; not unpacking it bounds the work.
                Ok(plain) if is_tar(&plain) => self.archive(name, &plain),
                Ok(plain) => (self.text)(Text { name, bytes: &plain, among }, self.report),
                Err(error) => self.problem(name, format!("gzip: {error}")),
            }
        } else if is_tar(bytes) {
            self.archive(name, bytes);
        } else {
            (self.text)(Text { name, bytes, among }, self.report);
        }
    }

    fn unpack(&mut self, packed: &[u8]) -> io::Result<Vec<u8>> {
        let by_ratio = RATIO_FROM.max((packed.len() as u64).saturating_mul(RATIO));
        let limit = by_ratio.min(UNPACKED_LIMIT.saturating_sub(self.unpacked));
        let plain = files::read_at_most(MultiGzDecoder::new(packed), limit).map_err(|error| match error.kind() {
            io::ErrorKind::FileTooLarge => io::Error::new(
                error.kind(),
                format!(
                    "it unpacks to more than {} MiB, which no manifests do; unpack it and name the file, if it is one",
                    limit >> 20
                ),
            ),
            _ => error,
        })?;
        self.unpacked += plain.len() as u64;
        Ok(plain)
    }

    fn archive(&mut self, name: &str, bytes: &[u8]) {
        let mut found: Vec<(PathBuf, Vec<u8>)> = Vec::new();
        let mut archive = tar::Archive::new(bytes);
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.problem(name, format!("tar: {error}")),
        };
        // A sparse file may claim more than the whole archive has.
        let mut left = SIZE_LIMIT.min((bytes.len() as u64).saturating_add(RATIO_FROM));
        for entry in entries {
            let read = entry.and_then(|entry| {
                let path = entry.path()?.into_owned();
                let wanted = entry.header().entry_type().is_file() && is_wanted(&path) && !is_hidden(&path);
                let bytes = if wanted { Some(files::read_at_most(entry, left)?) } else { None };
                Ok((path, bytes))
            });
            match read {
                Ok(_) if found.len() >= FILES => {
                    self.problem(name, format!("the archive holds more than {FILES} files; unpack it"));
                    break;
                }
                Ok((path, Some(bytes))) => {
                    left = left.saturating_sub(bytes.len() as u64);
                    found.push((path, bytes));
                }
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
        let paths: BTreeSet<PathBuf> = found.iter().map(|(path, _)| path.clone()).collect();
        let content = |path: &Path| found.iter().find(|(other, _)| other == path).map(|(_, bytes)| bytes.clone());
        let left_out = aside::files(&paths, content);
        for (path, bytes) in found {
            let name = format!("{name}:{}", path.display());
            match left_out.get(&path) {
                Some(why) => self.report.aside.add(*why, &name),
                None => (self.text)(Text { name: &name, bytes: &bytes, among: true }, self.report),
            }
        }
    }
}

fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar")
}

/// Whether a part of a path inside an archive is hidden, or belongs to packages.
fn is_hidden(path: &Path) -> bool {
    path.components().any(|part| {
        let part = part.as_os_str().to_string_lossy();
        part == "node_modules" || part.starts_with('.') && part != "." && part != ".."
    })
}

fn is_wanted(path: &Path) -> bool {
    is_manifest(path) || aside::is_kustomization(path)
}

/// Whether the name ends like a manifest, `.gz` behind it allowed; `dump.tar.gz` in a folder is one too.
fn is_manifest(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let plain = name.strip_suffix(".gz").unwrap_or(&name);
    let packed = name.ends_with(".tar.gz") || name.ends_with(".tgz") || name.ends_with(".tar");
    packed || plain.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}
