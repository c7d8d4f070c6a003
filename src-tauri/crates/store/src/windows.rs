//! The table `windows`: where each window stood when it was last closed.

use crate::StoreError;
use crate::backend::{Backend, refused};

/// A window's place in physical pixels of the whole desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    /// Inner width.
    pub width: u32,
    /// Inner height.
    pub height: u32,
    /// Whether it filled the screen; the other fields say what it returns to.
    pub maximized: bool,
}

/// The table.
#[derive(Clone, Copy, Debug)]
pub struct Windows<'a> {
    backend: &'a Backend,
}

impl<'a> Windows<'a> {
    pub(crate) fn new(backend: &'a Backend) -> Self {
        Self { backend }
    }

    /// Where the window of this label stood.
    ///
    /// # Errors
    /// Where the statement fails.
    pub async fn get(&self, label: &str) -> Result<Option<Geometry>, StoreError> {
        let query = "select x, y, width, height, maximized from windows where label = ?";
        let pool = match self.backend {
            Backend::Sqlite(pool) => pool,
            Backend::Memory(memory) => return Ok(memory.tables().windows.get(label).copied()),
        };
        let row: Option<(i32, i32, u32, u32, bool)> =
            sqlx::query_as(query).bind(label).fetch_optional(pool).await.map_err(refused)?;
        Ok(row.map(|(x, y, width, height, maximized)| Geometry { x, y, width, height, maximized }))
    }

    /// Remembers where a window stands.
    ///
    /// # Errors
    /// Where the statement fails.
    pub async fn set(&self, label: &str, place: Geometry) -> Result<(), StoreError> {
        let statement = "insert into windows (label, x, y, width, height, maximized) values (?, ?, ?, ?, ?, ?) \
            on conflict (label) do update set x = excluded.x, y = excluded.y, width = excluded.width, \
            height = excluded.height, maximized = excluded.maximized";
        let pool = match self.backend {
            Backend::Sqlite(pool) => pool,
            Backend::Memory(memory) => {
                memory.tables().windows.insert(label.to_owned(), place);
                return Ok(());
            }
        };
        sqlx::query(statement)
            .bind(label)
            .bind(place.x)
            .bind(place.y)
            .bind(place.width)
            .bind(place.height)
            .bind(place.maximized)
            .execute(pool)
            .await
            .map_err(refused)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::backend::each;

    #[tokio::test]
    async fn the_last_place_counts() {
        let (_folder, stores) = each().await;
        for store in stores {
            assert_eq!(store.windows().get("main").await.unwrap(), None);
            let place = Geometry { x: -20, y: 5, width: 1280, height: 800, maximized: false };
            store.windows().set("main", Geometry { x: 1, ..place }).await.unwrap();
            store.windows().set("main", place).await.unwrap();
            assert_eq!(store.windows().get("main").await.unwrap(), Some(place));
        }
    }
}
