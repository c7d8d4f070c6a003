//! Streams over Tauri's channels: opened by number, closed by number, all closed when the page goes.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use api::types::ApiError;
use api::{Application, Caller, Item};
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
    tasks: BTreeMap<u32, JoinHandle<()>>,
}

impl OpenStreams {
    fn lock(&self) -> MutexGuard<'_, Numbered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens a stream; its items arrive on `channel`: bytes as bytes, values as JSON, an error as `{error}`.
#[tauri::command]
pub(crate) async fn stream_open(
    application: State<'_, Application>,
    streams: State<'_, OpenStreams>,
    stream: String,
    request: Value,
    channel: Channel<InvokeResponseBody>,
) -> Result<u32, ApiError> {
    let mut reader = application.open_stream(Caller::Window, &stream, request)?;
    let task = tauri::async_runtime::spawn(async move {
        while let Some(item) = reader.next().await {
            let sent = match item {
                Ok(Item::Binary(bytes)) => channel.send(InvokeResponseBody::Raw(bytes)),
                Ok(Item::Json(text)) => channel.send(InvokeResponseBody::Json(text)),
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
    numbered.tasks.retain(|_, task| !task.inner().is_finished());
    numbered.tasks.insert(id, task);
    Ok(id)
}

/// Closes a stream; one that has ended already is no fault.
#[tauri::command]
pub(crate) async fn stream_close(streams: State<'_, OpenStreams>, id: u32) -> Result<(), ApiError> {
    if let Some(task) = streams.lock().tasks.remove(&id) {
        task.abort();
    }
    Ok(())
}

/// A page that is loaded anew does not know the streams of the one before.
pub(crate) fn forget_those_of_the_page_before(webview: &Webview, load: &PageLoadPayload<'_>) {
    if load.event() == PageLoadEvent::Started {
        let tasks = std::mem::take(&mut webview.state::<OpenStreams>().lock().tasks);
        tasks.into_values().for_each(|task| task.abort());
    }
}
