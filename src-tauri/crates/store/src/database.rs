//! Opening the database: its checks, its migrations, and how a bad one is moved out of the way.

use std::io;
use std::path::{Path, PathBuf};

use sqlx::SqlitePool;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::backend::{Backend, Memory, refused};
use crate::ours::{MARK, is_foreign, private_file, private_folder};
use crate::{Clusters, Exports, Preferences};

/// Forward only: a database that knows a later one was written by a later version.
static MIGRATIONS: Migrator = sqlx::migrate!("../../../migrations");

/// The open database. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Store {
    backend: Backend,
}

/// What the database itself says.
type Said = Box<dyn std::error::Error + Send + Sync>;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or its folder cannot be read or written. Trying again helps once that is mended.
    #[error("the database {path} cannot be opened; check that its folder may be written")]
    Open {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: Said,
    },
    /// The folder cannot be made, or a file not be moved.
    #[error("the database {path} cannot be written")]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is no sound database. Trying again does not help; moving it aside does.
    #[error("the database {path} is damaged ({what}); it was left as it is")]
    Damaged {
        /// Where.
        path: PathBuf,
        /// What SQLite says.
        what: String,
    },
    /// A later version of the application wrote it. Trying again does not help; that version does.
    #[error("the database {path} was written by a later version of Kubilitics (step {version}); it was left as it is")]
    Newer {
        /// Where.
        path: PathBuf,
        /// The first migration that is not known here.
        version: i64,
    },
    /// Another program's database. Trying again does not help; another name does.
    #[error("{path} is the database of another program; it was left as it is: name another file")]
    Foreign {
        /// Where.
        path: PathBuf,
    },
    /// A statement failed. Trying again may help (a full disk, a lock).
    #[error("the database did not take a change")]
    Statement(#[source] Said),
}

impl StoreError {
    /// Whether moving the file aside is the way out.
    pub fn asks_for_consent(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Newer { .. })
    }
}

impl Store {
    /// Opens the database, making it where there is none, and brings its tables up to date.
    ///
    /// # Errors
    /// See [`StoreError`]; a damaged, newer or foreign file is left as it is.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let unwritten = |source| StoreError::Write { path: path.into(), source };
        if let Some(folder) = path.parent() {
            private_folder(folder).map_err(unwritten)?;
        }
        if is_foreign(path).await.map_err(unwritten)? {
            return Err(StoreError::Foreign { path: path.into() });
        }
        private_file(path).map_err(unwritten)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // With WAL a power cut loses at most the last moments, never the file.
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true);
        let opened = SqlitePoolOptions::new().max_connections(2).connect_with(options).await;
        let pool = opened.map_err(|source| classify(path, source))?;
        if let Err(error) = check_and_migrate(&pool, path).await {
            pool.close().await;
            return Err(error);
        }
        Ok(Self { backend: Backend::Sqlite(pool) })
    }

    /// One that nothing is left of when the process ends.
    pub fn in_memory() -> Self {
        Self { backend: Backend::Memory(Memory::default()) }
    }

    /// Closes it; what was committed is on disk anyway.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite(pool) => pool.close().await,
            Backend::Memory(_) => {}
        }
    }

    /// What the person calls kubeconfig contexts.
    pub fn clusters(&self) -> Clusters<'_> {
        Clusters::new(&self.backend)
    }

    /// Remembered choices.
    pub fn preferences(&self) -> Preferences<'_> {
        Preferences::new(&self.backend)
    }

    /// Past exports.
    pub fn exports(&self) -> Exports<'_> {
        Exports::new(&self.backend)
    }
}

async fn check_and_migrate(pool: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let verdict: Result<String, _> = sqlx::query_scalar("pragma quick_check(1)").fetch_one(pool).await;
    let verdict = verdict.map_err(|source| classify(path, source))?;
    if verdict != "ok" {
        return Err(StoreError::Damaged { path: path.into(), what: verdict });
    }
    MIGRATIONS.run(pool).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => StoreError::Newer { path: path.into(), version },
        MigrateError::Execute(source) => classify(path, source),
        other => StoreError::Damaged { path: path.into(), what: other.to_string() },
    })?;
    sqlx::query(MARK).execute(pool).await.map_err(refused)?;
    Ok(())
}

/// SQLite's primary codes for "corrupt" (11) and "not a database" (26); extended codes carry them in the low byte.
fn classify(path: &Path, source: sqlx::Error) -> StoreError {
    let said = source.as_database_error().map(|error| (error.code(), error.message().to_owned()));
    let code = |code: &str| code.parse::<u32>().ok().map(|code| code & 0xff);
    match said {
        // Its own words alone: sqlx puts the code and whose error it is before them.
        Some((Some(text), what)) if matches!(code(&text), Some(11 | 26)) => {
            StoreError::Damaged { path: path.into(), what }
        }
        _ => StoreError::Open { path: path.into(), source: Box::new(source) },
    }
}

