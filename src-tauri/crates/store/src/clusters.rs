//! The table `clusters`: what the person calls a context, and when it was last open.

use crate::StoreError;
use crate::backend::{Backend, refused};

/// What is remembered of one kubeconfig context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownCluster {
    /// The context's id.
    pub context: String,
    /// A local name.
    pub alias: Option<String>,
    /// `#rrggbb`.
    pub colour: Option<String>,
    /// Such as `PROD`.
    pub tag: Option<String>,
    /// Namespaces to look at where the account may not list them.
    pub namespaces: Vec<String>,
    /// Milliseconds since the epoch.
    pub last_opened: Option<i64>,
}

/// The table.
#[derive(Clone, Copy, Debug)]
pub struct Clusters<'a> {
    backend: &'a Backend,
}

type Row = (String, Option<String>, Option<String>, Option<String>, String, Option<i64>);

impl<'a> Clusters<'a> {
    pub(crate) fn new(backend: &'a Backend) -> Self {
        Self { backend }
    }

    /// All that is remembered, ordered by context.
    ///
    /// # Errors
    /// Where the statement fails.
    pub async fn all(&self) -> Result<Vec<KnownCluster>, StoreError> {
        let query = "select context, alias, colour, tag, namespaces, last_opened from clusters order by context";
        let pool = match self.backend {
            Backend::Sqlite(pool) => pool,
            Backend::Memory(memory) => return Ok(memory.tables().clusters.values().cloned().collect()),
        };
        let rows: Vec<Row> = sqlx::query_as(query).fetch_all(pool).await.map_err(refused)?;
        let read = |(context, alias, colour, tag, namespaces, last_opened): Row| KnownCluster {
            context,
            alias,
            colour,
            tag,
            namespaces: serde_json::from_str(&namespaces).unwrap_or_default(),
            last_opened,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Remembers alias, colour, tag and namespaces; `last_opened` keeps its value.
    ///
    /// # Errors
    /// Where the statement fails.
    pub async fn describe(&self, cluster: &KnownCluster) -> Result<(), StoreError> {
        let statement = "insert into clusters (context, alias, colour, tag, namespaces) values (?, ?, ?, ?, ?) \
            on conflict (context) do update set alias = excluded.alias, colour = excluded.colour, \
            tag = excluded.tag, namespaces = excluded.namespaces";
        let pool = match self.backend {
            Backend::Sqlite(pool) => pool,
            Backend::Memory(memory) => {
                let mut tables = memory.tables();
                let last_opened = tables.clusters.get(&cluster.context).and_then(|known| known.last_opened);
                tables.clusters.insert(cluster.context.clone(), KnownCluster { last_opened, ..cluster.clone() });
                return Ok(());
            }
        };
        sqlx::query(statement)
            .bind(&cluster.context)
            .bind(&cluster.alias)
            .bind(&cluster.colour)
            .bind(&cluster.tag)
            .bind(serde_json::json!(cluster.namespaces).to_string())
            .execute(pool)
            .await
            .map_err(refused)?;
        Ok(())
    }

    /// Remembers when a context was opened, in milliseconds since the epoch.
    ///
    /// # Errors
    /// Where the statement fails.
    pub async fn opened(&self, context: &str, at: i64) -> Result<(), StoreError> {
        let statement = "insert into clusters (context, last_opened) values (?, ?) \
            on conflict (context) do update set last_opened = excluded.last_opened";
        let pool = match self.backend {
            Backend::Sqlite(pool) => pool,
            Backend::Memory(memory) => {
                let fresh = || KnownCluster { context: context.to_owned(), ..KnownCluster::default() };
                memory.tables().clusters.entry(context.to_owned()).or_insert_with(fresh).last_opened = Some(at);
                return Ok(());
            }
        };
        sqlx::query(statement).bind(context).bind(at).execute(pool).await.map_err(refused)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::backend::each;

    #[tokio::test]
    async fn describing_keeps_the_time_and_opening_keeps_the_description() {
        let (_folder, stores) = each().await;
        for store in stores {
            let clusters = store.clusters();
            clusters.opened("kind", 5).await.unwrap();
            let mut known = KnownCluster {
                context: "kind".into(),
                alias: Some("laptop".into()),
                colour: Some("#336699".into()),
                tag: Some("DEV".into()),
                namespaces: vec!["shop".into(), "data".into()],
                last_opened: None,
            };
            clusters.describe(&known).await.unwrap();
            known.last_opened = Some(5);
            assert_eq!(clusters.all().await.unwrap(), [known.clone()]);
            clusters.opened("kind", 9).await.unwrap();
            known.last_opened = Some(9);
            assert_eq!(clusters.all().await.unwrap(), [known]);
        }
    }
}
