//! The seam: where the tables lie. Repositories match on it, and nobody else knows that there is SQL.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use sqlx::SqlitePool;

use crate::{Export, KnownCluster, StoreError};

/// A place for the tables. Cloning shares it.
#[derive(Clone, Debug)]
pub(crate) enum Backend {
    Sqlite(SqlitePool),
    /// Gone with the process.
    Memory(Memory),
}

/// The tables in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Arc<Mutex<Tables>>);

#[derive(Debug, Default)]
pub(crate) struct Tables {
    /// By context.
    pub(crate) clusters: BTreeMap<String, KnownCluster>,
    /// In the order in which they were added.
    pub(crate) exports: Vec<Export>,
    pub(crate) preferences: BTreeMap<String, Value>,
}

impl Memory {
    pub(crate) fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A statement that the database refused.
pub(crate) fn refused(error: sqlx::Error) -> StoreError {
    StoreError::Statement(Box::new(error))
}

/// A database of each sort, to hold them against the same tests; the folder goes with the first of the two.
#[cfg(test)]
pub(crate) async fn each() -> (tempfile::TempDir, [crate::Store; 2]) {
    let folder = tempfile::tempdir().expect("a folder");
    let sqlite = crate::Store::open(&folder.path().join("k.db")).await.expect("a database");
    (folder, [sqlite, crate::Store::in_memory()])
}
