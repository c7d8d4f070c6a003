//! Files and folders that a page sends to be opened: bounded, for their owner's eyes, and kept no longer than the cluster
//! that was opened from them. What no cluster was opened from makes room for what comes later.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::private_folder;

use crate::types::ApiError;

/// The largest file, as large as a dump of a big cluster may be.
const FILE_LIMIT: u64 = 256 << 20;
/// All that is kept at a time.
const TOTAL_LIMIT: u64 = 1 << 30;
/// Files that are kept at a time: the dump of a cluster has one for every kind of every namespace.
const COUNT_LIMIT: usize = 10_000;
/// Folders within folders.
const DEPTH_LIMIT: usize = 16;
/// Longer names are cut; most file systems take 255 bytes.
const NAME_LIMIT: usize = 120;
/// Characters of a batch's name: long enough that nobody guesses another page's.
const BATCH: RangeInclusive<usize> = 16..=64;

/// What was uploaded. Its folder goes with the application's folder of downloads.
pub(crate) struct Uploads {
    folder: PathBuf,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    /// What may be opened, by its real path: a file, or a folder with all that was uploaded into it.
    roots: BTreeMap<PathBuf, Root>,
    /// How many roots there were.
    count: u64,
    /// Files that are still written.
    arriving: Amount,
}

/// One of them.
#[derive(Default)]
struct Root {
    amount: Amount,
    /// In the order of coming.
    number: u64,
    /// A cluster was opened from it.
    is_open: bool,
}

#[derive(Clone, Copy, Default)]
struct Amount {
    files: usize,
    bytes: u64,
}

impl Kept {
    fn total(&self) -> Amount {
        let amounts = self.roots.values().map(|root| root.amount);
        amounts.fold(self.arriving, |sum, each| Amount { files: sum.files + each.files, bytes: sum.bytes + each.bytes })
    }

    /// Forgets the oldest that no cluster was opened from and that is not of this batch, until there is room for so much
    /// more; answers what is to be deleted.
    fn make_room(&mut self, batch: &Path, more: Amount) -> Vec<PathBuf> {
        let mut forgotten = Vec::new();
        while self.total().files + more.files > COUNT_LIMIT || self.total().bytes + more.bytes > TOTAL_LIMIT {
            let idle = self.roots.iter().filter(|(path, root)| !root.is_open && !path.starts_with(batch));
            let Some(oldest) = idle.min_by_key(|(_, root)| root.number).map(|(path, _)| path.clone()) else { break };
            self.roots.remove(&oldest);
            forgotten.push(oldest);
        }
        forgotten
    }
}

