//! Reads files that somebody names: regular ones, up to a size. A FIFO would hold up its reader for ever, and a device
//! has no end.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// Tokens, keys, certificates and what else a kubeconfig names; bundles of authorities have some 200 KiB.
pub(crate) const CREDENTIAL_LIMIT: u64 = 4 << 20;

/// All bytes of a regular file of at most `limit` bytes.
///
/// # Errors
/// What the system says, or that it is no such file.
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    read_at_most(open(path)?, limit)
}

/// The same for a file of credentials, whose text is UTF-8.
pub(crate) fn read_credential(path: &Path) -> io::Result<String> {
    let bytes = read(path, CREDENTIAL_LIMIT)?;
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "this is no text"))
}

/// Opens a regular file.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Opening a FIFO waits for its writer, so that it is looked at first.
    check(&std::fs::metadata(path)?)?;
    let file = File::open(path)?;
    check(&file.metadata()?)?;
    Ok(file)
}

fn check(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = if metadata.is_dir() {
        "this is a folder, no file"
    } else {
        "this is no regular file but a pipe, socket or device; what a program prints goes to standard input (-)"
    };
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

/// All bytes of a reader that ends within `limit`.
pub(crate) fn read_at_most(reader: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if reader.take(limit + 1).read_to_end(&mut bytes)? as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {} MiB", limit >> 20)));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn files_have_a_size() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert_eq!(read(&path, 4).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert!(read(folder.path(), 5).unwrap_err().to_string().contains("folder"));
    }

    #[cfg(unix)]
    #[test]
    fn fifos_and_devices_are_refused_without_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let device = Path::new("/dev/zero");
        for path in [fifo.as_path(), device] {
            assert!(read(path, 5).unwrap_err().to_string().contains("no regular file"));
        }
    }
}
