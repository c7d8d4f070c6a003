//! Streams: what a host opens for a reader, with items to it and messages from it.
//!
//! A handler gets the reader's request and a [`Duplex`], and answers the work to be done, which ends when the reader goes
//! away. It stands in a file of its own (the map's beside what it draws, in
//! `picture`), and in one line of the list.

mod kept;
mod notices;
mod object;
mod resume;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;
use ts_rs::TS;

pub(crate) use kept::Kept;
pub use notices::Notice;
pub(crate) use notices::notices;
pub use object::ObjectNow;
pub(crate) use object::object;
pub(crate) use resume::{Numbers, Resumable};

use crate::types::ApiError;

/// Messages of a reader that a handler may leave unread; more at once are refused.
const UNREAD: usize = 64;

/// One item of a stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// JSON text.
    Json(String),
    /// Bytes, as the stream documents them.
    Binary(Vec<u8>),
}

/// The end of a stream that items come out of. Dropping it ends the work behind it.
pub struct Reader(mpsc::Receiver<Result<Item, ApiError>>);

impl Reader {
    /// The next item, or why there are no more: the last that is said. None after that, and when the application ends.
    pub async fn next(&mut self) -> Option<Result<Item, ApiError>> {
        self.0.recv().await
    }
}

/// The end of a stream that messages go into.
pub struct Writer(Box<dyn Fn(Value) -> Result<(), ApiError> + Send + Sync>);

impl Writer {
    /// Says something to the stream; one that has ended takes it, and does nothing. A host ends a stream whose reader says
    /// what is refused.
    ///
    /// # Errors
    /// Where the message does not fit the stream, or too many wait to be read.
    pub fn send(&self, message: Value) -> Result<(), ApiError> {
        (self.0)(message)
    }
}

/// A stream as its handler holds it: messages `M` from the reader, items `I` to it.
pub(crate) struct Duplex<M, I> {
    pub(crate) messages: mpsc::Receiver<M>,
    pub(crate) items: Items<I>,
}

impl<M: DeserializeOwned + Send + 'static, I> Duplex<M, I> {
    /// A stream, and the two ends of it that a host gets.
    pub(crate) fn open() -> (Self, Reader, Writer) {
        let (said, messages) = mpsc::channel(UNREAD);
        // One at a time: what is not read yet is made when it can be sent, from what is true then.
        let (items, reader) = mpsc::channel(1);
        let write = move |message: Value| {
            let fits = |error| ApiError::invalid(format!("the message does not fit the stream: {error}"));
            match said.try_send(serde_json::from_value(message).map_err(fits)?) {
                Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
                Err(mpsc::error::TrySendError::Full(_)) => Err(ApiError::failed(format!(
                    "{UNREAD} messages wait to be read by the stream; send fewer at once"
                ))),
            }
        };
        (Self { messages, items: Items(items, std::marker::PhantomData) }, Reader(reader), Writer(Box::new(write)))
    }
}

/// Where a handler puts its items.
pub(crate) struct Items<I>(mpsc::Sender<Result<Item, ApiError>>, std::marker::PhantomData<fn(I)>);

/// Room for one item.
pub(crate) struct Place<'a, I>(mpsc::Permit<'a, Result<Item, ApiError>>, std::marker::PhantomData<fn(I)>);

impl<I: IntoItem> Items<I> {
    /// Waits until the reader has taken what was sent before; none when it is gone.
    pub(crate) async fn place(&self) -> Option<Place<'_, I>> {
        Some(Place(self.0.reserve().await.ok()?, std::marker::PhantomData))
    }

    /// Sends an item as soon as there is room for it; none when the reader is gone.
    pub(crate) async fn send(&self, item: I) -> Option<()> {
        self.place().await?.send(item);
        Some(())
    }

    /// Says why there are no more items, when the reader has taken what was sent before; one that is gone needs no farewell.
    pub(crate) async fn fail(&self, error: ApiError) {
        let _ = self.0.send(Err(error)).await;
    }

    /// Waits until the reader is gone.
    pub(crate) async fn closed(&self) {
        self.0.closed().await;
    }
}

impl<I: IntoItem> Place<'_, I> {
    pub(crate) fn send(self, item: I) {
        self.0.send(item.into_item());
    }

    pub(crate) fn fail(self, error: ApiError) {
        self.0.send(Err(error));
    }
}

/// What can be an item.
pub(crate) trait IntoItem {
    fn into_item(self) -> Result<Item, ApiError>;
}

impl<T: Serialize> IntoItem for T {
    fn into_item(self) -> Result<Item, ApiError> {
        let text = serde_json::to_string(&self);
        text.map(Item::Json).map_err(|error| ApiError::failed("the item cannot be written").because(&error))
    }
}

/// An item that is sent as bytes.
#[derive(TS, JsonSchema)]
#[ts(type = "ArrayBuffer")]
pub(crate) struct Binary(#[schemars(with = "String")] pub(crate) Vec<u8>);

impl IntoItem for Binary {
    fn into_item(self) -> Result<Item, ApiError> {
        Ok(Item::Binary(self.0))
    }
}

/// What is said to a stream that takes no messages: nothing fits it.
#[derive(Clone, Copy, Debug, Deserialize, TS, JsonSchema)]
#[ts(type = "never")]
pub enum NoMessage {}
