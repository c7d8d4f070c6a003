//! The table `exports`: what was written where.

use sqlx::SqlitePool;

use crate::StoreError;

/// One export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The cluster's name at that time.
    pub cluster: String,
    /// Format id.
    pub format: String,
    /// Where it was written.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Milliseconds since the epoch.
    pub at: i64,
}

/// The table.
#[derive(Clone, Copy, Debug)]
pub struct Exports<'a> {
    pool: &'a SqlitePool,
}

impl<'a> Exports<'a> {
    pub(crate) fn new(pool: &'a SqlitePool) -> Self {
        Self { pool }
    }

    /// Remembers an export.
    ///
    /// # Errors
    /// Where the statement fails.
    pub async fn add(&self, export: &Export) -> Result<(), StoreError> {
        sqlx::query("insert into exports (cluster, format, path, bytes, at) values (?, ?, ?, ?, ?)")
            .bind(&export.cluster)
            .bind(&export.format)
            .bind(&export.path)
            .bind(i64::try_from(export.bytes).unwrap_or(i64::MAX))
            .bind(export.at)
            .execute(self.pool)
            .await?;
        Ok(())
    }

    /// The latest exports, latest first.
    ///
    /// # Errors
    /// Where the statement fails.
    pub async fn latest(&self, limit: u32) -> Result<Vec<Export>, StoreError> {
        let query = "select cluster, format, path, bytes, at from exports order by at desc, id desc limit ?";
        let rows: Vec<(String, String, String, i64, i64)> =
            sqlx::query_as(query).bind(limit).fetch_all(self.pool).await?;
        let read = |(cluster, format, path, bytes, at)| Export {
            cluster,
            format,
            path,
            bytes: u64::try_from(bytes).unwrap_or_default(),
            at,
        };
        Ok(rows.into_iter().map(read).collect())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Store;

    #[tokio::test]
    async fn latest_first() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("k.db")).await.unwrap();
        for at in [1, 3, 2] {
            let export =
                Export { cluster: "shop".into(), format: "svg".into(), path: format!("{at}.svg"), bytes: 7, at };
            store.exports().add(&export).await.unwrap();
        }
        let paths: Vec<_> = store.exports().latest(2).await.unwrap().into_iter().map(|each| each.path).collect();
        assert_eq!(paths, ["3.svg", "2.svg"]);
    }
}
