//! All streams of one reader over one WebSocket.
//!
//! The reader sends `{"token":".."}` first, then `{"open":{"id":1,"stream":"picture","request":{..}}}`,
//! `{"send":{"id":1,"message":{..}}}` and `{"close":{"id":1}}`; items come as `{"id":1,"item":..}`, binary items with the id
//! as a little-endian `u32` before them, failures as `{"id":1,"error":{..}}`. A slow reader holds up nobody: its streams wait for it, and merge what it misses.
//! The host closes with 1001 when it ends, 1008 where the token is not one of ours, 1013 where the address holds too many.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api::types::ApiError;
use api::{Application, Caller, Item, Reader, Writer};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::Response;
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::Host;
use crate::failure::failure;

/// Requests are small; a longer message is a mistake or an attack.
const MESSAGE_LIMIT: usize = 1 << 20;
/// Streams that one socket may hold.
const STREAMS: usize = 64;
/// How long the token may take to arrive, and a closing to be answered.
const HELLO: Duration = Duration::from_secs(10);
const GOODBYE: Duration = Duration::from_secs(1);
/// Codes of closing, by RFC 6455 and its registry.
const GOING_AWAY: u16 = 1001;
const POLICY_VIOLATION: u16 = 1008;
const TRY_AGAIN_LATER: u16 = 1013;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hello {
    token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum Order {
    Open { id: u32, stream: String, request: Option<Value> },
    Send { id: u32, message: Value },
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
    // The host waits for it when it ends.
    let tracked = host.tracker.token();
    // What is not known yet must not fill the memory.
    let Ok(waits) = Arc::clone(&host.strangers).try_acquire_owned() else {
        let error = ApiError::failed("too many connections wait to show their token; try again");
        return failure(StatusCode::SERVICE_UNAVAILABLE, &error);
    };
    upgrade.max_message_size(MESSAGE_LIMIT).max_frame_size(MESSAGE_LIMIT).on_upgrade(move |socket| async move {
        let (mut outgoing, mut incoming) = socket.split();
        let farewell = converse(&host, peer, waits, &mut outgoing, &mut incoming).await;
        if let Some(frame) = farewell {
            // A reader that is gone needs no farewell; another answers it.
            let parted = async {
                outgoing.send(Message::Close(Some(frame))).await.ok();
                while let Some(Ok(_)) = incoming.next().await {}
            };
            tokio::time::timeout(GOODBYE, parted).await.ok();
        }
        drop(tracked);
    })
}

fn close(code: u16, reason: &str) -> CloseFrame {
    CloseFrame { code, reason: reason.into() }
}

/// Until one side has enough; answers how to part where the other is still there.
async fn converse(
    host: &Host,
    peer: SocketAddr,
    waits: OwnedSemaphorePermit,
    outgoing: &mut SplitSink<WebSocket, Message>,
    incoming: &mut SplitStream<WebSocket>,
) -> Option<CloseFrame> {
    let going = || close(GOING_AWAY, "the host ends");
    let hello = tokio::select! {
        hello = tokio::time::timeout(HELLO, incoming.next()) => hello,
        () = host.shutdown.cancelled() => return Some(going()),
    };
    let caller = match hello {
        Ok(Some(Ok(Message::Text(text)))) => {
            serde_json::from_str::<Hello>(&text).ok().and_then(|hello| host.tokens.caller(&hello.token))
        }
        Ok(Some(Ok(_))) | Err(_) => None,
        Ok(Some(Err(_)) | None) => return None,
    };
    let Some(caller) = caller else {
        return Some(close(POLICY_VIOLATION, "the token is absent or not ours: open the printed address"));
    };
    let Some(_place) = Place::take(host, peer.ip()) else {
        tracing::warn!(%peer, "too many connections from this address");
        let reason = format!("this address holds {} connections already; close a page", host.options.sockets);
        return Some(close(TRY_AGAIN_LATER, &reason));
    };
    drop(waits);
    tracing::info!(%peer, "connected");
    let (sender, mut messages) = mpsc::channel::<Message>(1);
    let writing = async {
        while let Some(message) = messages.recv().await {
            if outgoing.send(message).await.is_err() {
                return;
            }
        }
    };
    let mut streams =
        Streams { application: &host.application, caller, sender, open: HashMap::new(), tasks: JoinSet::new() };
    let reading = async {
        while let Some(Ok(message)) = incoming.next().await {
            if streams.take(message).await.is_break() {
                return;
            }
        }
    };
    let farewell = tokio::select! {
        () = writing => None,
        () = reading => None,
        () = host.shutdown.cancelled() => Some(going()),
    };
    tracing::info!(%peer, "disconnected");
    farewell
}

/// The streams of one socket; all end when it is dropped.
struct Streams<'a> {
    application: &'a Application,
    caller: Caller,
    sender: mpsc::Sender<Message>,
    open: HashMap<u32, (Writer, DropGuard)>,
    tasks: JoinSet<()>,
}

impl Streams<'_> {
    /// Does as a message says; breaks where there is nobody left to answer.
    async fn take(&mut self, message: Message) -> ControlFlow<()> {
        let order = match message {
            Message::Text(text) => serde_json::from_str::<Order>(&text),
            Message::Close(_) => return ControlFlow::Break(()),
            _ => return ControlFlow::Continue(()),
        };
        while self.tasks.try_join_next().is_some() {}
        let (id, error) = match order {
            Ok(Order::Close { id }) => {
                self.open.remove(&id);
                return ControlFlow::Continue(());
            }
            Ok(Order::Send { id, message }) => match self.open.get(&id).map(|(writer, _)| writer.send(message)) {
                Some(Err(error)) => {
                    self.open.remove(&id);
                    (id, error)
                }
                // What is closed may still be spoken to by who does not know yet.
                Some(Ok(())) | None => return ControlFlow::Continue(()),
            },
            Ok(Order::Open { id, .. }) if self.open.len() >= STREAMS => {
                (id, ApiError::invalid(format!("more than {STREAMS} streams on one connection")))
            }
            Ok(Order::Open { id, stream, request }) => {
                match open_stream(self.application, self.caller, &stream, request) {
                    Ok((reader, writer)) => {
                        let stop = CancellationToken::new();
                        // The same id again replaces the stream: the guard of the old one cancels it.
                        self.open.insert(id, (writer, stop.clone().drop_guard()));
                        self.tasks.spawn(forward(id, reader, self.sender.clone(), stop));
                        return ControlFlow::Continue(());
                    }
                    Err(error) => (id, error),
                }
            }
            Err(error) => (0, ApiError::invalid(format!("the message does not fit: {error}"))),
        };
        match self.sender.send(text(&json!({ "id": id, "error": error }))).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

fn open_stream(
    application: &Application,
    caller: Caller,
    stream: &str,
    request: Option<Value>,
) -> Result<(Reader, Writer), ApiError> {
    application.open_stream(caller, stream, request.filter(|request| !request.is_null()).unwrap_or_else(|| json!({})))
}

/// Passes items on until the stream ends, is closed, or nobody reads any more.
async fn forward(id: u32, mut reader: Reader, sender: mpsc::Sender<Message>, stop: CancellationToken) {
    let pass = async {
        while let Some(item) = reader.next().await {
            let message = match item {
                // The item is JSON already: put into its envelope as it is.
                Ok(Item::Json(item)) => Message::Text(format!("{{\"id\":{id},\"item\":{item}}}").into()),
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
