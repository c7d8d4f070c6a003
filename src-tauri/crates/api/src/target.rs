//! The file that a picture is written to: whole or not at all, and nothing but a file.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::types::ApiError;

/// A folder for what pages download, for its owner alone whatever the umask; it goes when it is dropped.
///
/// # Errors
/// Where it cannot be made.
pub fn downloads_folder() -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("kubilitics-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}

/// Who may read what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Whoever the umask of this process lets; a file that is replaced keeps its own mode.
    Usual,
    /// Its owner alone.
    OwnerOnly,
}

/// Writes beside the target and renames, so that a stopped or failed export leaves nothing half done in place of an old
/// file; answers what `write` did, and the bytes.
///
/// # Errors
/// Where the target is a device, a pipe, a folder or somebody else's link, its folder does not take a file, or `write`
/// fails.
pub fn write_file<T>(
    target: &Path,
    permission: Permission,
    write: impl FnOnce(&mut dyn Write) -> Result<T, ApiError>,
) -> Result<(T, u64), ApiError> {
    let failed = |error: io::Error| ApiError::failed(format!("{} cannot be written: {error}", target.display()));
    let (target, before) = resolve(target)?;
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".kubilitics-");
    #[cfg(unix)]
    if permission == Permission::Usual {
        use std::os::unix::fs::PermissionsExt;
        // As any program makes a file: the umask takes away what it does not want.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let part = builder.tempfile_in(folder).map_err(failed)?;
    let mut out = BufWriter::new(part.as_file());
    let answer = write(&mut out)?;
    out.flush().map_err(failed)?;
    drop(out);
    if let (Some(before), Permission::Usual) = (before, permission) {
        part.as_file().set_permissions(before.permissions()).map_err(failed)?;
    }
    let bytes = part.as_file().metadata().map_err(failed)?.len();
    let _: File = part.persist(&target).map_err(|error| failed(error.error))?;
    Ok((answer, bytes))
}

/// Where the bytes go, and what is there. Renaming over a device would replace it, and a link that somebody else laid
/// into a shared folder leads where they want.
fn resolve(target: &Path) -> Result<(PathBuf, Option<Metadata>), ApiError> {
    let refused = |what: &str| {
        Err(ApiError::invalid(format!("{} is {what}, and is left as it is; name another file", target.display())))
    };
    let Ok(found) = fs::symlink_metadata(target) else { return Ok((target.to_owned(), None)) };
    if !found.is_symlink() {
        return if found.is_file() { Ok((target.to_owned(), Some(found))) } else { refused(sort(&found)) };
    }
    if !is_own(&found, target) {
        return refused("a link that somebody else made");
    }
    let Ok(real) = fs::canonicalize(target) else { return refused("a link to nothing") };
    match fs::metadata(&real) {
        Ok(found) if found.is_file() => Ok((real, Some(found))),
        Ok(found) => refused(&format!("a link to {}", sort(&found))),
        Err(_) => refused("a link to what cannot be looked at"),
    }
}

fn sort(found: &Metadata) -> &'static str {
    if found.is_dir() { "a folder" } else { "a device, a pipe or a socket" }
}

/// Whether a link belongs to whoever owns what this process makes: the owner of a file made beside it tells, since the
/// standard library does not say who we are.
#[cfg(unix)]
fn is_own(link: &Metadata, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let ours = tempfile::tempfile_in(folder).and_then(|file| file.metadata());
    ours.is_ok_and(|ours| ours.uid() == link.uid())
}

#[cfg(not(unix))]
fn is_own(_: &Metadata, _: &Path) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};

    use super::*;
    use crate::types::ErrorCode;

    fn put(target: &Path, permission: Permission) -> Result<u64, ApiError> {
        let write =
            |out: &mut dyn Write| out.write_all(b"picture").map_err(|error| ApiError::failed(error.to_string()));
        write_file(target, permission, write).map(|((), bytes)| bytes)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn an_export_was_readable_by_all_whatever_the_umask_and_now_is_as_any_file() {
        let folder = tempfile::tempdir().unwrap();
        let like_any = folder.path().join("any");
        fs::write(&like_any, "").unwrap();
        let target = folder.path().join("map.svg");
        assert_eq!(put(&target, Permission::Usual).unwrap(), 7);
        assert_eq!(mode(&target), mode(&like_any));
        fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
        put(&target, Permission::Usual).unwrap();
        assert_eq!(mode(&target), 0o640, "a replaced file keeps its mode");
        let private = folder.path().join("1.svg");
        put(&private, Permission::OwnerOnly).unwrap();
        assert_eq!(mode(&private), 0o600);
    }

    #[test]
    fn devices_pipes_and_folders_stay_what_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("map.svg");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let link = folder.path().join("null.svg");
        symlink("/dev/null", &link).unwrap();
        for target in [&socket, &link, Path::new("/dev/null"), folder.path()] {
            let error = put(target, Permission::Usual).unwrap_err();
            assert_eq!(error.code, ErrorCode::Invalid, "{error}");
            assert!(error.message.contains("is left as it is"), "{error}");
        }
        assert!(fs::symlink_metadata(&socket).unwrap().file_type().is_socket());
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    /// In a shared folder anybody can lay a link with the name of the next export.
    #[test]
    fn a_link_that_somebody_else_made_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.svg"), folder.path().join("map.svg"));
        fs::write(&real, "before").unwrap();
        symlink(&real, &link).unwrap();
        // Only root can give it away; for everybody else one of root's will do.
        let given = std::os::unix::fs::lchown(&link, Some(65_534), None).is_ok();
        let target = if given { link } else { "/dev/fd".into() };
        let error = put(&target, Permission::Usual).unwrap_err();
        assert!(error.message.contains("a link that somebody else made"), "{error}");
        assert_eq!(fs::read(&real).unwrap(), b"before");
    }

    #[test]
    fn downloads_lie_where_nobody_else_sees_them() {
        use std::os::unix::fs::PermissionsExt;
        let folder = downloads_folder().unwrap();
        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_link_of_ones_own_is_followed_and_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.svg"), folder.path().join("latest.svg"));
        fs::write(&real, "before").unwrap();
        symlink(&real, &link).unwrap();
        put(&link, Permission::Usual).unwrap();
        assert_eq!(fs::read(&real).unwrap(), b"picture");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
