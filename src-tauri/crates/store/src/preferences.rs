//! The table `preferences`: remembered choices as JSON values.

use serde_json::Value;
use sqlx::SqlitePool;

use crate::StoreError;

/// The table.
#[derive(Clone, Copy, Debug)]
pub struct Preferences<'a> {
    pool: &'a SqlitePool,
}

impl<'a> Preferences<'a> {
    pub(crate) fn new(pool: &'a SqlitePool) -> Self {
        Self { pool }
    }

    /// The value of a name, if one was remembered.
    ///
    /// # Errors
    /// Where the statement fails.
    pub async fn get(&self, name: &str) -> Result<Option<Value>, StoreError> {
        let query = "select value from preferences where name = ?";
        let text: Option<String> = sqlx::query_scalar(query).bind(name).fetch_optional(self.pool).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Remembers a value; null forgets it.
    ///
    /// # Errors
    /// Where the statement fails.
    pub async fn set(&self, name: &str, value: &Value) -> Result<(), StoreError> {
        if value.is_null() {
            sqlx::query("delete from preferences where name = ?").bind(name).execute(self.pool).await?;
            return Ok(());
        }
        let statement = "insert into preferences (name, value) values (?, ?) \
            on conflict (name) do update set value = excluded.value";
        sqlx::query(statement).bind(name).bind(value.to_string()).execute(self.pool).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use crate::Store;

    #[tokio::test]
    async fn null_forgets() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("k.db")).await.unwrap();
        let preferences = store.preferences();
        assert_eq!(preferences.get("a").await.unwrap(), None);
        preferences.set("a", &json!({"b": [1, 2]})).await.unwrap();
        assert_eq!(preferences.get("a").await.unwrap(), Some(json!({"b": [1, 2]})));
        preferences.set("a", &json!(null)).await.unwrap();
        assert_eq!(preferences.get("a").await.unwrap(), None);
    }
}
