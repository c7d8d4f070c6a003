//! Connections: how many, how long they may be silent, and their end.
//!
//! `axum::serve` has no limits of time; this is its loop with them.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Connections at a time that are no WebSocket; further ones wait to be accepted.
const CONNECTIONS: usize = 512;
/// How long the head of a request may take, and how long a connection may wait for its next one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(20);
/// How long somebody may take none of what is written to it: a page that sleeps longer asks again when it wakes.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// A pause where the system refuses to accept, such as for want of file descriptors.
const REFUSED: Duration = Duration::from_millis(100);

/// Accepts until `shutdown`. Connections are tasks of `tracker`: with `shutdown` each ends after the request that it is at.
pub(crate) async fn accept(listener: TcpListener, router: Router, shutdown: &CancellationToken, tracker: &TaskTracker) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let next = async || {
        let place = Arc::clone(&places).acquire_owned().await;
        (place, listener.accept().await)
    };
    loop {
        let (place, accepted) = tokio::select! {
            next = next() => next,
            () = shutdown.cancelled() => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (router, shutdown) = (router.clone(), shutdown.clone());
                tracker.spawn(async move {
                    serve(stream, peer, router, shutdown).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(REFUSED).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, router: Router, shutdown: CancellationToken) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIMEOUT));
    let stream = Box::pin(stream);
    let service = TowerToHyperService::new(router.layer(Extension(ConnectInfo(peer))));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // The other side's doing: gone, silent for too long, or no HTTP.
        tracing::debug!(%error, %peer, "a connection broke off");
    }
}