/// A file that arrives. Dropped before [`Upload::finish`], it leaves nothing behind.
pub struct Upload {
    kept: Arc<Mutex<Kept>>,
    root: PathBuf,
    path: PathBuf,
    /// None once it is whole.
    file: Option<File>,
    bytes: u64,
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Uploads {
    pub(crate) fn below(downloads: &Path) -> Self {
        Self { folder: downloads.join("uploads"), kept: Arc::default() }
    }

    /// Whether this real path is a file or folder that was uploaded as such.
    pub(crate) fn holds(&self, path: &Path) -> bool {
        lock(&self.kept).roots.contains_key(path)
    }

    /// A cluster was opened from what was uploaded as this path.
    pub(crate) fn opened(&self, path: &Path) {
        if let Some(root) = lock(&self.kept).roots.get_mut(path) {
            root.is_open = true;
        }
    }

    /// Begins a file of a batch. A batch is what one page opens together; its name is the page's choice.
    pub(crate) fn begin(&self, batch: &str, path: &str) -> Result<Upload, ApiError> {
        let is_plain = batch.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if !is_plain || !BATCH.contains(&batch.len()) {
            let message =
                format!("a batch of uploads is named by {} to {} letters, digits, - or _", BATCH.start(), BATCH.end());
            return Err(ApiError::invalid(message));
        }
        let parts: Vec<String> = path.split(['/', '\\']).filter(|part| !part.is_empty()).map(plain).collect();
        let [first, ..] = parts.as_slice() else { return Err(ApiError::invalid("an upload has a name")) };
        if parts.len() > DEPTH_LIMIT {
            return Err(ApiError::invalid(format!("the upload {path} lies more than {DEPTH_LIMIT} folders deep")));
        }
        {
            let mut kept = lock(&self.kept);
            let forgotten = kept.make_room(&self.folder_of(batch), Amount { files: 1, bytes: 0 });
            forgotten.iter().for_each(|root| delete(root));
            if kept.total().files >= COUNT_LIMIT {
                let message =
                    format!("{COUNT_LIMIT} uploaded files are kept already; close a cluster that was opened from some");
                return Err(ApiError::invalid(message));
            }
            kept.arriving.files += 1;
        }
        let made = self.make(batch, first, &parts);
        if made.is_err() {
            lock(&self.kept).arriving.files -= 1;
        }
        let (root, path, file) =
            made.map_err(|error| ApiError::failed(format!("the upload {path} cannot be kept: {error}")))?;
        Ok(Upload { kept: Arc::clone(&self.kept), root, path, file: Some(file), bytes: 0 })
    }

    /// By its real path.
    fn folder_of(&self, batch: &str) -> PathBuf {
        self.folder.canonicalize().unwrap_or_else(|_| self.folder.clone()).join(batch)
    }

    /// The file with its folders, all for their owner alone.
    fn make(&self, batch: &str, first: &str, parts: &[String]) -> io::Result<(PathBuf, PathBuf, File)> {
        private_folder(&self.folder)?;
        let batch = self.folder_of(batch);
        let path = parts.iter().fold(batch.clone(), |path, part| path.join(part));
        private_folder(path.parent().unwrap_or(&batch))?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok((batch.join(first), path, file))
    }

    /// Forgets and deletes what was uploaded as this path; leaves alone what was not.
    pub(crate) fn release(&self, root: &Path) {
        if lock(&self.kept).roots.remove(root).is_none() {
            return;
        }
        delete(root);
    }
}

fn delete(root: &Path) {
    let gone = if root.is_dir() { fs::remove_dir_all(root) } else { fs::remove_file(root) };
    if let Err(error) = gone {
        tracing::warn!(%error, path = %root.display(), "an upload was not deleted");
    }
    // Fails while others of its batch are there.
    let _ = root.parent().map(fs::remove_dir);
}

impl Upload {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// Where the file or all that is kept would be too large, or the disk does not take it.
    pub fn write(&mut self, chunk: &[u8]) -> Result<(), ApiError> {
        let size = chunk.len() as u64;
        if self.bytes + size > FILE_LIMIT {
            let limit = FILE_LIMIT >> 20;
            return Err(ApiError::invalid(format!("{} is larger than {limit} MB, the limit of uploads", self.name())));
        }
        {
            let mut kept = lock(&self.kept);
            let batch = self.root.parent().unwrap_or(&self.root);
            kept.make_room(batch, Amount { files: 0, bytes: size }).iter().for_each(|root| delete(root));
            if kept.total().bytes + size > TOTAL_LIMIT {
                let limit = TOTAL_LIMIT >> 20;
                return Err(ApiError::invalid(format!("more than {limit} MB of uploads are kept; close a cluster")));
            }
            kept.arriving.bytes += size;
            self.bytes += size;
        }
        let failed = |error| ApiError::failed(format!("the upload {} cannot be kept: {error}", self.name()));
        self.file.as_ref().map_or(Ok(()), |mut file| file.write_all(chunk)).map_err(failed)
    }

    /// The whole file is there; the path to open it by, or the folder that it is a part of.
    ///
    /// # Errors
    /// Where that path is no text.
    pub fn finish(mut self) -> Result<String, ApiError> {
        let root = self.root.to_str().map(str::to_owned);
        let root = root.ok_or_else(|| ApiError::failed("the folder of uploads has a name that is no text"))?;
        self.file = None;
        let mut kept = lock(&self.kept);
        kept.count += 1;
        let number = kept.count;
        let kept = kept.roots.entry(self.root.clone()).or_insert(Root { number, ..Root::default() });
        kept.amount.files += 1;
        kept.amount.bytes += self.bytes;
        Ok(root)
    }

    fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let mut kept = lock(&self.kept);
        kept.arriving.bytes -= self.bytes;
        kept.arriving.files -= 1;
        drop(kept);
        if self.file.take().is_some()
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(%error, path = %self.path.display(), "half an upload was not deleted");
        }
    }
}

