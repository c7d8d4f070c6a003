//! Whether a file is ours to write: another program's database is not touched, not even its header.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

/// Says in the header of a database whose it is ("kubl"), as SQLite's documentation asks of application files.
const APPLICATION: u32 = 0x6b75_626c;
/// Writes it there.
pub(crate) const MARK: &str = "pragma application_id = 0x6b75626c";

/// A SQLite file begins with this; the application's number stands in its header, big-endian.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
const HEADER: usize = 100;
const AT: usize = 68;

/// Whether the file at `path` is a database of another program. What is absent, empty or no database at all is not.
pub(crate) async fn is_foreign(path: &Path) -> io::Result<bool> {
    match std::fs::metadata(path) {
        // A pipe would be waited for, and a device written to.
        Ok(found) if !found.is_file() => return Err(io::Error::other("it is a folder, a device or a pipe")),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    }
    let mut header = Vec::with_capacity(HEADER);
    std::fs::File::open(path)?.take(HEADER as u64).read_to_end(&mut header)?;
    if !header.starts_with(MAGIC) {
        return Ok(false);
    }
    let number = header.get(AT..AT + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    match number {
        Some(APPLICATION) => Ok(false),
        // Ours did not say so at first: its tables tell.
        None | Some(0) => Ok(has_others_tables(path).await),
        Some(_) => Ok(true),
    }
}

/// Whether there are tables, and none of them is ours. Opened so that nothing is written, no lock and no journal either.
async fn has_others_tables(path: &Path) -> bool {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
    let read = async {
        let mut connection: SqliteConnection = options.connect().await?;
        let tables: Vec<String> = sqlx::query_scalar("select name from sqlite_schema where type = 'table'")
            .fetch_all(&mut connection)
            .await?;
        connection.close().await?;
        Ok::<_, sqlx::Error>(tables)
    };
    // What cannot be read is named as damaged by whoever opens it in earnest, and left alone.
    read.await.is_ok_and(|tables| !tables.is_empty() && !is_ours(&tables))
}

/// All tables of our first step.
fn is_ours(tables: &[String]) -> bool {
    ["_sqlx_migrations", "clusters", "preferences"].iter().all(|ours| tables.iter().any(|table| table == ours))
}

/// Makes the folder, for its owner alone, and the folders above it as far as they are absent.
///
/// # Errors
/// Where a folder cannot be made.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes the file where there is none, and takes what others may do with it from it; its journals follow its mode. What is
/// no database is left as it is: whoever opens it says so.
pub(crate) fn private_file(path: &Path) -> io::Result<()> {
    let mut beginning = Vec::with_capacity(MAGIC.len());
    match std::fs::File::open(path) {
        Ok(file) => file.take(MAGIC.len() as u64).read_to_end(&mut beginning)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    if !MAGIC.starts_with(&beginning) {
        return Ok(());
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mut permissions = file.metadata()?.permissions();
        if permissions.mode() & 0o077 != 0 {
            permissions.set_mode(permissions.mode() & 0o700);
            file.set_permissions(permissions)?;
        }
    }
    drop(file);
    Ok(())
}
