//! The list of commands and streams over HTTP and WebSocket, with the interface beside it.
//!
//! Loopback by default. Everything but health and description takes the token; names in `Host` that are not ours and
//! pages of other origins are turned away, so that no web page can reach a cluster through a browser (DNS rebinding,
//! cross-site requests).
#![warn(missing_docs)]

mod access;
mod commands;
mod failure;
mod interface;
mod socket;

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use api::Application;
use axum::Router;
use axum::middleware;
use axum::routing::{any, get, post};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use access::token;

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// What a reader must know; [`token`] makes one.
    pub token: String,
    /// Names beside `localhost` and plain addresses under which this host may be asked.
    pub hosts: Vec<String>,
    /// WebSockets that one address may hold.
    pub sockets: usize,
}

/// What every request handler knows.
#[derive(Clone)]
struct Host {
    application: Application,
    options: Arc<Options>,
    sockets: Arc<Mutex<HashMap<IpAddr, usize>>>,
    shutdown: CancellationToken,
}

/// Serves until `shutdown`; open WebSockets are closed with it.
///
/// # Errors
/// Where the listener fails.
pub async fn run(
    listener: TcpListener,
    application: Application,
    options: Options,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let host = Host { application, options: Arc::new(options), sockets: Arc::default(), shutdown: shutdown.clone() };
    let service = router(host).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(shutdown.cancelled_owned()).await
}

fn router(host: Host) -> Router {
    let guarded = Router::new()
        .route("/api/v1/stream", any(socket::open))
        .route("/api/v1/{command}", post(commands::call))
        .route("/exports/{name}", get(commands::download))
        .route_layer(middleware::from_fn_with_state(host.clone(), access::require_token));
    Router::new()
        .route("/health", get(commands::health))
        .route("/ready", get(commands::ready))
        .route("/info", get(commands::info))
        .route("/openapi.json", get(commands::openapi))
        .merge(guarded)
        .fallback(get(interface::page))
        .layer(middleware::from_fn_with_state(host.clone(), access::check_origin))
        .layer(middleware::map_response(access::secure_headers))
        .with_state(host)
}
