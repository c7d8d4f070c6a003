//! The table `preferences`: remembered choices as JSON values.

use serde_json::Value;

use crate::StoreError;
use crate::backend::{Backend, refused};

/// The table.
#[derive(Clone, Copy, Debug)]
pub struct Preferences<'a> {
    backend: &'a Backend,
}

impl<'a> Preferences<'a> {
    pub(crate) fn new(backend: &'a Backend) -> Self {
        Self { backend }
    }

    /// The value of a name, if one was remembered.
    ///
    /// # Errors
    /// Where the statement fails.
    pub async fn get(&self, name: &str) -> Result<Option<Value>, StoreError> {
        let query = "select value from preferences where name = ?";
        let pool = match self.backend {
            Backend::Sqlite(pool) => pool,
            Backend::Memory(memory) => return Ok(memory.tables().preferences.get(name).cloned()),
        };
        let text: Option<String> = sqlx::query_scalar(query).bind(name).fetch_optional(pool).await.map_err(refused)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Remembers a value; null forgets it.
    ///
    /// # Errors
    /// Where the statement fails.
    pub async fn set(&self, name: &str, value: &Value) -> Result<(), StoreError> {
        let pool = match self.backend {
            Backend::Sqlite(pool) => pool,
            Backend::Memory(memory) => {
                let preferences = &mut memory.tables().preferences;
                match value {
                    Value::Null => preferences.remove(name),
                    value => preferences.insert(name.to_owned(), value.clone()),
                };
                return Ok(());
            }
        };
        if value.is_null() {
            let statement = "delete from preferences where name = ?";
            sqlx::query(statement).bind(name).execute(pool).await.map_err(refused)?;
            return Ok(());
        }
        let statement = "insert into preferences (name, value) values (?, ?) \
            on conflict (name) do update set value = excluded.value";
        sqlx::query(statement).bind(name).bind(value.to_string()).execute(pool).await.map_err(refused)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use crate::backend::each;

    #[tokio::test]
    async fn null_forgets() {
        let (_folder, stores) = each().await;
        for store in stores {
            let preferences = store.preferences();
            assert_eq!(preferences.get("a").await.unwrap(), None);
            preferences.set("a", &json!({"b": [1, 2]})).await.unwrap();
            assert_eq!(preferences.get("a").await.unwrap(), Some(json!({"b": [1, 2]})));
            preferences.set("a", &json!(null)).await.unwrap();
            assert_eq!(preferences.get("a").await.unwrap(), None);
        }
    }
}