/// Renames the database and its journals to the first free `NAME.aside-N` and returns that path. Nothing is deleted.
///
/// # Errors
/// Where a file cannot be renamed.
pub fn move_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let suffixed = |base: &Path, suffix: &str| {
        let mut name = base.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let taken = |number: &u32| suffixed(path, &format!(".aside-{number}")).exists();
    let number = (1..).find(|number| !taken(number)).unwrap_or(u32::MAX);
    let aside = suffixed(path, &format!(".aside-{number}"));
    for journal in ["", "-wal", "-shm"] {
        let from = suffixed(path, journal);
        if from.exists() {
            let moved = std::fs::rename(&from, suffixed(&aside, journal));
            moved.map_err(|source| StoreError::Write { path: from, source })?;
        }
    }
    Ok(aside)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn pool(store: &Store) -> &SqlitePool {
        match &store.backend {
            Backend::Sqlite(pool) => pool,
            Backend::Memory(_) => panic!("it has no file"),
        }
    }

    #[tokio::test]
    async fn what_was_remembered_is_there_after_opening_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/kubilitics.db");
        let store = Store::open(&path).await.unwrap();
        store.preferences().set("map.lens", &serde_json::json!("traffic")).await.unwrap();
        // Not closed: the process may end at any time.
        let again = Store::open(&path).await.unwrap();
        assert_eq!(again.preferences().get("map.lens").await.unwrap(), Some(serde_json::json!("traffic")));
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_named_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kubilitics.db");
        let garbage = b"this is a letter, not a database, and it is long enough to be looked at ".repeat(40);
        std::fs::write(&path, &garbage).unwrap();
        let error = Store::open(&path).await.expect_err("garbage");
        assert!(matches!(&error, StoreError::Damaged { path: named, .. } if *named == path), "{error}");
        assert!(error.to_string().ends_with("is damaged (file is not a database); it was left as it is"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), garbage);
        let aside = move_aside(&path).unwrap();
        assert_eq!(std::fs::read(&aside).unwrap(), garbage);
        Store::open(&path).await.expect("a fresh database");
    }

    #[tokio::test]
    async fn a_cut_file_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kubilitics.db");
        let store = Store::open(&path).await.unwrap();
        for number in 0..200 {
            let value = serde_json::json!("x".repeat(200));
            store.preferences().set(&format!("p{number}"), &value).await.unwrap();
        }
        store.close().await;
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, bytes.get(..bytes.len() / 2).unwrap()).unwrap();
        let error = Store::open(&path).await.expect_err("cut");
        assert!(error.asks_for_consent(), "{error}");
    }

    #[tokio::test]
    async fn the_database_of_another_program_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let made = "create table visits (url text)";
        let named = "pragma application_id = 7; create table visits (url text)";
        for (name, made) in [("history.sqlite", made), ("app.db", named)] {
            let path = folder.path().join(name);
            let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
            let other = SqlitePool::connect_with(options).await.unwrap();
            sqlx::raw_sql(made).execute(&other).await.unwrap();
            other.close().await;
            let before = std::fs::read(&path).unwrap();
            let error = Store::open(&path).await.expect_err("another program's");
            assert!(matches!(error, StoreError::Foreign { .. }) && !error.asks_for_consent(), "{error}");
            assert_eq!(std::fs::read(&path).unwrap(), before);
            assert!(!folder.path().join(format!("{name}-wal")).exists());
        }
    }

    #[tokio::test]
    async fn a_database_of_the_time_before_it_said_whose_it_is_is_ours() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kubilitics.db");
        let store = Store::open(&path).await.unwrap();
        store.preferences().set("map.lens", &serde_json::json!("traffic")).await.unwrap();
        sqlx::query("pragma application_id = 0").execute(pool(&store)).await.unwrap();
        store.close().await;
        let again = Store::open(&path).await.unwrap();
        assert_eq!(again.preferences().get("map.lens").await.unwrap(), Some(serde_json::json!("traffic")));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_reads_the_database_or_its_journal() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/kubilitics.db");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let store = Store::open(&path).await.unwrap();
        store.preferences().set("map.lens", &serde_json::json!("traffic")).await.unwrap();
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        for file in std::fs::read_dir(path.parent().unwrap()).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600);
        }
        store.close().await;
        // As earlier versions left it.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        Store::open(&path).await.unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    #[tokio::test]
    async fn a_later_version_is_recognised() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kubilitics.db");
        let store = Store::open(&path).await.unwrap();
        let later = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                     values (9999, 'later', true, x'00', 0)";
        sqlx::query(later).execute(pool(&store)).await.unwrap();
        store.close().await;
        let error = Store::open(&path).await.expect_err("newer");
        assert!(matches!(error, StoreError::Newer { version: 9999, .. }), "{error}");
    }
}
