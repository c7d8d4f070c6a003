//! The bytes between a client and the proxy. They pass through a gate, under TLS and HTTP, so that a silent line is as
//! silent as a pulled cable: no answer, no keep-alive, no close.

use anyhow::Result;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, split};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// What the line to the server is like, for all connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// As it should be.
    Up,
    /// Connections are accepted and kept, and nothing passes in either direction.
    Silent,
    /// Nobody listens; connections are cut.
    Down,
}

const BUFFER: usize = 16 * 1024;

/// Carries bytes both ways until the server's side ends. HTTP knows no half-closed connection that matters.
pub(super) async fn carry(outside: TcpStream, inside: DuplexStream, line: watch::Receiver<Line>) {
    let (from_client, to_client) = outside.into_split();
    let (from_server, to_server) = split(inside);
    let upwards = pass(from_client, to_server, line.clone());
    let downwards = pass(from_server, to_client, line);
    tokio::pin!(upwards, downwards);
    tokio::select! {
        _ = &mut downwards => {}
        _ = &mut upwards => {
            let _ = downwards.await;
        }
    }
}

/// A broken connection is the end of it, whoever broke it.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut line: watch::Receiver<Line>,
) -> Result<()> {
    let mut buffer = vec![0; BUFFER];
    loop {
        let count = from.read(&mut buffer).await?;
        line.wait_for(|line| *line != Line::Silent).await?;
        if count == 0 {
            return Ok(to.shutdown().await?);
        }
        to.write_all(&buffer[..count]).await?;
    }
}
