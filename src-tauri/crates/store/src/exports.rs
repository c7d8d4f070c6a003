//! The table `exports`: what was written where.

use crate::StoreError;
use crate::backend::{Backend, refused};

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
    backend: &'a Backend,
}

impl<'a> Exports<'a> {
    pub(crate) fn new(backend: &'a Backend) -> Self {
        Self { backend }
    }

    /// Remembers an export.
    ///
    /// # Errors
    /// Where the statement fails.
    pub async fn add(&self, export: &Export) -> Result<(), StoreError> {
        let pool = match self.backend {
            Backend::Sqlite(pool) => pool,
            Backend::Memory(memory) => {
                memory.tables().exports.push(export.clone());
                return Ok(());
            }
        };
        sqlx::query("insert into exports (cluster, format, path, bytes, at) values (?, ?, ?, ?, ?)")
            .bind(&export.cluster)
            .bind(&export.format)
            .bind(&export.path)
            .bind(i64::try_from(export.bytes).unwrap_or(i64::MAX))
            .bind(export.at)
            .execute(pool)
            .await
            .map_err(refused)?;
        Ok(())
    }

    /// The latest exports, latest first.
    ///
    /// # Errors
    /// Where the statement fails.
    pub async fn latest(&self, limit: u32) -> Result<Vec<Export>, StoreError> {
        let query = "select cluster, format, path, bytes, at from exports order by at desc, id desc limit ?";
        let pool = match self.backend {
            Backend::Sqlite(pool) => pool,
            Backend::Memory(memory) => {
                let mut latest: Vec<Export> = memory.tables().exports.iter().rev().cloned().collect();
                // Stable: of one moment the one that was added last comes first.
                latest.sort_by_key(|export| std::cmp::Reverse(export.at));
                latest.truncate(limit as usize);
                return Ok(latest);
            }
        };
        let rows: Vec<(String, String, String, i64, i64)> =
            sqlx::query_as(query).bind(limit).fetch_all(pool).await.map_err(refused)?;
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
    use crate::backend::each;

    #[tokio::test]
    async fn latest_first() {
        let (_folder, stores) = each().await;
        for store in stores {
            for at in [1, 3, 2] {
                let export =
                    Export { cluster: "shop".into(), format: "svg".into(), path: format!("{at}.svg"), bytes: 7, at };
                store.exports().add(&export).await.unwrap();
            }
            let paths: Vec<_> = store.exports().latest(2).await.unwrap().into_iter().map(|each| each.path).collect();
            assert_eq!(paths, ["3.svg", "2.svg"]);
        }
    }
}
