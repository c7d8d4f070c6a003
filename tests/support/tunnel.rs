//! A proxy as companies have them: it is asked to connect (`CONNECT`) to a host by its name, and passes bytes on. Every
//! name leads to one server, so that a test's cluster can be as far away as its name says.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

/// A request's head; nobody's is longer.
const HEAD_LIMIT: usize = 8 << 10;

/// The proxy. Dropping it ends it.
#[derive(Debug)]
pub struct Tunnel {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    _accepting: AbortOnDropHandle<()>,
}

impl Tunnel {
    /// A proxy whose every way leads to `target`, such as `127.0.0.1:6443`.
    pub async fn to(target: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("listen for a proxy")?;
        let address = listener.local_addr().context("find the address of a proxy")?;
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (seen, target) = (asked.clone(), target.to_owned());
        let accepting = tokio::spawn(async move {
            let mut carried = tokio::task::JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                carried.spawn(carry(socket, target.clone(), seen.clone()));
                while carried.try_join_next().is_some() {}
            }
        });
        Ok(Self { address, asked, _accepting: AbortOnDropHandle::new(accepting) })
    }

    /// As `proxy-url` and `HTTPS_PROXY` write it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Which hosts it was asked for, with their ports, in order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn carry(mut client: TcpStream, target: String, seen: Arc<Mutex<Vec<String>>>) -> Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > HEAD_LIMIT {
            bail!("a head without end");
        }
        head.push(client.read_u8().await?);
    }
    let text = String::from_utf8_lossy(&head);
    let host = text.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).map(str::to_owned);
    let Some(host) = host else {
        return Ok(client.write_all(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n").await?);
    };
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(host);
    let mut server = TcpStream::connect(target).await?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
