//! The list of commands and streams over HTTP and WebSocket, with the interface beside it.
//!
//! Loopback by default. Everything but health, description and the interface's own files takes a token of a page or a
//! script; names in `Host` that are not ours and pages of other origins are turned away, so that no web page can reach a
//! cluster through a browser (DNS rebinding, cross-site requests).
#![warn(missing_docs)]

mod access;
mod commands;
mod connections;
mod failure;
mod interface;
mod pages;
mod socket;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::Application;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{any, get, post};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use pages::{script_token, token};

use pages::Tokens;

/// How long requests under way may take to end when the host does.
const FAREWELL: Duration = Duration::from_millis(2500);

/// WebSockets at a time that have not shown a token yet; each may hold a message of a megabyte for ten seconds.
const STRANGERS: usize = 64;

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the printed address holds, and opens pages; [`token`] makes one.
    pub secret: String,
    /// What a script shows, if any may ask; see [`script_token`].
    pub script: Option<String>,
    /// Names beside `localhost` and plain addresses under which this host may be asked.
    pub hosts: Vec<String>,
    /// WebSockets that one address may hold.
    pub sockets: usize,
}

impl Options {
    /// The address to print: each page that opens it gets a token of its own.
    pub fn address(&self, shown: SocketAddr) -> String {
        format!("http://{shown}/open/{}", self.secret)
    }
}

/// What every request handler knows.
#[derive(Clone)]
struct Host {
    application: Application,
    options: Arc<Options>,
    tokens: Arc<Tokens>,
    sockets: Arc<Mutex<HashMap<IpAddr, usize>>>,
    /// Places of WebSockets that have not shown a token yet.
    strangers: Arc<Semaphore>,
    shutdown: CancellationToken,
    tracker: TaskTracker,
}

/// Serves until `shutdown`; then WebSockets are closed with a reason, and requests under way have a moment to end.
pub async fn run(listener: TcpListener, application: Application, options: Options, shutdown: CancellationToken) {
    let tracker = TaskTracker::new();
    let host = Host {
        application,
        tokens: Arc::new(Tokens::new(options.secret.clone(), options.script.clone())),
        options: Arc::new(options),
        sockets: Arc::default(),
        strangers: Arc::new(Semaphore::new(STRANGERS)),
        shutdown: shutdown.clone(),
        tracker: tracker.clone(),
    };
    connections::accept(listener, router(host), &shutdown, &tracker).await;
    tracker.close();
    if tokio::time::timeout(FAREWELL, tracker.wait()).await.is_err() {
        tracing::warn!("requests under way were broken off");
    }
}

fn router(host: Host) -> Router {
    let identified = Router::new()
        .route("/api/v1/{command}", post(commands::call))
        .route("/uploads/{batch}/{*path}", post(commands::upload))
        .route("/exports/{name}", get(commands::download))
        // Each handler has limits of its own.
        .layer(DefaultBodyLimit::disable())
        .route_layer(middleware::from_fn_with_state(host.clone(), access::identify));
    Router::new()
        .route("/health", get(commands::health))
        .route("/ready", get(commands::ready))
        .route("/info", get(commands::info))
        .route("/openapi.json", get(commands::openapi))
        .route("/pages", post(access::admit_page))
        // Its first message holds the token: a browser sends no header of a page's with it.
        .route("/api/v1/stream", any(socket::open))
        .merge(identified)
        .fallback(get(interface::page))
        .layer(middleware::from_fn_with_state(host.clone(), access::check_origin))
        .layer(middleware::map_response(access::secure_headers))
        .with_state(host)
}