/// A name of characters that no file system minds.
fn plain(name: &str) -> String {
    let safe: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' })
        .scan(0, |length, c| {
            *length += c.len_utf8();
            (*length <= NAME_LIMIT).then_some(c)
        })
        .collect();
    if safe.trim_matches(['.', ' ']).is_empty() { "upload".to_owned() } else { safe }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::types::ErrorCode;

    const ONE: &str = "one-batch-of-a-page";

    #[test]
    fn names_from_elsewhere_stay_names() {
        for (name, safe) in [
            ("web.yaml", "web.yaml"),
            ("..", "upload"),
            ("a\0b\n.yaml", "a_b_.yaml"),
            ("C:", "C_"),
            ("übersicht 1.yaml", "übersicht 1.yaml"),
        ] {
            assert_eq!(plain(name), safe, "{name:?}");
        }
        assert!(plain(&"ö".repeat(300)).len() <= NAME_LIMIT);
    }

    fn put(uploads: &Uploads, batch: &str, path: &str) -> Result<PathBuf, ApiError> {
        let mut upload = uploads.begin(batch, path)?;
        upload.write(b"kind: ")?;
        upload.write(b"Service")?;
        upload.finish().map(PathBuf::from)
    }

    #[test]
    fn what_is_uploaded_is_private_and_goes_when_it_is_released() {
        let downloads = tempfile::tempdir().unwrap();
        let uploads = Uploads::below(downloads.path());
        let path = put(&uploads, ONE, "web.yaml").unwrap();
        assert!(uploads.holds(&path) && path.ends_with("web.yaml"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "kind: Service");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
            assert_eq!(mode(&downloads.path().join("uploads")), 0o700);
        }
        // Not what was uploaded: left alone.
        uploads.release(downloads.path());
        assert!(path.is_file());
        uploads.release(&path);
        assert!(!uploads.holds(&path) && !path.parent().unwrap().exists());
        assert_eq!(lock(&uploads.kept).total().files, 0);
    }

    #[test]
    fn a_folder_is_opened_as_the_folder_that_it_was_and_nothing_leaves_it() {
        let downloads = tempfile::tempdir().unwrap();
        let uploads = Uploads::below(downloads.path());
        let folder = put(&uploads, ONE, "dump/shop/pods.json").unwrap();
        assert_eq!(put(&uploads, ONE, "dump/nodes.json").unwrap(), folder);
        assert!(folder.join("shop/pods.json").is_file() && folder.join("nodes.json").is_file());
        assert!(uploads.holds(&folder) && !uploads.holds(&folder.join("nodes.json")));
        let up = put(&uploads, ONE, "../../../etc/passwd").unwrap();
        assert!(up.ends_with(Path::new(ONE).join("upload")), "{}", up.display());
        for (batch, path) in [("../up", "web.yaml"), (ONE, ""), (ONE, &"a/".repeat(20)), (ONE, "dump/nodes.json")] {
            assert!(put(&uploads, batch, path).is_err(), "{batch} {path}");
        }
        uploads.release(&folder);
        assert!(!folder.exists() && up.exists());
    }

    /// What was seen: after some folders that were given up half way, nothing could be uploaded any more.
    #[test]
    fn what_no_cluster_was_opened_from_makes_room() {
        let downloads = tempfile::tempdir().unwrap();
        let uploads = Uploads::below(downloads.path());
        let [open, idle] =
            ["one-batch-of-a-page", "another-batch-of-it"].map(|batch| put(&uploads, batch, "a.yaml").unwrap());
        uploads.opened(&open);
        lock(&uploads.kept).arriving.files = COUNT_LIMIT - 2;
        let new = put(&uploads, "the-third-batch-of-it", "b.yaml").unwrap();
        assert!(open.exists() && new.exists() && !idle.exists());
        assert!(uploads.holds(&open) && !uploads.holds(&idle));
        lock(&uploads.kept).arriving.files = COUNT_LIMIT;
        let refused = put(&uploads, "the-fourth-batch-of-it", "c.yaml").unwrap_err();
        assert!(refused.message.contains("close a cluster"), "{refused}");
        assert!(open.exists());
    }

    #[test]
    fn an_upload_that_breaks_off_leaves_nothing() {
        let downloads = tempfile::tempdir().unwrap();
        let uploads = Uploads::below(downloads.path());
        let mut upload = uploads.begin(ONE, "web.yaml").unwrap();
        upload.write(b"half").unwrap();
        drop(upload);
        assert_eq!(fs::read_dir(downloads.path().join("uploads").join(ONE)).unwrap().count(), 0);
        let total = lock(&uploads.kept).total();
        assert_eq!((total.files, total.bytes), (0, 0));
    }

    #[test]
    fn a_file_larger_than_the_limit_is_refused_with_the_limit() {
        let downloads = tempfile::tempdir().unwrap();
        let uploads = Uploads::below(downloads.path());
        let mut upload = uploads.begin(ONE, "dump.json").unwrap();
        let chunk = vec![b' '; 64 << 20];
        let error = (0..5).find_map(|_| upload.write(&chunk).err()).unwrap();
        assert_eq!(error.code, ErrorCode::Invalid);
        assert!(error.message.contains("256 MB") && error.message.contains("dump.json"), "{error}");
    }
}
