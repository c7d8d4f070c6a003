//! Streams: what a host opens for a reader. Dropping a [`Reader`] cancels the work behind it.

use tokio::sync::{broadcast, mpsc};

use crate::types::{ApiError, Notice};

/// One item of a stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// JSON text.
    Json(String),
    /// Bytes, as the stream documents them.
    Binary(Vec<u8>),
}

/// The reader's end of a stream.
pub struct Reader(Source);

enum Source {
    Items(mpsc::Receiver<Result<Item, ApiError>>),
    Notices(broadcast::Receiver<Notice>),
}

impl Reader {
    pub(crate) fn of_items(items: mpsc::Receiver<Result<Item, ApiError>>) -> Self {
        Self(Source::Items(items))
    }

    pub(crate) fn of_notices(notices: broadcast::Receiver<Notice>) -> Self {
        Self(Source::Notices(notices))
    }

    /// The next item; none when the stream has ended.
    pub async fn next(&mut self) -> Option<Result<Item, ApiError>> {
        match &mut self.0 {
            Source::Items(items) => items.recv().await,
            Source::Notices(notices) => loop {
                match notices.recv().await {
                    // Serialising plain structs to memory cannot fail.
                    Ok(notice) => return Some(Ok(Item::Json(serde_json::to_string(&notice).unwrap_or_default()))),
                    // Notices tell states: the next one says what the missed ones said.
                    Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return None,
                }
            },
        }
    }
}
