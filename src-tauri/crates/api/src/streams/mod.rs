//! Streams: what a host opens for a reader. Dropping a [`Reader`] cancels the work behind it.

mod notices;

use tokio::sync::{broadcast, mpsc};

pub use notices::Notice;

use crate::Application;
use crate::commands::contexts;
use crate::types::ApiError;

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
    /// The application until the contexts have been told once.
    Notices(Option<Application>, broadcast::Receiver<Notice>),
}

impl Reader {
    pub(crate) fn of_items(items: mpsc::Receiver<Result<Item, ApiError>>) -> Self {
        Self(Source::Items(items))
    }

    /// Notices from this moment on, the contexts first: whoever asked for them a moment ago may have missed their change.
    pub(crate) fn of_notices(application: &Application) -> Self {
        Self(Source::Notices(Some(application.clone()), application.shared.notices.subscribe()))
    }

    /// The next item; none when the stream has ended.
    pub async fn next(&mut self) -> Option<Result<Item, ApiError>> {
        match &mut self.0 {
            Source::Items(items) => items.recv().await,
            Source::Notices(application, notices) => {
                if let Some(listed) = application.as_ref() {
                    let told = written(&Notice::Contexts(contexts::list(listed).await));
                    // Not before: a reader that waits for other things as well may give this call up.
                    *application = None;
                    return Some(Ok(told));
                }
                loop {
                    match notices.recv().await {
                        Ok(notice) => return Some(Ok(written(&notice))),
                        // Notices tell states: the next one says what the missed ones said.
                        Err(broadcast::error::RecvError::Lagged(_)) => {}
                        Err(broadcast::error::RecvError::Closed) => return None,
                    }
                }
            }
        }
    }
}

/// Serialising plain structs to memory cannot fail.
fn written(notice: &Notice) -> Item {
    Item::Json(serde_json::to_string(notice).unwrap_or_default())
}
