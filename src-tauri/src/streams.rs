//! Streams over Tauri's channels: opened, spoken to and closed by number, all closed when the page goes.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use api::types::ApiError;
use api::{Application, Caller, Item, Writer};
use serde_json::{Value, json};
use tauri::async_runtime::JoinHandle;
use tauri::ipc::{Channel, InvokeResponseBody};
use tauri::webview::{PageLoadEvent, PageLoadPayload};
use tauri::{Manager, State, Webview};

/// The streams that the page reads.
#[derive(Default)]
pub(crate) struct OpenStreams(Mutex<Numbered>);

#[derive(Default)]
struct Numbered {
    last: u32,
    streams: BTreeMap<u32, OpenStream>,
}

/// Passes items on until it is dropped.
struct OpenStream {
    task: JoinHandle<()>,
    writer: Writer,
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        // Drops the reader, which ends the work behind it.
        self.task.abort();
    }
}

impl OpenStreams {
    fn lock(&self) -> MutexGuard<'_, Numbered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens a stream; its items arrive on `channel`: bytes as they are, values as `{item}`, why there are no more as `{error}`.
#[tauri::command]
pub(crate) async fn stream_open(
    application: State<'_, Application>,
    streams: State<'_, OpenStreams>,
    stream: String,
    request: Value,
    channel: Channel<InvokeResponseBody>,
) -> Result<u32, ApiError> {
    let (mut reader, writer) = application.open_stream(Caller::Window, &stream, request)?;
    let task = tauri::async_runtime::spawn(async move {
        while let Some(item) = reader.next().await {
            let sent = match item {
                Ok(Item::Binary(bytes)) => channel.send(InvokeResponseBody::Raw(bytes)),
                Ok(Item::Json(text)) => channel.send(InvokeResponseBody::Json(format!("{{\"item\":{text}}}"))),
                Err(error) => channel.send(InvokeResponseBody::Json(json!({ "error": error }).to_string())),
            };
            if sent.is_err() {
                // The page is gone; dropping the reader cancels the work behind it.
                break;
            }
        }
    });
    let mut numbered = streams.lock();
    numbered.last += 1;
    let id = numbered.last;
    numbered.streams.retain(|_, open| !open.task.inner().is_finished());
    numbered.streams.insert(id, OpenStream { task, writer });
    Ok(id)
}

/// Says something to a stream; one that has ended already is no fault. What is refused ends it.
#[tauri::command]
pub(crate) async fn stream_send(streams: State<'_, OpenStreams>, id: u32, message: Value) -> Result<(), ApiError> {
    let streams = &mut streams.lock().streams;
    let said = streams.get(&id).map_or(Ok(()), |open| open.writer.send(message));
    if said.is_err() {
        streams.remove(&id);
    }
    said
}

/// Closes a stream; one that has ended already is no fault.
#[tauri::command]
pub(crate) async fn stream_close(streams: State<'_, OpenStreams>, id: u32) -> Result<(), ApiError> {
    streams.lock().streams.remove(&id);
    Ok(())
}

/// A page that is loaded anew does not know the streams of the one before.
pub(crate) fn forget_those_of_the_page_before(webview: &Webview, load: &PageLoadPayload<'_>) {
    if load.event() == PageLoadEvent::Started {
        webview.state::<OpenStreams>().lock().streams.clear();
    }
}
