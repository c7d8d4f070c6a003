//! All streams of one reader over one WebSocket.
//!
//! The reader sends `{"open":{"id":1,"stream":"picture","request":{..}}}` and `{"close":{"id":1}}`; items come as
//! `{"id":1,"data":..}`, binary items with the id as a little-endian `u32` before them, failures as
//! `{"id":1,"error":{..}}`. A slow reader holds up nobody: its streams wait for it, and merge what it misses.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use api::types::{ApiError, ErrorCode};
use api::{Application, Item, Reader};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::Response;
use futures::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::Host;
use crate::failure::failure;

/// Requests are small; a longer message is a mistake or an attack.
const MESSAGE_LIMIT: usize = 1 << 20;
/// Streams that one socket may hold.
const STREAMS: usize = 64;
/// Going away, by RFC 6455.
const GOING_AWAY: u16 = 1001;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum Order {
    Open { id: u32, stream: String, request: Option<Value> },
    Close { id: u32 },
}

/// One of the sockets that an address may hold; given back when dropped.
struct Place {
    address: IpAddr,
    places: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Place {
    fn take(host: &Host, address: IpAddr) -> Option<Self> {
        let mut places = host.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        let held = places.entry(address).or_default();
        if *held >= host.options.sockets {
            return None;
        }
        *held += 1;
        Some(Self { address, places: Arc::clone(&host.sockets) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = places.get_mut(&self.address) {
            *held -= 1;
            if *held == 0 {
                places.remove(&self.address);
            }
        }
    }
}

pub(crate) async fn open(
    State(host): State<Host>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(place) = Place::take(&host, peer.ip()) else {
        tracing::warn!(%peer, "too many connections from this address");
        let message = format!("this address holds {} connections already; close a window", host.options.sockets);
        return failure(StatusCode::TOO_MANY_REQUESTS, &ApiError::new(ErrorCode::Failed, message));
    };
    upgrade.max_message_size(MESSAGE_LIMIT).on_upgrade(move |socket| async move {
        tracing::info!(%peer, "connected");
        converse(host, socket).await;
        tracing::info!(%peer, "disconnected");
        drop(place);
    })
}

async fn converse(host: Host, socket: WebSocket) {
    let (mut outgoing, mut incoming) = socket.split();
    let (sender, mut messages) = mpsc::channel::<Message>(1);
    let mut streams: HashMap<u32, DropGuard> = HashMap::new();
    let mut tasks = JoinSet::new();
    let writing = async {
        while let Some(message) = messages.recv().await {
            if outgoing.send(message).await.is_err() {
                return;
            }
        }
    };
    let reading = async {
        loop {
            let message = tokio::select! {
                message = incoming.next() => message,
                () = host.shutdown.cancelled() => {
                    let frame = CloseFrame { code: GOING_AWAY, reason: "the host ends".into() };
                    // A reader that is gone needs no farewell.
                    let _ = sender.send(Message::Close(Some(frame))).await;
                    return;
                }
            };
            let order = match message {
                Some(Ok(Message::Text(text))) => serde_json::from_str::<Order>(&text),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            };
            while tasks.try_join_next().is_some() {}
            let refused = match order {
                Ok(Order::Close { id }) => {
                    streams.remove(&id);
                    None
                }
                Ok(Order::Open { id, .. }) if streams.len() >= STREAMS => {
                    Some((id, ApiError::invalid(format!("more than {STREAMS} streams on one connection"))))
                }
                Ok(Order::Open { id, stream, request }) => {
                    match open_stream(&host.application, &stream, request) {
                        Ok(reader) => {
                            let stop = CancellationToken::new();
                            // The same id again replaces the stream: the guard of the old one cancels it.
                            streams.insert(id, stop.clone().drop_guard());
                            tasks.spawn(forward(id, reader, sender.clone(), stop));
                            None
                        }
                        Err(error) => Some((id, error)),
                    }
                }
                Err(error) => Some((0, ApiError::invalid(format!("the message does not fit: {error}")))),
            };
            if let Some((id, error)) = refused
                && sender.send(text(&json!({"id": id, "error": error}))).await.is_err()
            {
                return;
            }
        }
    };
    tokio::select! { () = writing => {}, () = reading => {} }
}

fn open_stream(application: &Application, stream: &str, request: Option<Value>) -> Result<Reader, ApiError> {
    application.open_stream(stream, request.filter(|request| !request.is_null()).unwrap_or_else(|| json!({})))
}

/// Passes items on until the stream ends, is closed, or nobody reads any more.
async fn forward(id: u32, mut reader: Reader, sender: mpsc::Sender<Message>, stop: CancellationToken) {
    let pass = async {
        while let Some(item) = reader.next().await {
            let message = match item {
                // The item is JSON already: put into its envelope as it is.
                Ok(Item::Json(data)) => Message::Text(format!("{{\"id\":{id},\"data\":{data}}}").into()),
                Ok(Item::Binary(bytes)) => {
                    let mut prefixed = Vec::with_capacity(bytes.len() + 4);
                    prefixed.extend(id.to_le_bytes());
                    prefixed.extend(bytes);
                    Message::Binary(prefixed.into())
                }
                Err(error) => text(&json!({"id": id, "error": error})),
            };
            if sender.send(message).await.is_err() {
                return;
            }
        }
    };
    tokio::select! { () = pass => {}, () = stop.cancelled() => {} }
}

fn text(value: &Value) -> Message {
    Message::Text(value.to_string().into())
}
